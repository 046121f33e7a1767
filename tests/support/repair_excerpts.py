"""For every repair one excerpt of a log as the tools print it, and what it must change."""

from __future__ import annotations

UV = "error: No solution found when resolving dependencies\n  cause: "
UNSATISFIABLE = ", we can conclude that your requirements are unsatisfiable.\n"


def lacks(module: str, name: str) -> str:
    """What Python says when a module lacks a name."""
    return f"AttributeError: module '{module}' has no attribute '{name}'\n"


def import_name(module: str, name: str) -> str:
    """What Python says when a name cannot be imported."""
    where = f"/env/venv/lib/python3.9/site-packages/{module.replace('.', '/')}/__init__.py"
    return f"ImportError: cannot import name '{name}' from '{module}' ({where})\n"


def no_module(module: str) -> str:
    """What Python says when a module is not there."""
    return f"ModuleNotFoundError: No module named '{module}'\n"


def built(package: str, said: str) -> str:
    """What uv says when a package does not build."""
    return (
        f"error: Failed to build `{package}`\n  cause: The build backend returned an error\n  cause: Call to"
        " `setuptools.build_meta:__legacy__.build_wheel` failed (exit status: 1)\n\n         [stderr]\n"
        f"         {said}\n"
    )


Case = tuple[str, tuple[str, ...], str]

RESOLVING: dict[str, Case] = {
    "local_version": (
        UV
        + "Because there is no version of torch==1.7.0+cu101 and you require torch==1.7.0+cu101"
        + UNSATISFIABLE,
        ("torch==1.7.0+cu101",),
        "torch==1.7.0+cu101 → torch==1.7.0",
    ),
    "companion_metadata": (
        UV
        + (
            "Because torchvision==0.11.0 depends on torch==1.10.0+cu102 and you require torch==1.10.0, we"
            " can conclude that your requirements and torchvision==0.11.0 are incompatible.\n"
        ),
        ("torch==1.10.0", "torchvision==0.11.0"),
        "torch==1.10.0 for all that ask",
    ),
    "pin_after_date": (
        UV
        + "Because there is no version of numpy==2.1.0 and you require numpy==2.1.0"
        + UNSATISFIABLE
        + (
            "\nhint: `numpy` was filtered by `exclude-newer` to only include packages uploaded before"
            " 2021-01-02T00:00:00Z. The requested version, v2.1.0, was published at"
            " 2024-08-18T21:39:07.105Z.\n"
        ),
        ("numpy==2.1.0",),
        "index date → 2024-08-19",
    ),
    "wheels_for_another_python": (
        UV
        + (
            "Because torch==1.7.0 has no wheels with a matching Python ABI tag (e.g., `cp311`) and you"
            " require torch==1.7.0"
        )
        + UNSATISFIABLE
        + "\nhint: You require CPython 3.11 (`cp311`), but we only found wheels for `torch` (v1.7.0) with the"
        " following Python ABI tags: `cp36m`, `cp37m`, `cp38`, `cp38m`\n",
        ("torch==1.7.0",),
        "Python 3.10 → 3.8",
    ),
    "python_out_of_range": (
        UV
        + (
            "Because the requested Python version (>=3.10) does not satisfy Python>=3.7,<3.9 and"
            " numba==0.49.0 depends on Python>=3.7,<3.9, we can conclude that numba==0.49.0 cannot be used.\n"
        ),
        ("numba==0.49.0",),
        "Python 3.10 → 3.8",
    ),
    "not_on_index": (
        UV + "Because skimage was not found in the package registry and you require skimage" + UNSATISFIABLE,
        ("skimage",),
        "skimage → scikit-image",
    ),
    "not_on_index_pip": (
        "ERROR: Could not find a version that satisfies the requirement petrel-client (from versions: none)\n",
        ("petrel-client",),
        "petrel-client set aside",
    ),
    "version_gone": (
        UV + "Because there is no version of torch==1.7.99 and you require torch==1.7.99" + UNSATISFIABLE,
        ("torch==1.7.99",),
        "torch==1.7.99 → torch==1.7.1",
    ),
    "version_gone_pip": (
        "ERROR: Could not find a version that satisfies the requirement torch==1.7.99 (from versions:"
        " 1.7.0, 1.7.1)\n",
        ("torch==1.7.99",),
        "torch==1.7.99 → torch==1.7.1",
    ),
    "withdrawn_since": (
        UV + "Because there are no versions of torch and you require torch>=1.4,<1.5" + UNSATISFIABLE,
        ("torch>=1.4,<1.5",),
        "torch>=1.4,<1.5 → torch==1.6.0: of what is left; index date → 2022-02-05",
    ),
    "published_again": (
        UV
        + "Because there are no versions of codecov and rinokeras>=1.1.1 depends on codecov"
        + UNSATISFIABLE
        + "\n\n"
        "hint: `codecov` was filtered by `exclude-newer` to only include packages uploaded before"
        " 2021-08-03T21:55:25Z. The latest version satisfying the requirement is v2.1.13, published at"
        " 2023-04-17T23:11:37.344Z. Consider using\n",
        ("rinokeras==1.1.1",),
        "codecov as of 2023-04-18: others require it",
    ),
    "range_never_existed": (
        UV + "Because only numpy<=2.5.5 is available and you require numpy>=99" + UNSATISFIABLE,
        ("numpy>=99",),
        "numpy>=99 → numpy",
    ),
    "index_out_of_reach": (
        "error: Request failed after 3 retries in 4.1s\n"
        "  cause: Failed to fetch: https://wheels.example.org/cu116/wandb/\n",
        ("wandb",),
        "without the index https://wheels.example.org/cu116",
    ),
    "git_out_of_reach": (
        "error: Failed to download and build `clip @ git+https://github.com/openai/CLIP.git`\n  cause:"
        " Git operation failed\n",
        ("clip @ git+https://github.com/openai/CLIP.git",),
        "→ openai-clip",
    ),
    "conflict": (
        UV
        + (
            "Because tensorflow==2.10.0 depends on keras>=2.10.0,<2.11 and you require tensorflow==2.10.0,"
            " we can conclude that you require keras>=2.10.0,<2.11.\n         And because you require"
            " keras==2.9"
        )
        + UNSATISFIABLE,
        ("tensorflow==2.10.0", "keras==2.9", "tqdm==4.1"),
        "the fewest requirements give way that have to",
    ),
    "date_widened": (UV + "Because a depends on b" + UNSATISFIABLE, (), "index date → 2022-02-05"),
    "another_python": (UV + "Because a depends on b" + UNSATISFIABLE, (), "Python 3.10 → 3.9"),
}

