from setuptools import setup

setup(name="unit-grid", version="0.3", packages=["unit_grid"], install_requires=["numpy"])
