"""One excerpt for every row of the signature tables, as the tools print it."""

from __future__ import annotations

OURS = {
    "disk_full": "error: Failed to install: numpy-2.1.0.whl\n  cause: No space left on device (os error 28)\n",
    "engine_daemon": (
        "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon"
        " running?\n"
    ),
    "no_interpreter": "error: No interpreter found for Python 3.5 in virtual environments\n",
    "engine_pull": "ERROR: toomanyrequests: You have reached your pull rate limit.\n",
    "pip_unreachable": (
        "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after"
        " connection broken by 'ConnectTimeoutError()': /simple/numpy/\nERROR: Could not find a version"
        " that satisfies the requirement numpy (from versions: none)\nERROR: No matching distribution"
        " found for numpy\n"
    ),
    "git_unreachable": (
        "error: Failed to download and build `foo @ git+https://github.com/a-lab/foo.git`\n  cause: Git"
        " operation failed\n         fatal: unable to access 'https://github.com/a-lab/foo.git/': Could"
        " not resolve host: github.com\n"
    ),
    "index_status": (
        "error: Failed to fetch: `https://index.example/simple/numpy/`\n  cause: HTTP status server error"
        " (503 Service Unavailable) for url (https://index.example/simple/numpy/)\n"
    ),
    "index_unreachable": (
        "error: Request failed after 3 retries in 7.5s\n  cause: Failed to fetch:"
        " http://index.example/simple/numpy/\n  cause: error sending request for url"
        " (http://index.example/simple/numpy/)\n  cause: client error (Connect)\n"
    ),
    "broken_download": (
        "error: Failed to download `numpy==1.26.4`\n  cause: Hash mismatch for"
        " `numpy==1.26.4`\n\nExpected:\n  sha256:0\n"
    ),
    "no_network": "socket.gaierror: [Errno -3] Temporary failure in name resolution\n",
}