BUILDING: dict[str, Case] = {
    "pip_command": (
        built("minkowskiengine==0.5.4", "FileNotFoundError: [Errno 2] No such file or directory: 'pip': 'pip'"),
        ("minkowskiengine",),
        "minkowskiengine is built with pip",
    ),
    "sklearn_stub": (
        built("sklearn==0.0.post12", "The 'sklearn' PyPI package is deprecated, use 'scikit-learn'"),
        ("sklearn",),
        "sklearn → scikit-learn",
    ),
    "gpu_only_package": (
        built("apex==0.1", "OSError: CUDA_HOME environment variable is not set."),
        ("apex",),
        "apex set aside: needs a GPU toolchain",
    ),
    "library_installed_apart": (
        built("mujoco-py==1.50.1.65", "You appear to be missing MuJoCo.  We expected to find the file here: /x"),
        ("mujoco-py",),
        "mujoco-py set aside: needs a library installed apart",
    ),
    "use_2to3": (
        built("demjson==2.2.4", "error in demjson setup command: use_2to3 is invalid."),
        ("demjson",),
        "demjson is built with setuptools<58",
    ),
    "strict_metadata": (
        built(
            "gym==0.21.0",
            "error in gym setup command: 'extras_require' must be a dictionary whose values are strings",
        ),
        ("gym==0.21.0",),
        "gym is built with setuptools<66",
    ),
    "numpy_headers": (
        built(
            "bcolz==1.2.1", "bcolz/carray_ext.c:4:10: fatal error: numpy/arrayobject.h: No such file or directory"
        ),
        (),
        "bcolz is built with numpy<2",
    ),
    "numpy_2_build": (
        built(
            "pyemd==0.5.1", "error: ‘PyArray_Descr’ {aka ‘struct _PyArray_Descr’} has no member named ‘subarray’"
        ),
        (),
        "pyemd is built with numpy<2",
    ),
    "cython_3": (
        built("h5py==2.9.0", "Cython.Compiler.Errors.CompileError: /code/src/h5py/_conv.pyx"),
        (),
        "h5py is built with cython<3",
    ),
    "old_distutils": (
        built("mpi4py==3.0.3", "TypeError: new_compiler() got an unexpected keyword argument 'dry_run'"),
        (),
        "mpi4py is built with setuptools<60",
    ),
    "proj": (
        built("cartopy==0.17.0", "Proj 4.9.0 must be installed."),
        ("cartopy",),
        "system packages: libgeos-dev libproj-dev proj-bin; "
        "cartopy as of 2021-10-01: the first with the PROJ of today",
    ),
    "built_elsewhere": (
        built("pytrec-eval==0.5", "urllib.error.URLError: <urlopen error Tunnel connection failed>"),
        ("pytrec-eval==0.5",),
        "pytrec-eval==0.5 → pytrec-eval-terrier: it has wheels",
    ),
    "pip_in_setup": (
        built(
            "checklist==0.0.11",
            "subprocess.CalledProcessError: Command '/b/bin/python -m pip install jupyter' returned non-zero exit"
            " status 1.",
        ),
        ("checklist",),
        "checklist is built with pip, jupyter, notebook<7, setuptools<66",
    ),
    "complex_header": (
        built(
            "prody==2.2.0",
            "prody/dynamics/rtbtools.c:548:16: error: incompatible type for argument 1 of ‘free_dmatrix’\n"
            "           548 |   free_dmatrix(I, 1, 3, 1, 3);\n               |                ^\n"
            "         prody/dynamics/rtbtools.c:72:28: note: expected ‘double **’ but argument is of type"
            " ‘complex float’",
        ),
        ("prody==2.2.0",),
        "prody is built with numpy<2, setuptools<66",
    ),
    "setup_requires": (
        built(
            "torch-scatter==2.0.4",
            "distutils.errors.DistutilsError: Could not find suitable distribution for"
            " Requirement.parse('pytest-runner')",
        ),
        ("torch_scatter==2.0.4",),
        "torch-scatter is built with pytest-runner",
    ),
    "build_import": (
        built("mmpycocotools==12.0.3", "ModuleNotFoundError: No module named 'numpy'")
        + "\nhint: This error likely indicates that"
        " `mmpycocotools@12.0.3` depends on `numpy`, but doesn't declare it as a build dependency.\n",
        ("numpy==1.19.5",),
        "mmpycocotools is built with numpy==1.19.5",
    ),
    "build_import_pip": (
        built("pycocotools==2.0.0", "ModuleNotFoundError: No module named 'Cython'"),
        (),
        "pycocotools is built with cython<3",
    ),
    "legacy_science": (
        built("numpy==1.13.1", "ModuleNotFoundError: No module named 'distutils.nothing'"),
        (),
        "Python 3.10 → 3.9",
    ),
    "project_on_path": (
        "error: The build backend returned an error\n  cause: Call to"
        " `setuptools.build_meta.build_editable` failed\n",
        (),
        "put on the path",
    ),
    "another_release": (
        built("dm-tree==0.1.1", "subprocess.CalledProcessError: Command '['bazel']' returned"),
        ("dm-tree==0.1.1",),
        "dm-tree==0.1.1 → dm-tree==0.1.*",
    ),
    "earlier_release_that_builds": (
        built("torch-cluster==1.5.9", "error: command '/usr/bin/g++' failed with exit code 1"),
        ("torch==1.1.0", "torch-cluster"),
        "torch-cluster as of 2019-05-31",
    ),
    "wheels_only": (
        built("shortwave==4.5.1", "error: command '/usr/bin/g++' failed with exit code 1"),
        ("shortwave",),
        "shortwave from wheels alone",
    ),
    "wheels_in_time": (
        "   Building six==1.16.0\n   Building shortwave==4.5.1.0\n      Built six==1.16.0\n",
        ("six", "shortwave"),
        "shortwave from wheels alone",
    ),
    "set_aside": (
        built("horovod", "error: None of TensorFlow, PyTorch, or MXNet plugins were built."),
        ("horovod",),
        "horovod set aside: it does not build",
    ),
    "set_aside_though_imported": (
        built("longwave", "error: command '/usr/bin/gcc' failed with exit code 1"),
        ("longwave",),
        "longwave set aside: nothing listed gets it to build",
    ),
}

