from setuptools import find_packages, setup

setup(
    name="otter",
    version="1.0",
    packages=find_packages(),
    python_requires=">=3.6",
    install_requires=["numpy>=1.16", "scipy"],
    extras_require={"test": ["pytest"]},
    entry_points={"console_scripts": ["otter=otter.main:main"]},
)
