"""What resolvers, build back ends and compilers print when an environment cannot be put together."""

from __future__ import annotations

from checker.judging.signatures.row import table

_CUDA_HEADERS = (
    r"(?:cuda\w*|cublas\w*|cudnn\w*|cusparse\w*|curand\w*|cusolver\w*|nvToolsExt|nccl|thrust/\w+"
    r"|cub/\w+|NvInfer\w*)"
)

GPU_TOOLCHAIN = table(
    (
        "cuda_home",
        "needs_gpu_toolchain",
        r"CUDA_HOME environment variable is not set|CUDA_PATH[^\n]{0,40}(?:is not set|not found)"
        "|CUDA_TOOLKIT_ROOT_DIR",
    ),
    (
        "nvcc",
        "needs_gpu_toolchain",
        r"\bnvcc['\"]?:? ?(?:command )?(?:not found|was not found|No such file)|/bin/nvcc'?",
    ),
    (
        "cuda_header",
        "needs_gpu_toolchain",
        rf"fatal error: {_CUDA_HEADERS}\.(?:h|hpp|cuh): No such file|'{_CUDA_HEADERS}\.h' file not found",
    ),
    (
        "cuda_cmake",
        "needs_gpu_toolchain",
        r"Could (?:NOT|not) find (?:CUDA|CUDAToolkit|CUDNN|NCCL|TensorRT)\b|No CMAKE_CUDA_COMPILER could be found"
        r"|Failed to (?:detect a default CUDA architecture|find nvcc)|Unable to find CUDA",
    ),
    (
        "cuda_mismatch",
        "needs_gpu_toolchain",
        r"The detected CUDA version \([\d.]+\) mismatches|Cannot find CUDA installation|CUDA (?:toolkit"
        "|compiler) not found",
    ),
    (
        "rocm",
        "needs_gpu_toolchain",
        r"Could not find (?:ROCm|HIP)|hipcc['\"]?:? (?:command )?not found|ROCM_HOME[^\n]{0,40}not set",
    ),
)

RESOLVING = table(
    (
        "git_protocol",
        "git_requirement_gone",
        "Unsupported Git URL scheme `git:`",
        "Write the address with https: code hosts no longer answer the git protocol.",
    ),
    (
        "git_gone",
        "git_requirement_gone",
        r"remote: Repository not found|fatal: (?:repository '[^'\n]{1,300}' not found"
        "|could not read (?:Username|Password)|Authentication failed|couldn't find remote ref)"
        r"|Permission denied \(publickey\)|error: cannot run ssh|returned error: 40[34]"
        "|failed to (?:find branch, tag, or commit|fetch (?:branch|tag|commit|branch or tag))"
        r"|pathspec '[^'\n]+' did not match|Did not find branch or tag|fatal: reference is not a tree",
    ),
    (
        "index_private",
        "private_index",
        r"HTTP status client error \(40[13]|\b40[13] (?:Client Error|Unauthorized|Forbidden)"
        "|not be queried due to (?:a|an) (?:lack of valid authentication|invalid authentication)"
        r"|User for [^\n]{1,80}:\s*$|npm (?:ERR!|error) (?:code )?E40[13]|pull access denied",
    ),
    (
        "filtered_by_date",
        "version_gone",
        r"was filtered by `exclude-newer`[^\n]{0,400}The requested version",
    ),
    (
        "wheel_tags",
        "no_matching_python",
        r"we only found wheels for `[^`\n]+` \([^)\n]+\) with the following Python (?:ABI|implementation) tags?"
        r"|has no wheels with a matching Python (?:ABI|implementation|version) tag",
    ),
    (
        "platform_tags",
        "unsupported_platform",
        r"has no wheels with a matching platform tag|is not a supported wheel on this platform"
        r"|is not compatible with the current platform|npm (?:ERR!|error) (?:code )?EBADPLATFORM",
    ),
    (
        "python_range",
        "no_matching_python",
        r"the (?:requested|current) Python version \([^)\n]*\) does not satisfy Python"
        "|requires a different Python: |Ignored the following versions that require a different python"
        r" version|requires Python ['\"]?[<>=~]|(?:cannot install on|not supported (?:on|with)"
        r"|only supports?) Python|Python version [^\n]{0,40}required"
        r"|Python (?:>=? ?)?\d[\d.]* or (?:later|newer|above) is required",
    ),
    (
        "only_in_wheels",
        "no_matching_python",
        r"has no (?:usable|built) wheels|no wheels are (?:available|usable)|Wheels are required for `",
    ),
    (
        "not_on_index",
        "package_gone",
        r"was not found in the (?:package registry|provided package locations|cache)|\(from versions: none\)"
        r"|there are no versions of |npm (?:ERR!|error) (?:code )?E404|is not available for this version of R"
        r"|E: Unable to locate package|PackagesNotFoundError",
    ),
    (
        "no_such_version",
        "version_gone",
        r"there is no version of |\(from versions: |[Bb]ecause only (?:the following versions of )?\S+"
        " (?:is|are) available|npm (?:ERR!|error) (?:code )?ETARGET|was yanked"
        r"|E: Version '[^'\n]+' for '[^'\n]+' was not found",
    ),
    (
        "no_solution",
        "dependency_conflict",
        r"No solution found when resolving|ResolutionImpossible|conflicting dependencies|resolution-too-deep"
        r"|SolverProblemError|UnsatisfiableError|LibMambaUnsatisfiableError|nothing provides|ERESOLVE"
        r"|version solving failed|There are incompatible versions in the resolved dependencies"
        r"|[Rr]equirements contain conflicting|incompatible with your project",
    ),
    (
        "unreadable_requirement",
        "malformed_specification",
        "Couldn't parse (?:requirement|metadata)|Invalid requirement|Failed to parse"
        r"|no such comparison operator|Expected (?:package name|semicolon|end|matching|comma)[^\n]{0,80}"
        r"|The wheel filename `?[^\n`]+`? is invalid|TOML parse error|TOMLDecodeError|Unable to parse"
        "|invalid `?project`? configuration|configuration error: `|Invalid(?:Version|Specifier"
        "|Requirement)|npm (?:ERR!|error) (?:code )?EJSONPARSE|Could not open requirements file"
        r"|failed to read from file `[^`\n]*pyproject\.toml`: Is a directory"
        r"|The Poetry configuration is invalid|yaml\.(?:scanner|parser)\."
        r"|does not appear to be a Python project|[Ff]ile not found: `?[^\n`]+(?:txt|toml|cfg|in)\b"
        "|Distribution not found at: file:",
    ),
)

