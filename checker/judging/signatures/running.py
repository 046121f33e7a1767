"""What programs print when they stop: limits of the check, what a version explains, their own faults."""

from __future__ import annotations

from checker.judging.signatures.row import table

LIMITS = table(
    (
        "usage",
        "usage_only",
        r"error: the following arguments are required|error: one of the arguments [^\n]{1,120} is"
        " required|error: too few arguments|^Error: Missing (?:option|argument|parameter|command)\b"
        r"|FATAL Flags parsing error|Flag --\S+ must have a value"
        r"|sys\.argv\[[^\n]{0,200}\n(?:[ ^~]*\n)?IndexError: list index out of range"
        "|Missing mandatory value: |^[Uu]sage: ",
    ),
    (
        "cuda_absent",
        "needs_gpu",
        "Torch not compiled with CUDA enabled|Found no NVIDIA driver|No CUDA GPUs are available"
        "|no CUDA-capable device|CUDA driver version is insufficient"
        r"|device on a CUDA device but torch\.cuda\.is_available\(\) is False|cudaErrorNoDevice"
        "|cudaErrorInsufficientDriver|CUDA_ERROR_NO_DEVICE|CUDA unknown error|CUDA driver initialization"
        "|invalid device ordinal|Invalid (?:CUDA )?device id|NVIDIA-SMI has failed"
        r"|nvidia-smi['\"]?:? (?:command )?not found|No such file or directory: 'nvidia-smi'"
        "|Failed to initialize NVML|NVML Shared Library Not Found",
    ),
    (
        "cuda_library",
        "needs_gpu",
        r"lib(?:cuda|nvidia-ml|nvcuvid|nvinfer\w*)\.so[\w.]*: cannot open shared|libnvrtc"
        "|Could not load library libcudnn",
    ),
    (
        "cuda_toolkit_library",
        "needs_gpu_toolchain",
        r"lib(?:cudart|cublas|cublasLt|cudnn\w*|cufft|curand|cusolver|cusparse|nccl|nvToolsExt|c10_cuda"
        r"|torch_cuda\w*)[-\w]*\.so[\w.]*: cannot open shared|CUDA_HOME environment variable is not set"
        r"|No such file or directory: '[^'\n]*/nvcc'",
    ),
    (
        "built_without_gpu",
        "needs_gpu_toolchain",
        r"Detected that PyTorch and \w+ were compiled with different CUDA versions",
        "Require a release that loads beside any build of PyTorch, or say which build of PyTorch it goes with.",
    ),
    (
        "nccl",
        "needs_gpu",
        "ProcessGroupNCCL is only supported with GPUs|doesn't have NCCL built.in|no GPUs found!"
        "|NCCL (?:WARN Cuda|error in)|without NCCL support",
    ),
    (
        "cuda_wanted",
        "needs_gpu",
        r"^[ \t]*assert [^\n]{0,60}(?:torch\.)?cuda\.(?:is_available|device_count)\(|(?:GPU"
        "|CUDA) (?:is )?(?:required|needed|necessary|not (?:available|found|detected|supported))"
        "|(?:requires?|needs?|[Nn]o) (?:a |an |at least (?:one|1) )?(?:CUDA[- ]?(?:capable )?|Nvidia "
        r"|NVIDIA )?GPUs?\b|0 active drivers \(\[\]\)|CUDA Setup failed"
        "|None of the available devices `available_devices|[Nn]o (?:supported gpu|supported accelerator"
        r"|GPU|CUDA device)s?\b|ExecutorchRuntimeError|CUDA backend[^\n]{0,30}not"
        r"|MisconfigurationException: [^\n]{0,120}(?:gpus?|GPUs?|CUDA)|Cannot find any GPU"
        r"|You requested GPUs?: \[[^\]\n]{0,80}\]\s{1,80}But your machine only has"
        "|Unknown backend cuda|Unable to register cuD|Unknown device: '?cuda"
        "|does not have the 'cuda' backend|Not compiled with GPU support",
    ),
    (
        "credentials",
        "needs_credentials",
        "api_key client option must be set|api_key not configured|No API[- ]key|[Ii]nvalid API[- ]key"
        "|AuthenticationError|GatedRepoError|KeyError: '[A-Z_]*(?:API_KEY|TOKEN|SECRET|PASSWORD"
        r"|ACCESS_KEY|_KEY|CREDENTIALS)\w*'|NoCredentialsError|DefaultCredentialsError"
        r"|Could not find kaggle\.json|kaggle\.json|credentials? (?:were |was )?not"
        r"|[A-Z]{3,20}_(?:API_KEY|TOKEN)\b[^\n]{0,80}(?:not set|missing|must|environment|required"
        r"|not found)|(?:set|provide|export|specify)[^\n]{0,60}(?:API[_ ]?key|API_KEY|access token)"
        r"|LoginRequired|You must (?:be logged|log) in|401 Client Error|Did not find \w+_api_key"
        "|You are trying to access a gated repo",
    ),
    (
        "display",
        "needs_display",
        r"could not connect to display|no display name and no \$DISPLAY|cannot connect to X server"
        "|[Cc]annot open display|NoSuchDisplayException|Could not load the Qt platform plugin"
        "|No available video device|DisplayNameError|GLFWError|GLEW initali[sz]ation|KeyError: 'DISPLAY'"
        "|DisplayConnectionError|Can't connect to display|Unable to (?:open"
        "|initialize) (?:the )?(?:X11? )?display|cannot open (?:X )?display|Failed to (?:create"
        "|initialize) (?:GLFW|an OpenGL|OpenGL|EGL|window)|eglInitialize|X Error of failed request"
        r"|bad X server connection|The function is not implemented\. Rebuild the library with Windows,"
        r" GTK\+",
    ),
    (
        "data_variable",
        "needs_data",
        r"(?i:environment variable[^\n]{0,60}(?:director|path|folder|root|dataset)[^\n]{0,40}(?:not|n't|un)\s?"
        r"(?:be )?(?:set|defined)"
        r"|set (?:the )?environment variable[^\n]{0,60}(?:director|path|folder|root|dataset))",
    ),
    (
        "interactive_backend",
        "needs_display",
        r"Cannot load backend '\w+' which requires the '\w+' interactive framework, as '?headless",
    ),
    (
        "hub_weights",
        "needs_weights",
        r"We couldn't connect to 'https://huggingface\.co'|LocalEntryNotFoundError|OfflineModeIsEnabled"
        "|Can't load (?:tokenizer|the model|config|image processor|feature extractor|the configuration"
        r"|weights) (?:for|of)|huggingface\.co[^\n]{0,200}Max retries|host='(?:huggingface\.co"
        r"|s3\.amazonaws\.com|cdn-lfs[^'\n]*|hf-mirror\.com)'|Can't find model '[\w-]+'\. It doesn't"
        "|not a local folder and is not a valid model identifier"
        r"|Downloading: \"https?://[^\n]{0,300}\.(?:pth|pt|tar|h5)|outgoing traffic has been disabled"
        r"|Model [\w-]+ not found; available models|Cannot find the requested files in the (?:local"
        "|disk) cac",
    ),
    (
        "hub_data",
        "needs_data",
        r"Resource \S{1,80} not found\.\s|Please use the NLTK Downloader|Couldn't (?:find|reach) (?:a "
        r"|any |the )?(?:dataset|data file|'[^'\n]+' on the Hub)|Dataset not found(?: or corrupted)?"
        "|DatasetNotFoundError|download=True to download|DatasetNotFound"
        r"|Dataset [^\n]{0,80} (?:not found|does not exist)|Please download the [^\n]{0,40}data",
    ),
    (
        "network_wanted",
        "needs_network",
        "Temporary failure in name resolution|Name or service not known|Network is unreachable"
        "|Could not resolve host|Max retries exceeded with url|NewConnectionError|urlopen error"
        "|getaddrinfo failed|gaierror|ConnectTimeout|APIConnectionError"
        r"|requests\.exceptions\.ConnectionError|nodename nor servname|ENOTFOUND|EAI_AGAIN"
        "|No address associated with hostname|unable to resolve host|ServerNotFoundError"
        r"|ClientConnectorError|\[Errno (?:-3|-2|101)\]|EndpointConnectionError|httpx\.ConnectError"
        "|Network (?:error|unavailable)",
    ),
    (
        "service_wanted",
        "needs_network",
        r"ConnectionRefusedError|Connection refused|redis\.exceptions\.ConnectionError|ServerSelectionTimeoutError"
        r"|could not connect to server",
        "Say which server has to be running, and how to start it.",
    ),
    (
        "launcher_wanted",
        "usage_only",
        "environment variable (?:RANK|WORLD_SIZE|MASTER_ADDR|MASTER_PORT|LOCAL_RANK) expected"
        r"|KeyError: '(?:LOCAL_RANK|RANK|WORLD_SIZE|SLURM_\w+)'"
        "|Default process group has not been initialized",
        "Give the complete launch command (`torchrun …`) in the README, or let the program work in one process.",
    ),
    (
        "program",
        "missing_compiler_or_command",
        r"(?:_execute_child|Popen)[^\x00]{0,1500}No such file or directory: '[\w.+-]{1,40}'",
    ),
    (
        "program_named",
        "missing_compiler_or_command",
        r"^[ \t]*(?:\S+: )?(?:line )?(?:\d+: )?[\w.+-]{1,40}: (?:command )?not found\s*$"
        r"|FileNotFoundError: [^\n]{0,60}'(?:ffmpeg|ffprobe|git|java|dot|tesseract|sox|gcc|g\+\+|make"
        "|cmake|R|Rscript|perl|latex|pdflatex|wget|curl|unzip)'|ExecutableNotFound: "
        "|JAVA_HOME is not set|No JVM shared library|TesseractNotFoundError|[Pp]andoc wasn't found"
        "|NoBackendError|Couldn't find ff(?:mpeg|probe)|[Ff]fmpeg (?:is )?not (?:found|installed)"
        "|unable to find (?:java|ffmpeg)|Error: C compiler|(?:Ninja"
        r"|ninja) is required to load C\+\+ extensions|No such file or directory: 'ninja'",
    ),
    (
        "weights_checkpoint",
        "needs_weights",
        r"[Cc]heckpoint[^\n]{0,120} (?:not found|does not exist|is not a)|[Nn]o (?:such )?(?:checkpoint"
        r"|pretrained|weights?)\b|[^\s'\"]{1,200}\.(?:pth|pt|ckpt|safetensors|onnx)['\"]? (?:is not a"
        "|not found|does not exist|cannot be found)|(?:weights?"
        r"|[Pp]retrained model)s?[^\n]{0,80} (?:not found|not exist|missing)",
    ),
    (
        "hydra_config",
        "missing_in_repository",
        r"Primary config (?:directory|module) not found|MissingConfigException|Cannot find primary config",
    ),
    (
        "empty_data",
        "needs_data",
        "num_samples should be a positive integer value, but got num_samples=0|Found 0 (?:files|images"
        "|samples)|Couldn't find any class folder|Found no valid file for the classes"
        r"|Unable to (?:synchronously )?open file \(unable to|No (?:data|images?|files?|samples?"
        r"|videos?) (?:were |was )?found|dataset is empty|empty dataset|!_src\.empty\(\)"
        r"|not a directory: [^\n]{0,200}data|need at least one array to concatenate"
        r"|[Dd]ata(?:set)?(?: \w+)? (?:folder|directory|path|root|file)[^\n]{0,120} (?:not|does)"
        "|Missing input files for rule",
    ),
    (
        "memory",
        "out_of_memory",
        r"^[ \t]*(?:MemoryError|numpy\.\S*MemoryError)|DefaultCPUAllocator: (?:can't|not enough)"
        "|std::bad_alloc|Cannot allocate memory",
    ),
    ("disk", "disk_limit", r"No space left on device|Errno 27\] File too large"),
    (
        "platform",
        "unsupported_platform",
        "No module named '(?:winreg|msvcrt|_winreg|win32api|win32con|pywintypes|AppKit|Foundation|objc)'"
        "|WinError|Exec format error|module 'ctypes' has no attribute 'windll'|Illegal instruction"
        "|only (?:works|runs|supported) on (?:Windows|macOS|Mac)",
    ),
    (
        "installed_apart",
        "missing_system_library",
        r"You appear to be missing MuJoCo|only provides python bindings, the library must be installed separately",
    ),
    (
        "shared_object",
        "missing_system_library",
        r"lib[\w.+-]+\.so[\w.]*: cannot open shared object"
        r"|OSError: [^\n]{0,60}library (?:[\w./+-]+ )?not found|Unable to find (?:[\w ]+)? ?(?:library"
        r"|lib\w+)|[Cc]ould not (?:find|load|locate) (?:the |a )?(?:[\w.+-]+ )?(?:shared )?library"
        "|PortAudio library not found|cannot load library '",
    ),
)

