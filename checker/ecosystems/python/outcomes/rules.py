"""Tables for judging a start: which messages mean which cause, and whose a path is by its look."""

from __future__ import annotations

import re

_MESSAGES: tuple[tuple[str, str], ...] = (
    (
        "needs_gpu",
        r"Torch not compiled with CUDA|Found no NVIDIA driver"
        r"|No CUDA GPUs are available|CUDA driver version is insuff"
        r"|CUDA error|cuda runtime error|no CUDA-capable device"
        r"|libcuda\.so|libcudart|libnvidia|nvidia-smi|NCCL|nccl"
        r"|Attempting to deserialize object on a CUDA device|(?i:cuda is not available)"
        r"|CUDA_HOME environment variable"
        r"|requires? (?:a |an )?(?:CUDA|GPU)|GPU (?:is )?(?:required"
        r"|not found|not available)|invalid device ordinal"
        r"|Invalid CUDA|No GPU|no GPU|cuInit|CUDAExecutionProvider"
        r"|Cannot access accelerator device|AcceleratorError"
        r"|No supported gpu backend found|MisconfigurationException: .*(?:gpu|GPU|CUDA|cuda)|hipError|_C\._cuda"
        r"|You requested GPUs?: \[[^\]]*\]\s+But your machine only has"
        r"|expected a .?cuda.? device|Expected all tensors .* cuda|no kernel image is available",
    ),
    (
        "needs_gpu_toolchain",
        r"lib(?:cublas|cublasLt|cudnn\w*|cufft|curand|cusolver|cusparse|nvToolsExt)[-\w]*\.so[\w.]*: cannot open"
        r"|were compiled with different CUDA versions",
    ),
    (
        "needs_display",
        r"cannot connect to X server|could not connect to display|no display name and no \$DISPLAY|\$DISPLAY"
        r"|qt\.qpa\.plugin|GLFWError|EGL|GLXBadContext"
        r"|Failed to (?:initialize|create) (?:OpenGL|window|GL)|NoSuchDisplay"
        r"|couldn't connect to display|[Cc]an(?:not|'t) (?:open|connect to) (?:X )?display"
        r"|No available video device"
        r"|Unable to (?:open|initialize) (?:the )?(?:X11? )?display|X Error of failed request"
        r"|Display(?:Name|Connection)Error|ScreenInfoError|No enumerators available"
        r"|Cannot load backend '\w+' which requires the '\w+' interactive framework, as '?headless",
    ),
    (
        "needs_credentials",
        r"(?i)api[_ -]?key|credential|access token|HF_TOKEN|authentication|unauthori[sz]ed|\b401\b|wandb login"
        r"|not logged in|gated repo|please log ?in|kaggle\.json"
        r"|invalid token|permission_?denied.*token|license key"
        r"|GurobiError: [^\n]{0,80}licen[cs]e|licen[cs]e (?:has )?expired|no (?:valid )?licen[cs]e (?:file )?found"
        r"|wandb\.errors\.UsageError|no API key",
    ),
    (
        "needs_weights",
        r"OSError: .*is not a local folder and is not a valid "
        r"model identifier|We couldn't connect to .*huggingface"
        r"|Cannot find the requested files in the (?:disk|local) cache"
        r"|LocalEntryNotFoundError|couldn't connect to .*hugg"
        r"|Error no file named .*(?:bin|safetensors)|Can't load (?:the )?(?:model|config|weights|tokenizer)"
        r"|HFValidationError|Repo id must|no checkpoint found|checkpoint .*(?:not found|does not exist|not exist)"
        r"|(?:pre-?trained|weights?) (?:file|model)?.{0,40}(?:not found|not exist)",
    ),
    (
        "needs_network",
        r"Name or service not known|[Cc]ould not resolve host"
        r"|Temporary failure in name resolution|getaddrinfo failed|Network is unreachable"
        r"|Max retries exceeded|ConnectionError|URLError|NewConnectionError"
        r"|NameResolutionError|Failed to establish a new"
        r"|gaierror|No route to host|LookupError: .*nltk|Resource \S*\w+\S* not found\.\s*Please use the NLTK"
        r"|Can't find model '\w+'|offline mode|Connection refused|ServerSelectionTimeoutError|ConnectTimeout"
        r"|HTTPSConnectionPool|ProxyError",
    ),
    (
        "needs_data",
        r"(?i)data(?:set)? (?:path |folder |dir(?:ectory)? "
        r"|root )?.{0,60}(?:not found|not exist|is missing|is empty)"
        r"|dataset not found|Found 0 (?:files|images)|Found no valid file|num_samples should be a positive integer"
        r"|no (?:images|data|samples|files) (?:were )?(?:found|matched)"
        r"|download=True|Dataset not found or corrupted"
        r"|DatasetNotFoundError|can'?t open/read file"
        r"|does not appear to be an image|no such file.*\.(?:npy|mat|csv|h5)"
        r"|couldn'?t find (?:a )?(?:dataset|any data)|please (?:download|prepare).{0,40}data"
        r"|is neither a (?:file|dir|folder)|location of (?:the |your )?(?:raw )?data|Missing input files for rule",
    ),
    (
        "out_of_memory",
        r"\bMemoryError\b|Cannot allocate memory|DefaultCPUAllocator: can't allocate|std::bad_alloc",
    ),
    ("disk_limit", r"No space left on device|Errno 2[78]\b|Disk quota exceeded|File too large"),
    (
        "missing_system_library",
        r"cannot open shared object file|GLIBCXX_\S+' not found|GLIBC_\S+' not found|undefined symbol",
    ),
    (
        "incompatible_dependency",
        r"mutable default <class|has no attribute|cannot import name|got an unexpected keyword argument"
        r"|numpy\.dtype size changed"
        r"|Descriptors cannot (?:not )?be created"
        r"|was removed in the? ?NumPy|A module that was compiled using NumPy 1"
        r"|is not compatible with|takes \d+ positional arguments? but",
    ),
)
"""Cause → what a message says, the more certain first."""