COMPILING = table(
    (
        "header",
        "missing_header",
        r"fatal error: '?[\w./+-]+\.(?:h|hpp|hh|hxx|H)'?(?:: No such file or directory| file not found)"
        r"|fatal error: (?:Eigen|unsupported/Eigen)/\w+: No such file|provides `[\w./+-]+\.h` for",
    ),
    (
        "no_python_header",
        "missing_header",
        r"(?:did not find|[Cc]ould not find|[Cc]annot find|unable to find) [\w -]{0,40}(?:headers?|[\w/]+\.h)\b",
    ),
    (
        "fortran_module",
        "missing_header",
        r"Fatal Error: (?:Can't open included file '[^'\n]+'|Cannot open module file '[^'\n]+')",
    ),
    (
        "pkg_config",
        "missing_system_library",
        r"Package '?[\w.+-]+'?(?:, required by '[^'\n]+',)? (?:was not found in the pkg-config search"
        r" path|not found)|No package '[\w.+-]+' found|Dependency \"?[\w.+-]+\"? not found, tried"
        " pkgconfig",
    ),
    (
        "linker",
        "missing_system_library",
        r"ld: cannot find -l[\w.+-]+|library not found for -l|cannot find -l[\w.+-]+: No such file",
    ),
    (
        "cmake_package",
        "missing_system_library",
        r"Could NOT find [A-Z]\w+|Could not find a package configuration file provided by"
        r"|could not find any of the following[^\n]{0,40}librar",
    ),
    (
        "configure_library",
        "missing_system_library",
        r"configure: error: [^\n]{0,160}(?:not found|required|missing|cannot find|Unable to find)"
        r"|(?:[Ll]ibrary|BLAS|LAPACK|HDF5|GEOS|PROJ|GDAL|libxml2)[^\n]{0,60}(?: not found"
        "|could not be found| is missing)|NotFoundError: No (?:BLAS|lapack/blas)"
        "|Please make sure the libxml2 and libxslt development packages",
    ),
    (
        "shared_library",
        "missing_system_library",
        r"lib[\w.+-]+\.so[\w.]*: cannot open shared object file",
    ),
    (
        "command",
        "missing_compiler_or_command",
        r"command '[\w./+-]+' failed: No such file|unable to execute '[\w./+-]+'|^[ \t]*(?:/bin/)?(?:sh"
        r"|bash): (?:line )?(?:\d+: )?[\w./+-]+: (?:command )?not found|\b(?:mysql_config|pg_config"
        r"|gdal-config|geos-config|curl-config|nc-config|llvm-config|xml2-config)[^\n]{0,40} not found"
        r"|(?:executable|program|compiler)[^\n]{0,30} (?:not found|could not be found|is missing)"
        "|CMake must be installed|No CMAKE_C(?:XX)?_COMPILER could be found|is CMake installed"
        "|can't find Rust compiler|(?:Cython|SWIG|cmake|ninja|cargo|rustc|gfortran|bazel"
        r"|java)\b[^\n]{0,40} (?:not found|is not installed|not in PATH)|Unknown compiler\(s\)"
        r"|No such file or directory: '[a-z][\w+-]{1,24}'|no acceptable C compiler found"
        "|Cannot find (?:the )?(?:program|executable|command)|[Pp]andoc wasn't found",
    ),
    (
        "killed",
        "out_of_memory",
        r"fatal error: Killed signal terminated program|virtual memory exhausted|Cannot allocate memory",
    ),
    (
        "compiler_too_old",
        "compile_error",
        r"C\+\+\d\d (?:or later|compatible compiler)[^\n]{0,60}required|#error [^\n]{1,200}"
        "|error: unrecognized command.line option",
    ),
    (
        "cython",
        "compile_error",
        r"Cython\.Compiler\.Errors\.CompileError|Error compiling Cython file"
        "|'build_ext' object has no attribute 'cython_sources'",
    ),
    (
        "compiler",
        "compile_error",
        r"^[ \t]*[^\s:][^:\n]{0,300}\.(?:c|cc|cpp|cxx|cu|h|hpp|f|f90|pyx|rs|m"
        r"|java):\d+(?::\d+)?: (?:fatal )?[Ee]rror:|[Ee]rror: [Cc]ommand '?\[?'?[\w./+-]*(?:gcc|g\+\+|cc"
        r"|c\+\+|clang|gfortran|x86_64-linux-gnu-g\S+)'?[^\n]{0,4000}(?:failed with exit"
        "|returned non-zero)|error: could not compile `|collect2: error: ld returned"
        r"|^g?make(?:\[\d+\])?: \*\*\* [^\n]{1,200}|undefined reference to|ninja: build stopped"
        r"|error\[E\d{4}\]",
    ),
)