DRIFT = table(
    (
        "numpy2_abi",
        "incompatible_dependency",
        r"compiled using NumPy 1\.x cannot be run in|numpy\.core\.multiarray failed to import"
        r"|numpy\.dtype size changed|_ARRAY_API not found|numpy\.ufunc size changed"
        "|module compiled against A[BP]I version",
    ),
    (
        "numpy_names",
        "incompatible_dependency",
        r"[Mm]odule '?numpy'? has no attribute|`np\.\w+` was removed in the NumPy"
        r"|No module named 'numpy\.|cannot import name '\w+' from 'numpy",
    ),
    (
        "stdlib_gone",
        "syntax_for_another_python",
        r"(?:module 'collections' has no attribute|cannot import name) '(?:\w*Mapping|Iterable|Sequence"
        "|Callable|Hashable|MutableSet|Set|Sized|Container|Iterator|OrderedDict"
        "|MutableSequence)'(?: from 'collections')?|No module named '(?:imp|asynchat|asyncore|distutils"
        r"|distutils\.\w+|cgi|pipes|telnetlib|parser|formatter|_bootlocale|symbol|smtpd|imghdr|crypt"
        "|audioop)'|module 'inspect' has no attribute|cannot import name 'getargspec'"
        "|cannot import name 'gcd' from 'fractions'|module 'fractions' has no attribute"
        "|module 'time' has no attribute 'clock'|module 'asyncio' has no attribute"
        "|module 'ast' has no attribute|'HTMLParser' object has no attribute 'unescape'"
        "|module 'cgi' has no attribute|module 'platform' has no attribute"
        r"|'xml\.etree\.ElementTree\.Element' object has no attribute 'getchildren'"
        r"|module 'string' has no attribute|'_io\.\w+' object has no attribute"
        "|module 'types' has no attribute|AttributeError: module 'pkgutil' has no attribute"
        r"|cannot import name '\w+' from '(?:typing|dataclasses|functools|enum|math|inspect|asyncio|types"
        r"|unittest)'|No module named '(?:dataclasses|tomllib|zoneinfo|graphlib|importlib\.(?:resources"
        r"|metadata))'|generic_type: type \"\w+\" is already registered"
        r"|'type' object is not subscriptable|unsupported operand type\(s\) for \|",
    ),
    (
        "protobuf",
        "incompatible_dependency",
        "Descriptors cannot (?:not )?be created directly|cannot import name 'builder' from"
        r" 'google\.protobuf|google\.protobuf\.\S+' has no attribute",
    ),
    (
        "setuptools_gone",
        "incompatible_dependency",
        r"No module named 'pkg_resources|cannot import name '\w+' from 'pkg_resources"
        "|module 'distutils' has no attribute",
    ),
    (
        "torch_moved",
        "incompatible_dependency",
        r"No module named 'torch\.\w+|No module named 'torch(?:vision|text|audio)\."
        r"|cannot import name '\w+' from 'torch",
    ),
    (
        "mm_range",
        "incompatible_dependency",
        r"MM(?:CV|Engine|Det|Seg)\w*==\S+ is used but incompatible|is incompatible with (?:mmcv|mmdet"
        "|mmseg)|is required for a normal functioning",
    ),
    (
        "qt_binding",
        "undeclared_dependency",
        r"No Qt bindings could be found|Failed to import any [^\n]{0,20}[Qq]t bind",
    ),
    (
        "needs_another_package",
        "undeclared_dependency",
        r"(?:requires|needs|depends on) the (?:following )?(?:package|\w+ library"
        r"|[`']?\w+[`']? package)[^\n]{0,120}(?:not (?:found|installed)|install"
        "|packages that were not found)|Missing optional dependency '"
        r"|Please install (?:the )?[`'\"]?[\w.-]+|[Tt]ry [`']?pip install|`Import\w+` (?:failed|requires)"
        r"|TensorBoard logging requires TensorBoard|ImportError: [^\n]{1,160}pip install"
        "|can be installed with|No matching distribution",
    ),
    (
        "tensorflow_1",
        "incompatible_dependency",
        r"module 'tensorflow' has no attribute|No module named 'tensorflow\.(?:contrib|python|examples"
        r"|compat)|tensorflow\._api",
    ),
    (
        "undefined_symbol",
        "incompatible_dependency",
        r"undefined symbol: |version `(?:GLIBCXX|CXXABI|GLIBC)_[\d.]+' not found"
        "|cannot allocate memory in static TLS block",
    ),
    (
        "version_wanted",
        "incompatible_dependency",
        "VersionConflict|DistributionNotFound|ContextualVersionConflict|requires (?:a )?version [<>=]"
        r"|version [\d.]+ is (?:not supported|required|incompatible)|No version of '?[\w.-]+'? (?:satisf"
        r"|found)|Numba needs NumPy|Module use of python\d+\.dll conflicts",
    ),
    (
        "installed_lacks",
        "incompatible_dependency",
        r"cannot import name '\w+' from (?:partially initialized module )?'[\w.]+' \(/[^)\n]*/(?:site"
        "|dist)-packages/|module '(?:torch|torchvision|tensorflow|keras|scipy|sklearn|pandas|matplotlib"
        r"|networkx|PIL|PIL\.Image|transformers|datasets|skimage|cv2|nltk|gensim|gym|gymnasium|jax|jaxlib"
        "|flax|optax|yaml|jinja2|werkzeug|flask|dgl|spacy|numba|librosa|wandb|ray|pytorch_lightning"
        "|lightning|timm|einops|h5py|statsmodels|sympy|xgboost|lightgbm|shapely|geopandas|trimesh|open3d"
        r"|plotly|seaborn|openai|peft|accelerate)[\w.]*' has no attribute",
    ),
    (
        "removed_call",
        "incompatible_dependency",
        "(?:'(?:DataFrame|Series)' object has no attribute '(?:append|ix|iteritems|as_matrix"
        "|get_value)')|has been removed (?:in|from)|was removed in|no longer supported"
        r"|is deprecated(?: and|,) (?:will|has)|load\(\) missing 1 required positional argument: 'Loader'"
        "|'Graph' object has no attribute '(?:node|edge)'|'(?:DiGraph"
        "|MultiGraph)' object has no attribute 'node'|Setting an array element with a sequence"
        r"|too many values to unpack \(expected 4\)",
    ),
)