SYSTEM: dict[str, tuple[str, str]] = {
    "output_folder": (
        "Traceback (most recent call last):\n"
        '  File "/code/src/fit.py", line 38, in <module>\n    os.mkdir(model_path)\n'
        "FileNotFoundError: [Errno 2] No such file or directory: 'checkpoint/rgb_final'\n",
        "made the empty folder checkpoint",
    ),
    "system_portaudio": ("OSError: PortAudio library not found\n", "libportaudio2"),
    "system_sndfile": ("OSError: sndfile library not found\n", "libsndfile1"),
    "system_magic": ("ImportError: failed to find libmagic.  Check your installation\n", "libmagic1"),
    "system_zbar": ("ImportError: Unable to find zbar shared library\n", "libzbar0"),
    "system_cairo": ('OSError: no library called "cairo-2" was found\n', "libcairo2"),
    "system_pango": (
        "OSError: cannot load library 'gobject-2.0-0': gobject-2.0-0: cannot open shared object file\n",
        "libpango-1.0-0",
    ),
    "system_geos": (
        "OSError: Could not find lib geos_c or load any of its variants ['libgeos_c.so.1', 'libgeos_c.so'].\n",
        "libgeos-c1v5",
    ),
    "system_gdal": (
        "django.core.exceptions.ImproperlyConfigured: Could not find the GDAL library\n",
        "libgdal-dev",
    ),
    "system_spatialindex": (
        "OSError: could not find or load spatialindex_c-64.dll\nOSError: Could not load libspatialindex_c"
        " library\n",
        "libspatialindex-dev",
    ),
    "system_opengl": ("ImportError: ('Unable to load OpenGL library', 'GL: cannot open', 'GL', None)\n", "libgl1"),
    "system_egl": (
        "ImportError: ('Unable to load EGL library', 'EGL: cannot open shared object', 'EGL', None)\n",
        "libegl1",
    ),
    "system_osmesa": (
        "ImportError: cannot import name 'OSMesaCreateContextAttribs' from 'OpenGL.osmesa'\n",
        "libosmesa6",
    ),
    "system_enchant": (
        "ImportError: The 'enchant' C library was not found and maybe needs to be installed.\n",
        "libenchant-2-2",
    ),
    "system_java": (
        "Exception: Java gateway process exited before sending its port number\nJAVA_HOME is not set\n",
        "default-jre-headless",
    ),
    "system_tesseract": (
        "pytesseract.pytesseract.TesseractNotFoundError: tesseract is not installed or it's not in your PATH.\n",
        "tesseract-ocr",
    ),
    "system_graphviz": (
        "graphviz.backend.execute.ExecutableNotFound: failed to execute PosixPath('dot'), make sure the"
        " Graphviz executables are on your systems' PATH\n",
        "graphviz",
    ),
    "system_poppler": (
        "pdf2image.exceptions.PDFInfoNotInstalledError: Unable to get page count. Is poppler installed"
        " and in PATH?\n",
        "poppler-utils",
    ),
    "system_ffmpeg": ("audioread.exceptions.NoBackendError\n", "ffmpeg"),
    "system_espeak": ("RuntimeError: espeak not installed on your system\n", "espeak-ng"),
    "system_git": (
        "ImportError: Bad git executable.\nThe git executable must be specified in one of the following ways:\n",
        "git",
    ),
    "system_sox": ("SoX could not be found!\n", "sox"),
    "system_rust": ("error: can't find Rust compiler\n", "rustc"),
    "system_cmake": ("CMake must be installed to build dlib\n", "cmake"),
    "system_fortran": ("error: library dfftpack has Fortran sources but no Fortran compiler found\n", "gfortran"),
    "system_blas": (
        "numpy.distutils.system_info.NotFoundError: No BLAS/LAPACK libraries found.\n",
        "libopenblas-dev",
    ),
    "system_libxml": (
        "Error: Please make sure the libxml2 and libxslt development packages are installed.\n",
        "libxml2-dev",
    ),
    "system_hdf5": ("ValueError: did not find HDF5 headers\n", "libhdf5-dev"),
    "system_mysql": ("OSError: mysql_config not found\n", "libmariadb-dev"),
    "system_postgres": ("Error: pg_config executable not found.\n", "libpq-dev"),
    "system_curl": (
        "__main__.ConfigurationError: Could not run curl-config: [Errno 2] No such file or directory:"
        " 'curl-config'\n",
        "libcurl4-openssl-dev",
    ),
    "system_jpeg": (
        "The headers or library files could not be found for jpeg,\na required dependency when compiling"
        " Pillow from source.\n",
        "libjpeg-dev",
    ),
    "system_zlib": (
        "The headers or library files could not be found for zlib,\na required dependency when compiling"
        " Pillow from source.\n",
        "zlib1g-dev",
    ),
    "system_tk": ("_tkinter.TclError: Can't find a usable init.tcl in the following directories:\n", "libtk8.6"),
    "system_qt": (
        'qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.\n',
        "libxcb-xinerama0",
    ),
    "system_pkgconfig": ("FileNotFoundError: [Errno 2] No such file or directory: 'pkg-config'\n", "pkg-config"),
    "system_mpi": ("distutils.errors.DistutilsPlatformError: Could not find MPI installation\n", "libopenmpi-dev"),
    "system_ninja": ("RuntimeError: Ninja is required to load C++ extensions\n", "ninja-build"),
    "system_compiler": ("FileNotFoundError: [Errno 2] No such file or directory: 'gcc'\n", "gcc"),
    "header": (
        "src/_portaudiomodule.c:29:10: fatal error: portaudio.h: No such file or directory\n",
        "portaudio19-dev",
    ),
    "pkg_config_module": ("Package cairo was not found in the pkg-config search path.\n", "libcairo2-dev"),
    "meson_dependency": (
        'meson.build:5:0: ERROR: Dependency "openblas" not found, tried pkgconfig and cmake\n',
        "libopenblas-dev",
    ),
    "linked_library": ("/usr/bin/ld: cannot find -lopenblas: No such file or directory\n", "libopenblas-dev"),
    "cmake_package": ("  Could NOT find Boost (missing: Boost_INCLUDE_DIR)\n", "libboost-all-dev"),
    "shared_library": (
        "ImportError: libGL.so.1: cannot open shared object file: No such file or directory\n",
        "libgl1",
    ),
    "loaded_library": ("OSError: cannot load library 'libopenslide.so.0': no such file\n", "libopenslide0"),
    "build_command": ("error: command 'swig' failed: No such file or directory\n", "swig"),
    "shell_command": ("/bin/sh: 1: gfortran: not found\n", "gfortran"),
    "called_command": (
        'Traceback (most recent call last):\n  File "/usr/lib/python3.9/subprocess.py", line 1823, in'
        " _execute_child\n    raise child_exception_type(errno_num, err_msg,"
        " err_filename)\nFileNotFoundError: [Errno 2] No such file or directory: 'samtools'\n",
        "samtools",
    ),
    "config_command": ("OSError: geos-config not found\n", "libgeos-dev"),
    "wanted_program": ("RuntimeError: could not find executable bedtools in PATH\n", "bedtools"),
}