BUILDING = {
    "cuda_home": "OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.\n",
    "nvcc": "FileNotFoundError: [Errno 2] No such file or directory: '/usr/local/cuda/bin/nvcc'\n",
    "cuda_header": "src/ball_query.cpp:4:10: fatal error: cuda_runtime_api.h: No such file or directory\n",
    "cuda_cmake": '  Could NOT find CUDA (missing: CUDA_TOOLKIT_ROOT_DI) (required is at least version "10")\n',
    "cuda_mismatch": (
        "RuntimeError: \nThe detected CUDA version (12.1) mismatches the version that was used to"
        " compile\nPyTorch (10.2).\n"
    ),
    "rocm": "CMake Error: Could not find ROCm in the default location /opt/rocm\n",
    "git_protocol": (
        "error: Couldn't parse requirement in `/checker/files/requirements.in` at position 58\n"
        "  cause: Unsupported Git URL scheme `git:` in `git://github.com/ada/suite.git` (expected one of `https:`,"
        " `ssh:`, or `file:`)\n         suite @ git+git://github.com/ada/suite.git\n"
    ),
    "git_gone": (
        "  cause: Git operation failed\n         --- stderr\n"
        "         fatal: could not read Username for 'https://github.com': terminal prompts disabled\n"
    ),
    "index_private": (
        "hint: An index URL (https://index.lab.example/simple) could not be queried due to a lack of"
        " valid authentication credentials (401 Unauthorized).\n"
    ),
    "filtered_by_date": (
        "error: No solution found when resolving dependencies\n  cause: Because there is no version of"
        " numpy==2.1.0 and you require numpy==2.1.0, we can conclude that your requirements are"
        " unsatisfiable.\n\nhint: `numpy` was filtered by `exclude-newer` to only include packages"
        " uploaded before 2021-01-02T00:00:00Z. The requested version, v2.1.0, was published at"
        " 2024-08-18T21:39:07.105Z.\n"
    ),
    "wheel_tags": (
        "error: No solution found when resolving dependencies\n  cause: Because torch==1.7.0 has no"
        " wheels with a matching Python ABI tag (e.g., `cp311`) and you require torch==1.7.0, we can"
        " conclude that your requirements are unsatisfiable.\n\nhint: You require CPython 3.11 (`cp311`),"
        " but we only found wheels for `torch` (v1.7.0) with the following Python ABI tags: `cp36m`,"
        " `cp37m`, `cp38`, `cp38m`\n"
    ),
    "platform_tags": "ERROR: torch-1.7.0-cp38-none-macosx_10_9.whl is not a supported wheel on this platform.\n",
    "python_range": (
        "error: No solution found when resolving dependencies\n  cause: Because the requested Python"
        " version (>=3.7) does not satisfy Python>=3.9 and numpy==1.26.4 depends on Python>=3.9, we can"
        " conclude that numpy==1.26.4 cannot be used.\n"
    ),
    "only_in_wheels": (
        "error: No solution found when resolving dependencies\n  cause: Because pandas==0.25.3 has no"
        " usable wheels and you require pandas==0.25.3, we can conclude that your requirements are"
        " unsatisfiable.\n"
    ),
    "not_on_index": (
        "error: No solution found when resolving dependencies\n  cause: Because petrel-client was not"
        " found in the package registry and you require petrel-client, we can conclude that your"
        " requirements are unsatisfiable.\n"
    ),
    "no_such_version": (
        "error: No solution found when resolving dependencies\n  cause: Because there is no version of"
        " torch==1.7.99 and you require torch==1.7.99, we can conclude that your requirements are"
        " unsatisfiable.\n"
    ),
    "no_solution": (
        "error: No solution found when resolving dependencies\n  cause: Because tensorflow==2.10.0"
        " depends on keras>=2.10.0,<2.11 and you require tensorflow==2.10.0, we can conclude that you"
        " require keras>=2.10.0,<2.11.\n         And because you require keras==2.9, we can conclude that"
        " your requirements are unsatisfiable.\n"
    ),
    "unreadable_requirement": (
        "error: Couldn't parse requirement in `requirements.txt` at position 0\n  cause: no such"
        ' comparison operator "=", must be one of ~= == != <= >= < > ===\n         numpy=1.2\n'
    ),
    "header": (
        "         src/_portaudiomodule.c:29:10: fatal error: portaudio.h: No such file or directory\n"
        '            29 | #include "portaudio.h"\n         compilation terminated.\n'
        "         error: Command '['gcc', '-Wsign-compare']' returned non-zero exit status 1.\n"
    ),
    "no_python_header": "         ValueError: did not find HDF5 headers\n",
    "fortran_module": "Fatal Error: Cannot open module file 'netcdf.mod' for reading at (1): No such file\n",
    "pkg_config": (
        "         Package cairo was not found in the pkg-config search path.\n"
        "         Package 'cairo', required by 'virtual:world', not found\n"
    ),
    "linker": (
        "/usr/bin/ld: cannot find -lopenblas: No such file or directory\ncollect2: error: ld returned 1"
        " exit status\n"
    ),
    "cmake_package": "  Could NOT find Boost (missing: Boost_INCLUDE_DIR)\n",
    "configure_library": "numpy.distutils.system_info.NotFoundError: No BLAS/LAPACK libraries found.\n",
    "shared_library": "ImportError: libmpi.so.40: cannot open shared object file: No such file or directory\n",
    "command": (
        "         warning: build_py: byte-compiling is disabled, skipping.\n\n         error: command"
        " 'swig' failed: No such file or directory\n"
    ),
    "killed": "c++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n",
    "compiler_too_old": (
        "/env/include/torch/all.h:4:2: error: #error C++17 or later compatible compiler is required to"
        " use PyTorch.\n"
    ),
    "cython": "         Cython.Compiler.Errors.CompileError: /build/h5py/_conv.pyx\n",
    "compiler": "src/hnsw.cpp:88:15: error: 'optional' in namespace 'std' does not name a template type\n",
    "build_imports": (
        "         ModuleNotFoundError: No module named 'numpy'\n\nhint: This error likely indicates that"
        " `mmpycocotools@12.0.3` depends on `numpy`, but doesn't declare it as a build dependency.\n"
    ),
    "python2_build": (
        '           File "<string>", line 1\n             print "x"\n         SyntaxError: Missing'
        " parentheses in call to 'print'. Did you mean print(...)?\n"
    ),
    "build_syntax": '           File "<string>", line 3\n    match x:\n  SyntaxError: invalid syntax\n',
    "build_module": (
        '           File "<string>", line 1, in <module>\n         ModuleNotFoundError: No module named'
        " 'torch'\n"
    ),
    "build_file": (
        '           File "<string>", line 2, in <module>\n         FileNotFoundError: [Errno 2] No such'
        " file or directory: 'nope.md'\n"
    ),
    "asks": (
        "  File \"setup.py\", line 9, in <module>\n    answer = input('Build with CUDA? ')\nEOFError: EOF"
        " when reading a line\n"
    ),
    "download_404": "urllib.error.HTTPError: HTTP Error 404: Not Found\n",
    "flat_layout": "         error: Multiple top-level packages discovered in a flat-layout: ['b', 'a'].\n",
    "docker_copy": 'ERROR: failed to solve: failed to compute cache key: "/weights" not found: not found\n',
    "docker_base": "manifest for tensorflow/tensorflow:1.99-gpu not found: manifest unknown: manifest unknown\n",
    "r_package": "Error in library(ggtree) : there is no package called ‘ggtree’\n",
    "npm_engine": "npm error code EBADENGINE\nnpm error engine Unsupported engine\n",
    "refuses": (
        "         The 'sklearn' PyPI package is deprecated, use 'scikit-learn'\n         rather than"
        " 'sklearn' for pip commands.\n"
    ),
    "back_end": (
        "error: Failed to build `mpi4py==3.0.3`\n  cause: The build backend returned an error\n  cause:"
        " Call to `setuptools.build_meta:__legacy__.build_wheel` failed (exit status: 1)\n        "
        " TypeError: new_compiler() got an unexpected keyword argument 'dry_run'\n"
    ),
}


