from tracks import read

print(len(read()))
