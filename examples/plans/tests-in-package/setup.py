from setuptools import find_packages, setup

setup(
    name="newt",
    version="0.1",
    packages=find_packages(),
    install_requires=["numpy"],
    tests_require=["pytest", "pytest-mock"],
)