BACK_ENDS = table(
    (
        "build_imports",
        "undeclared_build_dependency",
        r"but doesn't declare it as a build dependency",
    ),
    (
        "python2_build",
        "python2_syntax",
        "SyntaxError: Missing parentheses in call to '(?:print|exec)'|NameError: name '(?:unicode|xrange"
        "|raw_input|execfile|reload|long|basestring)' is not defined"
        "|ModuleNotFoundError: No module named '(?:ConfigParser|urllib2|commands|StringIO|cPickle"
        r"|__builtin__)'|except \w+, \w+:|use_2to3 is invalid",
    ),
    (
        "build_syntax",
        "syntax_for_another_python",
        r"^[ \t]*(?:Syntax|Indentation|Tab)Error: ",
    ),
    (
        "build_module",
        "undeclared_build_dependency",
        r"ModuleNotFoundError: No module named '[\w.]+'|ImportError: No module named \w+",
    ),
    (
        "build_file",
        "missing_in_repository",
        r"FileNotFoundError: \[Errno 2\] No such file or directory: '[^'\n]+'"
        r"|error: package directory '[^'\n]+' does not exist|Readme file does not exist"
        r"|Unable to find (?:the )?(?:README|readme|version)|failed to (?:read|open) [^\n]{1,80}(?:README"
        "|LICENSE)",
    ),
    (
        "asks",
        "build_backend_error",
        r"EOFError: EOF when reading a line",
        "Let the installation work without asking questions.",
    ),
    (
        "download_404",
        "download_gone",
        r"HTTP Error 40[0-9]|HTTP status client error \(404|404 (?:Client Error|Not Found)|ERROR 404",
    ),
    (
        "flat_layout",
        "build_backend_error",
        r"Multiple top-level (?:packages|modules) discovered in a flat-layout",
        "Name the packages to install (`packages = [...]`), or move them below `src/`.",
    ),
    (
        "docker_copy",
        "missing_in_repository",
        r"failed to (?:calculate checksum of ref|compute cache key)|COPY failed: |ADD failed: ",
    ),
    (
        "docker_base",
        "version_gone",
        r"manifest (?:for \S+ not found|unknown)|: not found: manifest unknown",
    ),
    (
        "r_package",
        "undeclared_dependency",
        r"there is no package called [‘'][\w.]+[’']|ERROR: dependenc(?:y|ies) .{1,200} (?:is"
        "|are) not available for package",
    ),
    (
        "npm_engine",
        "unsupported_platform",
        r"npm (?:ERR!|error) (?:code )?EBADENGINE|engine \"node\" is incompatible",
    ),
    (
        "refuses",
        "build_backend_error",
        r"The '[^'\n]+' PyPI package is deprecated|This package (?:should not|cannot) be installed"
        "|is deprecated and cannot",
    ),
    (
        "back_end",
        "build_backend_error",
        r"[Ee]rror in [^\n]{1,80} setup command: |The build backend returned an error"
        r"|Failed to build:? `?[\w.-]+|metadata-generation-failed|subprocess-exited-with-error"
        r"|Failed building wheel for|Command \"?python setup\.py|egg_info\" failed with error code"
        "|PEP 517|^ERROR: compilation failed for package|failed to solve: process"
        r"|The command '[^\n]{1,400}' returned a non-zero code|npm (?:ERR!|error) (?:code )?ELIFECYCLE"
        "|npm (?:ERR!|error) Missing script",
    ),
)

BUILDING_ROWS = GPU_TOOLCHAIN + RESOLVING + COMPILING + BACK_ENDS
"""In this order: what names its cause most exactly comes first."""
