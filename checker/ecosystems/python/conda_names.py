"""Which distribution, or which system package, a conda package stands for; what has neither is dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping

DISTRIBUTIONS: Mapping[str, str] = {
    "_tflow_select": "",
    "abseil-cpp": "",
    "arrow-cpp": "",
    "backports": "",
    "backports.functools_lru_cache": "backports.functools-lru-cache",
    "blosc": "",
    "brotli": "",
    "brotli-python": "brotli",
    "cupy": "cupy-cuda12x",
    "dgl-cuda10.1": "dgl",
    "dgl-cuda10.2": "dgl",
    "dgl-cuda11.0": "dgl",
    "dgl-cuda11.1": "dgl",
    "dgl-cuda11.3": "dgl",
    "dgl-cuda11.6": "dgl",
    "dgl-cuda11.7": "dgl",
    "dgl-cuda11.8": "dgl",
    "faiss": "faiss-cpu",
    "faiss-gpu": "faiss-cpu",
    "fftw": "",
    "gst-python": "",
    "ignite": "pytorch-ignite",
    "importlib_metadata": "importlib-metadata",
    "importlib_resources": "importlib-resources",
    "jupyterlab_pygments": "jupyterlab-pygments",
    "keras-base": "keras",
    "keras-gpu": "keras",
    "matplotlib-base": "matplotlib",
    "mkl-service": "",
    "mkl_fft": "",
    "mkl_random": "",
    "msgpack-python": "msgpack",
    "nb_conda_kernels": "",
    "nbconvert-core": "nbconvert",
    "nbconvert-pandoc": "nbconvert",
    "numpy-base": "numpy",
    "opencv": "opencv-python-headless",
    "opencv3": "opencv-python-headless",
    "pip": "",
    "plotly_express": "plotly-express",
    "prompt_toolkit": "prompt-toolkit",
    "py-boost": "",
    "py-lief": "lief",
    "py-opencv": "opencv-python-headless",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-xgboost-gpu": "xgboost",
    "pyarrow-core": "pyarrow",
    "pyg": "torch-geometric",
    "pyqt": "pyqt5",
    "pysoundfile": "soundfile",
    "pytables": "tables",
    "python-blosc": "blosc",
    "python-fastjsonschema": "fastjsonschema",
    "python-flatbuffers": "flatbuffers",
    "python-graphviz": "graphviz",
    "python-lmdb": "lmdb",
    "python-xxhash": "xxhash",
    "pytorch": "torch",
    "pytorch-cluster": "torch-cluster",
    "pytorch-cpu": "torch",
    "pytorch-geometric": "torch-geometric",
    "pytorch-gpu": "torch",
    "pytorch-scatter": "torch-scatter",
    "pytorch-sparse": "torch-sparse",
    "pytorch-spline-conv": "torch-spline-conv",
    "pytorch_geometric": "torch-geometric",
    "ripgrep": "",
    "ruamel_yaml": "ruamel.yaml",
    "scikit-learn-intelex": "",
    "sentence_transformers": "sentence-transformers",
    "snappy": "",
    "spacy-model-en_core_web_sm": "",
    "stack_data": "stack-data",
    "tbb4py": "",
    "tensorflow-base": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-eigen": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-mkl": "tensorflow",
    "torchvision-cpu": "torchvision",
    "typing_extensions": "typing-extensions",
    "unixodbc": "",
    "yaml": "",
}
"""conda name → distribution; '' where it has no meaning outside conda."""

SYSTEM: Mapping[str, tuple[str, ...]] = {
    "boost": ("libboost-all-dev",),
    "boost-cpp": ("libboost-all-dev",),
    "c-compiler": ("build-essential",),
    "cmake": ("cmake",),
    "compilers": ("build-essential", "gfortran"),
    "cxx-compiler": ("build-essential",),
    "eigen": ("libeigen3-dev",),
    "ffmpeg": ("ffmpeg",),
    "fortran-compiler": ("gfortran",),
    "gcc": ("build-essential",),
    "gcc_linux-64": ("build-essential",),
    "geos": ("libgeos-dev",),
    "gfortran": ("gfortran",),
    "git": ("git",),
    "git-lfs": ("git-lfs",),
    "glew": ("libglew-dev",),
    "glfw": ("libglfw3",),
    "gmsh": ("gmsh",),
    "graphviz": ("graphviz",),
    "gxx": ("build-essential",),
    "gxx_linux-64": ("build-essential",),
    "hdf5": ("libhdf5-dev",),
    "imagemagick": ("imagemagick",),
    "libgdal": ("libgdal-dev",),
    "libsndfile": ("libsndfile1",),
    "make": ("make",),
    "mesalib": ("libgl1-mesa-dev", "libosmesa6-dev"),
    "mpich": ("libopenmpi-dev",),
    "nodejs": ("nodejs",),
    "openblas-devel": ("libopenblas-dev",),
    "openjdk": ("default-jre-headless",),
    "openmpi": ("libopenmpi-dev",),
    "openslide": ("libopenslide0",),
    "pandoc": ("pandoc",),
    "patchelf": ("patchelf",),
    "pkg-config": ("pkg-config",),
    "poppler": ("poppler-utils",),
    "portaudio": ("portaudio19-dev",),
    "proj": ("libproj-dev",),
    "sox": ("sox",),
    "sparsehash": ("libsparsehash-dev",),
    "google-sparsehash": ("libsparsehash-dev",),
    "suitesparse": ("libsuitesparse-dev",),
    "swig": ("swig",),
    "tesseract": ("tesseract-ocr",),
    "wget": ("wget",),
}
"""conda name → Debian packages, for tools and libraries that Python code calls or links against."""

PREFIX_VERSIONS = frozenset({"opencv-python-headless", "opencv-python"})
"""Distributions whose versions have a part more than conda's (4.5.3 there is 4.5.3.56 here)."""

