import numpy
from setuptools import Extension, setup

setup(
    name="stoat",
    version="0.1",
    py_modules=["stoat"],
    ext_modules=[Extension("_stoat", ["stoat.c"], include_dirs=[numpy.get_include()])],
    install_requires=["numpy"],
)