GONE: dict[str, tuple[str, str]] = {
    "keyword_async": (
        '  File "/env/lib/pika/base.py", line 7\n    def connect(self, async=True):\n                     '
        "     ^\nSyntaxError: invalid syntax\n",
        "3.6",
    ),
    "stop_iteration": ("RuntimeError: generator raised StopIteration\n", "3.6"),
    "time_clock": (lacks("time", "clock"), "3.7"),
    "platform_names": (lacks("platform", "linux_distribution"), "3.7"),
    "cgi_escape": (lacks("cgi", "escape"), "3.7"),
    "fractions_gcd": (import_name("fractions", "gcd"), "3.8"),
    "base64_strings": (lacks("base64", "decodestring"), "3.8"),
    "xml_children": (
        "AttributeError: 'xml.etree.ElementTree.Element' object has no attribute 'getchildren'\n",
        "3.8",
    ),
    "thread_alive": ("AttributeError: 'Thread' object has no attribute 'isAlive'\n", "3.8"),
    "html_unescape": ("AttributeError: 'HTMLParser' object has no attribute 'unescape'\n", "3.8"),
    "array_strings": ("AttributeError: 'array.array' object has no attribute 'tostring'\n", "3.8"),
    "collections_abcs": (import_name("collections", "Mapping"), "3.9"),
    "parser_modules": (no_module("parser"), "3.9"),
    "getargspec": (lacks("inspect", "getargspec"), "3.10"),
    "asyncio_coroutine": (lacks("asyncio", "coroutine"), "3.10"),
    "dataclass_defaults": (
        "ValueError: mutable default <class 'fairseq.dataclass.configs.CommonConfig'> for field common"
        " is not allowed: use default_factory\n",
        "3.10",
    ),
    "random_set": ("TypeError: Population must be a sequence.  For dicts or sets, use sorted(d).\n", "3.10"),
    "shuffle_random": ("TypeError: Random.shuffle() takes 2 positional arguments but 3 were given\n", "3.10"),
    "interpreter_internals": ("src/ext.c:35:10: fatal error: longintrepr.h: No such file or directory\n", "3.10"),
    "thread_state": ("error: ‘PyThreadState’ {aka ‘struct _ts’} has no member named ‘exc_type’\n", "3.6"),
    "type_print": ("error: ‘PyTypeObject’ {aka ‘struct _typeobject’} has no member named ‘tp_print’\n", "3.8"),
    "imp": (no_module("imp"), "3.11"),
    "pkgutil_importers": (lacks("pkgutil", "ImpImporter"), "3.11"),
    "ssl_wrap": (lacks("ssl", "wrap_socket"), "3.11"),
    "config_parser": (lacks("configparser", "SafeConfigParser"), "3.11"),
    "assert_equals": ("AttributeError: 'TestModel' object has no attribute 'assertEquals'\n", "3.11"),
    "numpy_distutils": (no_module("numpy.distutils"), "3.11"),
    "wide_characters": ("error: implicit declaration of function ‘_PyUnicode_get_wstr_length’\n", "3.11"),
    "find_module": ("AttributeError: 'FileFinder' object has no attribute 'find_module'\n", "3.11"),
    "dead_batteries": (no_module("cgi"), "3.12"),
    "long_bytes": ("error: too few arguments to function ‘_PyLong_AsByteArray’\n", "3.12"),
    "ast_nodes": (lacks("ast", "Num"), "3.13"),
}