def crash(last: str, source: str = "main()") -> str:
    """Return a traceback that ends in a line."""
    frame = f'  File "/code/src/train.py", line 12, in <module>\n    {source}\n'
    return f"Traceback (most recent call last):\n{frame}{last}\n"


RUNNING = {
    "usage": "usage: train.py [-h] --data DATA\ntrain.py: error: the following arguments are required: --data\n",
    "cuda_absent": crash("AssertionError: Torch not compiled with CUDA enabled"),
    "cuda_library": crash("ImportError: libcuda.so.1: cannot open shared object file: No such file or directory"),
    "cuda_toolkit_library": crash(
        "ImportError: libcudart.so.10.1: cannot open shared object file: No such file or directory"
    ),
    "built_without_gpu": crash(
        "RuntimeError: Detected that PyTorch and torch_scatter were compiled with different CUDA versions. PyTorch"
        " has CUDA version 10.1 and torch_scatter has CUDA version 0.0."
    ),
    "nccl": crash("RuntimeError: ProcessGroupNCCL is only supported with GPUs, no GPUs found!"),
    "cuda_wanted": crash("AssertionError", "assert torch.cuda.is_available()"),
    "credentials": crash(
        "openai.OpenAIError: The api_key client option must be set either by passing api_key to the client"
    ),
    "data_variable": crash("RuntimeError: environment variable for ImageNet directory not set"),
    "interactive_backend": crash(
        "ImportError: Cannot load backend 'TkAgg' which requires the 'tk' interactive framework, as 'headless' is "
        "currently running"
    ),
    "display": crash("_tkinter.TclError: no display name and no $DISPLAY environment variable"),
    "hub_weights": crash(
        "OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find"
        " them in the cache."
    ),
    "hub_data": crash("RuntimeError: Dataset not found or corrupted. You can use download=True to download it"),
    "network_wanted": crash(
        "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>"
    ),
    "service_wanted": crash("ConnectionRefusedError: [Errno 111] Connection refused"),
    "launcher_wanted": crash(
        "ValueError: Error initializing torch.distributed using env:// rendezvous: environment variable"
        " RANK expected, but not set"
    ),
    "program": crash(
        "FileNotFoundError: [Errno 2] No such file or directory: 'minimap2'",
        'File "/usr/lib/python3.11/subprocess.py", line 1955, in _execute_child\n    raise'
        " child_exception_type(errno_num, err_msg)",
    ),
    "program_named": "train.sh: line 3: nvprof: command not found\n",
    "weights_checkpoint": crash("ValueError: no checkpoint found at ''"),
    "hydra_config": (
        "Primary config directory not found.\n"
        "Check that the config directory '/code/src/conf' exists and readable\n"
    ),
    "empty_data": crash("ValueError: num_samples should be a positive integer value, but got num_samples=0"),
    "memory": crash("MemoryError"),
    "disk": crash("OSError: [Errno 28] No space left on device"),
    "platform": crash("ModuleNotFoundError: No module named 'winreg'"),
    "numpy2_abi": "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.1.0 as it may crash.\n",
    "numpy_names": crash("AttributeError: module 'numpy' has no attribute 'float'."),
    "stdlib_gone": crash(
        "ImportError: cannot import name 'Mapping' from 'collections'"
        " (/usr/lib/python3.11/collections/__init__.py)"
    ),
    "protobuf": crash("TypeError: Descriptors cannot be created directly."),
    "setuptools_gone": crash("ModuleNotFoundError: No module named 'pkg_resources'"),
    "torch_moved": crash("ModuleNotFoundError: No module named 'torch._six'"),
    "qt_binding": crash("qtpy.QtBindingsNotFoundError: No Qt bindings could be found"),
    "needs_another_package": crash(
        "ImportError: Missing optional dependency 'openpyxl'.  Use pip or conda to install openpyxl."
    ),
    "tensorflow_1": crash("AttributeError: module 'tensorflow' has no attribute 'placeholder'"),
    "undefined_symbol": crash(
        "ImportError: /env/lib/ext.cpython-38-x86_64-linux-gnu.so: undefined symbol: _ZN2at6detail10noopDelete"
    ),
    "mm_range": crash(
        "AssertionError: MMCV==2.1.0 is used but incompatible. Please install mmcv>=1.3.17, <=1.8.0."
    ),
    "version_wanted": crash("pkg_resources.DistributionNotFound: The 'foo>=1' distribution was not found"),
    "installed_lacks": crash(
        "ImportError: cannot import name 'soft_unicode' from 'markupsafe'"
        " (/env/venv/lib/python3.9/site-packages/markupsafe/__init__.py)"
    ),
    "removed_call": crash("AttributeError: 'DataFrame' object has no attribute 'append'"),
    "python2": (
        '  File "train.py", line 3\n    print "x"\n    ^^^^^^^^^\nSyntaxError: Missing parentheses in call'
        " to 'print'. Did you mean print(...)?\n"
    ),
    "syntax": '  File "train.py", line 3\n    match x:\n          ^\nSyntaxError: invalid syntax\n',
    "module_file": "python: can't open file 'tools/run.py': [Errno 2] No such file or directory\n",
    "optional_part": crash(
        "gym.error.DependencyNotInstalled: No module named 'mujoco_py'. (HINT: you need to install mujoco_py)"
    ),
    "module": crash("ModuleNotFoundError: No module named 'wandb'"),
    "module_part": crash("ModuleNotFoundError: No module named 'models.resnet'"),
    "installed_apart": crash(
        "Exception: \nYou appear to be missing MuJoCo.  We expected to find the file here:"
        " /env/home/.mujoco/mujoco210\n\nThis package only provides python bindings, the library must be"
        " installed separately."
    ),
    "shared_object": crash("ImportError: libGL.so.1: cannot open shared object file: No such file or directory"),
    "import_name": crash(
        "ImportError: cannot import name 'build_model' from 'models' (/code/src/models/__init__.py)"
    ),
    "r_library": "Error in library(limma) : there is no package called ‘limma’\nExecution halted\n",
    "node_file": "Error: Cannot find module './lib/build'\nRequire stack:\n",
    "crash_signal": "Fatal Python error: Segmentation fault\n",
    "exception": crash("NameError: name 'oputs' is not defined"),
}

OPENED = {
    "weights": "FileNotFoundError: [Errno 2] No such file or directory: 'checkpoints/best.pth'",
    "author_machine": "FileNotFoundError: [Errno 2] No such file or directory: '/home/alice/annotations.json'",
    "data_folder": "FileNotFoundError: [Errno 2] No such file or directory: 'data/config.yaml'",
    "code": "FileNotFoundError: [Errno 2] No such file or directory: 'configs/base.yaml'",
    "data": "OSError: train.csv not found.",
    "program": "FileNotFoundError: [Errno 2] No such file or directory: 'minimap2'",
}