_ORDERED = tuple((cause, re.compile(pattern)) for cause, pattern in _MESSAGES)
_LIBRARY_CAUSES = frozenset({"incompatible_dependency"})
_OWN_SETTINGS = re.compile(r"NoneType|'(?:Namespace|Values|EasyDict|AttrDict|Munch)' object has no attribute")
"""What no package can have changed: nothing at all, and the options that the code itself defines."""

DEMANDS = (
    "not found", "no such file", "does not exist", "not exist", "doesn't exist", "cannot find", "can't find",
    "could not find", "unable to open", "cannot open", "failed to open", "is not a file", "not a directory",
    "'nonetype' object has no attribute", "'nonetype' object is not", "num_samples", "empty", "out of range",
    "need at least one array", "division by zero", "expected str, bytes or os.pathlike", "assert",
    "is not a valid", "no valid", "no objects to concatenate", "invalid path",
)  # fmt: skip
"""Parts of messages that may follow from a file that is not there."""

_WEIGHTS = re.compile(
    r"(?i)\.(?:pth|pyth|pt|ptl|ckpt|safetensors|bin|caffemodel|weights|onnx|keras"
    r"|tflite|pdparams|params|gguf|pkl\.gz|tar|model|pb)$"
    r"|(?:^|/)(?:checkpoints?|ckpts?|weights|pretrained\w*|pretrain\w*|saved_models?|model_zoo|hub)(?:/|$)"
)
_DATA = re.compile(
    r"(?i)\.(?:npy|npz|h5|hdf5|mat|csv|tsv|jpe?g|png|bmp|tiff?|gif|mp4"
    r"|avi|wav|mp3|flac|parquet|lmdb|mdb|tfrecords?"
    r"|txt\.gz|nii(?:\.gz)?|dcm|ply|pcd|las|obj|off|stl|pkl|pickle|jsonl"
    r"|feather|arrow|edf|gz|zip|root|nc|db|sqlite)$"
    r"|(?:^|/)(?:data|datasets?|images?|videos?|audio|annotations?|train"
    r"|val|test|corpus|raw|dump|input|inputs|imagenet"
    r"|cifar\w*|coco\w*|mnist|kitti|nuscenes|voc\w*|cityscapes|celeba\w*|ucf\w*|kinetics\w*|scannet\w*)(?:/|$)"
)
_CONFIG_OR_CODE = re.compile(
    r"(?i)\.(?:py|ya?ml|toml|cfg|ini|conf|gin|sh|ipynb|proto|cpp|cu|h|so)$|(?:^|/)configs?/"
)


def message_cause(kind: str, message: str) -> str | None:
    """Return the cause that an exception's type and message mean, or None where they do not tell."""
    text = f"{kind}: {message}" if kind else message
    for cause, pattern in _ORDERED:
        if not pattern.search(text):
            continue
        if cause in _LIBRARY_CAUSES and (not kind or _OWN_SETTINGS.search(text)):
            continue
        return cause
    return None


def is_weights_path(path: str) -> bool:
    """Whether a path looks like trained weights."""
    return bool(_WEIGHTS.search(path)) and not _CONFIG_OR_CODE.search(path)


def is_data_path(path: str) -> bool:
    """Whether a path looks like data that a user brings."""
    return bool(_DATA.search(path)) and not _CONFIG_OR_CODE.search(path)


def is_config_or_code(path: str) -> bool:
    """Whether a path looks like code or configuration, which a repository holds itself."""
    return bool(_CONFIG_OR_CODE.search(path))