NOT_YET: dict[str, tuple[str, str]] = {
    "future_annotations": ("SyntaxError: future feature annotations is not defined\n", "3.7"),
    "modules_of_37": (no_module("dataclasses"), "3.7"),
    "capture_output": ("TypeError: __init__() got an unexpected keyword argument 'capture_output'\n", "3.7"),
    "walrus": ("    if (n := len(a)) > 10:\n          ^\nSyntaxError: invalid syntax\n", "3.8"),
    "f_string_equals": ("    print(f'{loss=}')\n         ^\nSyntaxError: invalid syntax\n", "3.8"),
    "modules_of_38": (no_module("importlib.metadata"), "3.8"),
    "typing_of_38": (import_name("typing", "Literal"), "3.8"),
    "cached_property": (import_name("functools", "cached_property"), "3.8"),
    "builtin_generics": ("TypeError: 'type' object is not subscriptable\n", "3.9"),
    "modules_of_39": (import_name("functools", "cache"), "3.9"),
    "typing_of_39": (import_name("typing", "Annotated"), "3.9"),
    "remove_prefix": ("AttributeError: 'str' object has no attribute 'removeprefix'\n", "3.9"),
    "resources_files": (lacks("importlib.resources", "files"), "3.9"),
    "boolean_action": (lacks("argparse", "BooleanOptionalAction"), "3.9"),
    "dict_union": ("TypeError: unsupported operand type(s) for |: 'dict' and 'dict'\n", "3.9"),
    "match_statement": ("    match command:\n          ^\nSyntaxError: invalid syntax\n", "3.10"),
    "type_union": ("TypeError: unsupported operand type(s) for |: 'type' and 'NoneType'\n", "3.10"),
    "typing_of_310": (import_name("typing", "TypeAlias"), "3.10"),
    "pairwise": (import_name("itertools", "pairwise"), "3.10"),
    "dataclass_options": ("TypeError: dataclass() got an unexpected keyword argument 'slots'\n", "3.10"),
    "entry_points_group": ("TypeError: entry_points() got an unexpected keyword argument 'group'\n", "3.10"),
    "modules_of_311": (no_module("tomllib"), "3.11"),
    "typing_of_311": (import_name("typing", "Self"), "3.11"),
    "exception_groups": ("NameError: name 'ExceptionGroup' is not defined\n", "3.11"),
    "names_of_312": (import_name("typing", "override"), "3.12"),
    "f_string_quotes": ("SyntaxError: f-string: expecting '}'\n", "3.12"),
}

