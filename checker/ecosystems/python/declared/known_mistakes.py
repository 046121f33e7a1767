"""Distribution names that are not what they seem: stubs, standard-library names, and what each stands for."""

from __future__ import annotations

import sys
from collections.abc import Mapping

STUBS: Mapping[str, str] = {
    "attr": "attrs",
    "beautifulsoup": "beautifulsoup4",
    "bs4": "beautifulsoup4",
    "crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu",
    "fitz": "pymupdf",
    "flash-attention": "flash-attn",
    "git": "gitpython",
    "google-cloud": "google-cloud-storage",
    "grpc": "grpcio",
    "hydra": "hydra-core",
    "image": "pillow",
    "imblearn": "imbalanced-learn",
    "mpl-toolkits": "matplotlib",
    "opencv": "opencv-python-headless",
    "open-cv": "opencv-python-headless",
    "pil": "pillow",
    "pil-image": "pillow",
    "psycopg": "psycopg2-binary",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "python-opencv": "opencv-python-headless",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "scikitlearn": "scikit-learn",
    "tensorboard-x": "tensorboardx",
    "torch-vision": "torchvision",
    "umap": "umap-learn",
    "usb": "pyusb",
    "websocket": "websocket-client",
    "xgb": "xgboost",
    "yaml": "pyyaml",
}
"""Names that are absent from the index, empty there, or a different project than the writer means.

Each was written in a requirements file of published code; the right side is what its import name belongs to.
"""

GPU_BUILDS: Mapping[str, str] = {
    "cupy-cuda100": "cupy",
    "cupy-cuda101": "cupy",
    "cupy-cuda102": "cupy",
    "faiss-gpu": "faiss-cpu",
    "jaxlib-gpu": "jaxlib",
    "mxnet-cu100": "mxnet",
    "mxnet-cu101": "mxnet",
    "mxnet-cu102": "mxnet",
    "mxnet-cu110": "mxnet",
    "mxnet-cu112": "mxnet",
    "mxnet-cu90": "mxnet",
    "mxnet-cu92": "mxnet",
    "onnxruntime-gpu": "onnxruntime",
    "paddlepaddle-gpu": "paddlepaddle",
    "tensorflow-gpu": "tensorflow",
    "tf-nightly-gpu": "tensorflow",
}
"""Distributions that exist for a GPU, and the one that serves without."""

_BACKPORTS = frozenset(
    {"dataclasses", "contextvars", "configparser", "datetime", "importlib", "graphlib", "zoneinfo"}
)


def standard_library_name(name: str) -> bool:
    """Say whether a distribution name is that of a standard module, which needs no installation.

    Backports that are harmless on later interpreters (`dataclasses`), and distributions of another module by
    the same name (`DateTime`), do not count.
    """
    module = name.replace("-", "_").lower()
    return module in _STANDARD and module not in _BACKPORTS


_STANDARD = frozenset(
    {module.lower() for module in sys.stdlib_module_names if not module.startswith("_")}
    | {
        "asyncore",
        "asynchat",
        "imp",
        "distutils",
        "smtpd",
        "cgi",
        "crypt",
        "pipes",
        "telnetlib",
        "urllib2",
        "tkinter",
    }
    | {"cpickle", "__future__"}
)
