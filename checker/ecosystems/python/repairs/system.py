"""Repairs for headers, libraries and commands of the operating system."""

from __future__ import annotations

from checker.core.edits import MakeFolder
from checker.core.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.outcomes.output_folders import OUTPUT_FOLDER, output_folder
from checker.ecosystems.python.plan_edits import FOLDERS_TO_MAKE
from checker.ecosystems.python.repairs.actions import add_system, command, header, library, module
from checker.ecosystems.python.repairs.rows import rule, system
from checker.judging.repair_engine import Action, Change, Found, Rule

MOST_FOLDERS = 8
"""Folders that are made for one plan at most."""


def make_folder(plan: BuildPlan, found: Found) -> Change | None:
    """Make the folder that a program writes into: its author had it, and git keeps no empty ones."""
    folder = output_folder(found.match, found.result.step.cwd)
    held = (plan.option(FOLDERS_TO_MAKE) or "").split(",")
    if folder is None or "," in folder or len(held) >= MOST_FOLDERS:
        return None
    changed = plan_edits.add_option(plan, FOLDERS_TO_MAKE, folder)
    return None if changed is None else (changed, (MakeFolder(folder=folder),))


def packages(*names: str) -> Action:
    """Install system packages by name."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        return add_system(plan, names)

    return action


_NAMED = (
    ("portaudio", r"PortAudio library not found", ("libportaudio2",)),
    ("sndfile", r"sndfile library not found|cannot load library 'libsndfile", ("libsndfile1",)),
    ("magic", r"failed to find libmagic", ("libmagic1",)),
    ("zbar", r"Unable to find zbar shared library", ("libzbar0",)),
    ("cairo", r"no library called \"(?:lib)?cairo|cannot load library 'libcairo", ("libcairo2",)),
    ("pango", r"cannot load library '(?:lib)?(?:gobject|pango)[\w.-]*'", ("libpango-1.0-0", "libpangoft2-1.0-0")),
    ("geos", r"Could not find (?:lib(?:rary)? )?(?:lib)?geos_c", ("libgeos-c1v5", "libgeos-dev")),
    ("gdal", r"Could not find the GDAL library|gdal-config[^\n]{0,40}not found", ("libgdal-dev",)),
    ("spatialindex", r"[Cc]ould not (?:find|load) (?:lib)?spatialindex_c", ("libspatialindex-dev",)),
    ("opengl", r"Unable to load OpenGL library|has no attribute 'glGetError'", ("libgl1", "libglu1-mesa")),
    ("egl", r"Unable to load EGL library|ImportError: [^\n]{0,80}libEGL", ("libegl1", "libgles2")),
    (
        "osmesa",
        r"OSMesaCreateContextAttribs|Unable to load OSMesa|[Uu]nable to find [^\n]{0,20}OSMesa",
        ("libosmesa6",),
    ),
    ("enchant", r"[Ee]nchant' ?C library was not found|[Tt]he 'enchant' C library", ("libenchant-2-2",)),
    (
        "java",
        r"JAVA_HOME is not set|No JVM shared library|Java gateway process exited|Unable to find java",
        ("default-jre-headless",),
    ),
    ("tesseract", r"tesseract is not installed|TesseractNotFoundError", ("tesseract-ocr",)),
    (
        "graphviz",
        r"failed to execute (?:PosixPath\('dot'\)|\['dot')|make sure the Graphviz executables",
        ("graphviz",),
    ),
    ("poppler", r"Is poppler installed and in PATH", ("poppler-utils",)),
    (
        "ffmpeg",
        "Couldn't find ffmpeg|NoBackendError|No ffmpeg exe could be found"
        "|No such file or directory: 'ff(?:mpeg|probe)'",
        ("ffmpeg",),
    ),
    ("espeak", r"espeak(?:-ng)? not (?:found|installed)", ("espeak-ng",)),
    ("git", r"Bad git executable|No such file or directory: 'git'", ("git",)),
    ("sox", r"SoX could not be found|sox: (?:command )?not found", ("sox", "libsox-fmt-all")),
    (
        "rust",
        "can't find Rust compiler|Cargo, the Rust package manager, is not installed"
        "|No such file or directory: 'cargo'",
        ("rustc", "cargo"),
    ),
    (
        "cmake",
        r"CMake must be installed|No such file or directory: 'cmake'|cmake: (?:command )?not found",
        ("cmake", "g++"),
    ),
    (
        "fortran",
        r"(?:No|no) (?:suitable )?[Ff]ortran compiler|Unknown compiler\(s\): \[\['gfortran'"
        r"|gfortran['\"]?:? (?:command )?not found",
        ("gfortran",),
    ),
    (
        "blas",
        r"No (?:BLAS/)?LAPACK|(?:BLAS|lapack/blas|LAPACK|openblas)[^\n]{0,40}not found"
        r"|Dependency \"OpenBLAS\" not found",
        ("libopenblas-dev", "gfortran"),
    ),
    ("libxml", r"make sure the libxml2 and libxslt development packages", ("libxml2-dev", "libxslt1-dev")),
    (
        "hdf5",
        r"did not find HDF5 headers|Unable to load dependency HDF5|Could not find a local HDF5",
        ("libhdf5-dev", "pkg-config"),
    ),
    (
        "mysql",
        r"mysql_config[^\n]{0,20} not found|Can not find valid pkg-config name",
        ("libmariadb-dev-compat", "libmariadb-dev", "pkg-config"),
    ),
    ("postgres", r"pg_config executable not found", ("libpq-dev",)),
    ("curl", r"Could not run curl-config", ("libcurl4-openssl-dev", "libssl-dev")),
    ("jpeg", r"The headers or library files could not be found for jpeg", ("libjpeg-dev", "zlib1g-dev")),
    ("zlib", r"The headers or library files could not be found for zlib", ("zlib1g-dev",)),
    ("tk", r"_tkinter\.TclError: Can't find a usable init\.tcl|No module named '_tkinter'", ("tk", "libtk8.6")),
    (
        "qt",
        r"Could not load the Qt platform plugin \"xcb\"",
        ("libxcb-xinerama0", "libxkbcommon-x11-0", "libxcb-icccm4", "libxcb-keysyms1", "libdbus-1-3"),
    ),
    (
        "pkgconfig",
        r"pkg-config[^\n]{0,40} (?:not found|not installed|No such file)|No such file or directory: 'pkg-config'",
        ("pkg-config",),
    ),
    (
        "mpi",
        r"mpicc['\"]?:? (?:command )?not found|Could not find MPI|could not run mpicc",
        ("libopenmpi-dev", "openmpi-bin"),
    ),
    (
        "ninja",
        r"Ninja is required to load C\+\+ extensions|No such file or directory: 'ninja'",
        ("ninja-build", "g++"),
    ),
    (
        "compiler",
        r"Error: C compiler|No such file or directory: 'g?cc'|Unknown compiler\(s\): \[\['cc'",
        ("gcc", "g++", "libc6-dev"),
    ),
)

RULES: tuple[Rule, ...] = (
    *(system(f"system_{name}", pattern, packages(*wanted)) for name, pattern, wanted in _NAMED),
    system(
        "header", r"fatal error: '?(?P<name>[\w./+-]+)'?(?:: No such file or directory| file not found)", header
    ),
    system(
        "pkg_config_module",
        r"Package '?(?P<name>[\w.+-]+?)'?(?:, required by| was not found in the pkg-config)",
        module,
    ),
    system("meson_dependency", r"Dependency \"?(?P<name>[\w.+-]+)\"? not found", module),
    system("linked_library", r"cannot find -l(?P<name>[\w.+-]+)", module),
    system(
        "cmake_package", r"Could NOT find (?P<name>\w+)|configuration file provided by \"(?P<other>\w+)\"", module
    ),
    system("shared_library", r"(?P<name>lib[\w.+-]+\.so[\w.]*): cannot open shared object", library),
    system(
        "loaded_library",
        r"(?:cannot load library|[Cc]ould not (?:find|load) (?:shared )?library) '?(?P<name>lib[\w.+-]+)",
        library,
    ),
    system(
        "build_command",
        r"command '(?P<name>[\w./+-]+)' failed: No such file|unable to execute '(?P<other>[\w./+-]+)'",
        command,
    ),
    system(
        "shell_command", r"(?:sh|bash): (?:line )?(?:\d+: )?(?P<name>[\w./+-]+): (?:command )?not found", command
    ),
    system(
        "called_command", r"_execute_child[^\0]{0,1500}No such file or directory: '(?P<name>[\w.+-]+)'", command
    ),
    rule(
        "output_folder",
        OUTPUT_FOLDER,
        make_folder,
        "Let the program make its folders (`os.makedirs(…, exist_ok=True)`), or keep them with a `.gitkeep`.",
    ),
    system("config_command", r"\b(?P<name>\w{1,20}-config)(?: executable)?:? not found", command),
    system("wanted_program", r"[Cc]ould not find (?:executable|program|command) '?(?P<name>[\w.+-]+)", command),
)
