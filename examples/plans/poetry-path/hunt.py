import scent

print(scent.trail())