_PLATFORM = re.compile(
    r"""^(?:
    _.*|lib.*|.*-ng|.*-devel|.*_linux-64|.*-cpp|.*-mutex|ld_impl.*|binutils.*|gxx.*|gcc.*|sysroot.*|kernel-headers.*
    |cuda.*|cudnn|nccl|cupti|nvidia-.*|pytorch-cuda|pytorch-mutex|cpuonly|magma.*|mkl.*|intel-openmp|llvm-openmp|tbb.*
    |blas.*|openblas.*|lapack|xorg-.*|fonts?-.*|font-ttf.*|gst.*|perl.*|r-.*|rust.*|qt|qt-.*|qt6.*|pyqt5-sip|sip|krb5
    |ca-certificates|openssl|ncurses|readline|sqlite|tk|tcl|xz|zlib.*|zstd|bzip2|lz4-c|lzo|expat|icu|pcre.*|pixman|cairo
    |pango|glib.*|gettext|gmp|mpfr|mpc|gnutls|nettle|openh264|x264|x265|aom|svt-av1|dav1d|lame|fribidi|freetype
    |fontconfig|harfbuzz|graphite2|jpeg|jasper|giflib|openjpeg|openexr|ilmbase|lcms2|lerc|hdf4|curl|c-ares|dbus
    |at-spi2-.*|atk.*|gdk-pixbuf|gtk.*|ninja-base|unixodbc|bison|flex|yasm|nasm|zeromq|nspr|nss|mysql.*|postgresql
    |alsa-lib|pulseaudio.*|wayland.*|charls|brunsli|cfitsio|aws-.*|re2|orc|grpc-cpp|thrift.*|utf8proc|gflags|glog
    |double-conversion|flatbuffers|snappy|s2n|rdma-core|ucx|nvtx.*|cudatoolkit.*|conda.*|anaconda.*|mamba|micromamba
    |tzdata|python_abi|pthread-stubs|pth-stubs|ocl-icd.*|khronos-.*|intel-.*|metis|mumps.*|scotch|zfp|isl|cloog|gdb
    |keyutils|attr|elfutils|dlfcn.*|aria2|tinyxml.*|assimp|fmt|spdlog|lua.*|ruby|go|tmux|htop|vim|zsh|bash|coreutils
    |imath|mesalib|egl-.*|vc|vs\d+_.*|vs20.*|ucrt|m2w64-.*|msys2-.*|winpty|console_shortcut.*|openh264|sdl2?.*|zlib-ng
    )$""",
    re.VERBOSE,
)

_LIBRARIES_IN_NAME_ONLY = frozenset(
    {
        "aws-requests-auth",
        "intel-extension-for-pytorch",
        "libarchive-c",
        "libclang",
        "libcst",
        "liblinear-official",
        "libpysal",
        "librosa",
        "libsass",
        "libsvm",
        "libtmux",
        "libusb1",
        "nvidia-ml-py",
        "nvidia-ml-py3",
    }
)


def platform_package(name: str) -> bool:
    """Say whether a conda package is part of conda's platform: compilers, system libraries, CUDA."""
    return bool(_PLATFORM.match(name)) and name not in _LIBRARIES_IN_NAME_ONLY
