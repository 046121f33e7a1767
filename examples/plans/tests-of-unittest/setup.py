from setuptools import setup

setup(name="rail", version="0.1", py_modules=["rail"])