UNDECLARED: dict[str, Case] = {
    "undeclared_shared": (
        "    from google.protobuf.internal.decoder import _DecodeVarint\n"
        "ModuleNotFoundError: No module named 'google'\n",
        (),
        "added protobuf",
    ),
    "undeclared_import": (no_module("wandb"), (), "added wandb"),
    "optional_dependency": (
        "ImportError: Missing optional dependency 'openpyxl'.  Use pip or conda to install openpyxl.\n",
        (),
        "added openpyxl",
    ),
    "wanted_library": (
        "ImportError: \nT5Tokenizer requires the SentencePiece library but it was not found in your"
        " environment.\n",
        (),
        "added sentencepiece",
    ),
    "asked_extra": (
        "gym.error.DependencyNotInstalled: box2D is not installed, run `pip install gym[box2d]`\n",
        ("gym==0.25.2",),
        "gym==0.25.2 → gym[box2d]==0.25.2",
    ),
    "asked_install": ("ImportError: to use this, run pip install einops\n", (), "added einops"),
    "tensorboard": (
        "ImportError: TensorBoard logging requires TensorBoard version 1.15 or above\n",
        (),
        "added tensorboard",
    ),
    "test_option": (
        "ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --cov=pkg --cov-report=xml\n",
        (),
        "added pytest-cov",
    ),
    "test_fixture": ("E       fixture 'mocker' not found\n", (), "added pytest-mock"),
    "async_tests": (
        "async def functions are not natively supported.\nYou need to install a suitable plugin\n",
        (),
        "added pytest-asyncio",
    ),
}

