from setuptools import setup

setup(name="beta", version="0.1", py_modules=["beta"], install_requires=["flask<2"])
