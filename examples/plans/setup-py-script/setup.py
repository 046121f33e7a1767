import subprocess

subprocess.run(["make", "-C", "native"], check=True)
