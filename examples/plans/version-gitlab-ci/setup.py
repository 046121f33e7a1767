from setuptools import setup

setup(name="wren", version="0.1", py_modules=["wren"], install_requires=["toolz"])