FORERUNNER: dict[str, tuple[str, tuple[str, ...], str]] = {
    "forerunner": (
        UV + "Because there are no versions of stable-retro and you require stable-retro" + UNSATISFIABLE,
        ("stable-retro",),
        "added gym-retro: in place of stable-retro",
    ),
}
UNDO = {
    "no_wheels": (
        UV
        + "Because all versions of einops have no usable wheels and you require einops"
        + UNSATISFIABLE
        + "\nhint: Wheels are required for `einops` because building from source is disabled for `einops`"
        " (i.e., with `--no-build-package einops`)\n",
        "einops as of 2024-01-01: at the code's date it has no wheels",
    ),
    "no_earlier_release": (
        "hint: `einops` was filtered by `exclude-newer-package` to only include packages uploaded before 2020\n",
        "einops of the code's date again",
    ),
    "not_yet_released": (
        UV + "Because there are no versions of einops and you require einops" + UNSATISFIABLE,
        "index date → 2023-05-01: the code's own again",
    ),
}
OLDER: dict[str, tuple[str, tuple[str, ...], str]] = {
    "earlier_release_for_module": (no_module("einops.layers.torch"), ("einops",), "einops as of 2020-01-02"),
    "earlier_release_for_name": (
        "ImportError: cannot import name 'pack' from 'einops' (/env/venv/lib/python3.8/site-packages/einops.py)\n",
        ("einops>=0.3",),
        "einops as of 2020-01-02",
    ),
    "earlier_release_of_importer": (
        '  File "/env/venv/lib/python3.9/site-packages/einops/layers.py", line 6, in <module>\n'
        "    from torch.amp import autocast\nModuleNotFoundError: No module named 'torch.amp'\n",
        ("einops", "torch==1.10.1"),
        "einops as of 2020-01-02",
    ),
    "earlier_release_for_attribute": (lacks("einops.layers", "tensors"), ("einops",), "einops as of 2020-01-02"),
}
