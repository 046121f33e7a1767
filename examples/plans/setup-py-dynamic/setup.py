import os
from pathlib import Path

from setuptools import setup

here = Path(__file__).parent
requires = [line for line in (here / "requirements.in").read_text().splitlines() if line]
if os.environ.get("WITH_GPU"):
    requires.append("cupy")

setup(name="marten", version="0.1", py_modules=["marten"], install_requires=requires)