OWN = table(
    (
        "python2",
        "python2_syntax",
        "SyntaxError: Missing parentheses in call to '(?:print|exec)'|NameError: name '(?:unicode|xrange"
        "|raw_input|execfile|reload|long|basestring|unichr|cmp)' is not defined"
        "|No module named '(?:ConfigParser|urllib2|urlparse|commands|StringIO|cPickle|Tkinter|Queue"
        "|__builtin__|cStringIO|httplib|HTMLParser|sets|md5|exceptions)'|TabError: "
        "|SyntaxError: multiple exception types must|'dict' object has no attribute '(?:iteritems"
        "|has_key|itervalues|iterkeys)'|leading zeros in decimal integer literals",
    ),
    ("syntax", "syntax_for_another_python", r"^[ \t]*(?:E\s+)?(?:SyntaxError|IndentationError): "),
    (
        "module_file",
        "missing_in_repository",
        r"can't open file '[^'\n]+'|No module named '?[\w.]+\.__main__"
        "|is a package and cannot be directly executed",
    ),
    (
        "optional_part",
        "undeclared_dependency",
        r"DependencyNotInstalled: No module named '(?P<name>[\w.]+)'",
    ),
    (
        "module",
        "undeclared_dependency",
        r"(?:ModuleNotFoundError|ImportError): No module named ['\"]?[A-Za-z_]\w*['\"]?\s*$",
    ),
    (
        "module_part",
        "import_error",
        r"(?:ModuleNotFoundError|ImportError): No module named ['\"]?[\w.]+|attempted relative import"
        "|: Error while finding module",
    ),
    ("import_name", "import_error", r"^[ \t]*(?:E\s+)?ImportError: "),
    (
        "r_library",
        "undeclared_dependency",
        r"there is no package called [‘']|Cannot find module '[^'./\n]|Can't locate \S+\.pm in @INC"
        r"|package \S+ is not in (?:GOROOT|std)",
    ),
    ("node_file", "missing_in_repository", r"Cannot find module '[./]"),
    (
        "crash_signal",
        "crash",
        r"Segmentation fault|Fatal Python error: |core dumped|Aborted \(|\*\*\* stack smashing"
        "|terminate called after",
    ),
    (
        "exception",
        "crash",
        r"^[ \t]*(?:E\s+)?(?:[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Fault|Failure|NotFound"
        r"|Conflict))(?::|\s*$)|^panic: |^Error in |^Execution halted|Exception in thread \"main\""
        r"|UnhandledPromiseRejection|Traceback \(most recent call last\)",
    ),
)

RUNNING_ROWS = LIMITS + DRIFT + OWN
