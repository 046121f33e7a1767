"""From the package index through the shared cache into an environment; and nothing flows back."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_index import serve_index
from sandbox_steps import OpenBox, py, run, sh

from checker.core.container import GIB, Limits
from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import StepStatus
from checker.index.uv import Downloads
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.docker.sandbox import DockerSandbox

pytestmark = [pytest.mark.docker, pytest.mark.slow]

BUILDING = "Building: docopt==0.6.2"
THEN = (("UV_EXCLUDE_NEWER", "2022-01-01T00:00:00Z"),)

ROOM = Limits(memory_bytes=2 * GIB, disk_bytes=2 * GIB)


@pytest.fixture(scope="session")
def downloads(settings: Settings) -> Downloads:
    return Downloads(settings)


def install(box: DockerSandbox, python: str, lock: str) -> None:
    box.write((("lock.txt", lock),))
    for argv in (
        ("uv", "venv", "/env/venv", "--python", f"python{python}"),
        ("uv", "pip", "install", "--offline", "--no-deps", "-r", "/checker/files/lock.txt"),
    ):
        result = box.run(Step(name="install", phase=Phase.INSTALL, argv=argv))
        assert result.passed, result.log


@pytest.mark.parametrize(("python", "numpy"), [("3.8", "1.24.4"), ("3.11", "1.26.4")])
def test_numpy(open_box: OpenBox, downloads: Downloads, python: str, numpy: str) -> None:
    lock = f"numpy=={numpy}\nsix==1.16.0\n"
    box = open_box(ROOM, ecosystem="python")
    assert downloads.fetch(lock, interpreter=python, indexes=(), seconds=200).passed
    install(box, python, lock)
    script = "import numpy, sys; print(numpy.__version__, sys.version[:4].rstrip('.'), numpy.eye(3).sum())"
    result = box.run(Step(name="t", phase=Phase.IMPORT, argv=("python", "-c", script)))
    assert result.log == f"{numpy} {python} 3.0\n"


def test_every_interpreter_starts_in_the_image(open_box: OpenBox) -> None:
    box = open_box(ROOM, ecosystem="python")
    names = run(box, "cd /checker/bin; ls -d python3*").log.split()
    assert "python3.11" in names
    script = "import ssl, sqlite3, ctypes, lzma, bz2, readline, zlib, curses, uuid; ssl.create_default_context()"
    for name in names:
        result = box.run(Step(name="t", phase=Phase.RUN, argv=(name, "-c", script)))
        assert result.passed, f"{name}: {result.log}"


def test_source_distributions_build_inside(open_box: OpenBox) -> None:
    box = open_box(ROOM, ecosystem="python")
    setup = "from setuptools import setup, Extension; setup(name='own', ext_modules=[Extension('own', ['own.c'])])"
    code = (
        "#include <Python.h>\n"
        'static struct PyModuleDef own = {PyModuleDef_HEAD_INIT, "own"};\n'
        "PyMODINIT_FUNC PyInit_own(void) { return PyModule_Create(&own); }\n"
    )
    box.write((("setup.py", setup), ("own.c", code)))
    steps = (
        sh("uv venv /env/venv --python python3.9 && cp /checker/files/* /code/src", phase=Phase.PREPARE),
        sh("uv pip install /code/src", phase=Phase.INSTALL, network=True, seconds=200),
        Step(name="t", phase=Phase.IMPORT, argv=("python", "-c", "import own")),
    )
    for step in steps:
        result = box.run(step)
        assert result.passed, result.log


def test_the_cache_cannot_be_poisoned(
    engine: DockerEngine, downloads: Downloads, source: Path, settings: Settings
) -> None:
    lock, plan = "six==1.16.0\n", BuildPlan(ecosystem="base", way=Way.PERIOD)
    assert downloads.fetch(lock, interpreter="3.11", indexes=(), seconds=200).passed
    before = snapshot(settings.home / "cache")
    with engine.open(plan, source, ROOM) as box:
        install(box, "3.11", lock)
        script = (
            "cd $UV_CACHE_DIR && for f in $(find . -name six.py); do echo 'raise SystemExit(66)' > $f; done; "
            "echo 'raise SystemExit(66)' > $(readlink -f /env/venv/lib/python3.11/site-packages/six.py); "
            "mkdir evil; rm -rf wheels-v* simple-v*; chmod -R 000 archive-v*; echo done"
        )
        assert run(box, script).log.endswith("done\n")
    with engine.open(plan, source, ROOM) as box:
        install(box, "3.11", lock)
        result = box.run(py("import sys; sys.path[:0] = ['/env/venv/lib/python3.11/site-packages']; import six"))
        assert result.status is StepStatus.PASSED, result.log
    assert snapshot(settings.home / "cache") == before


def build(box: DockerSandbox) -> str:
    """Install a release that was published as source only; return what uv says of it."""
    steps = (
        sh("uv venv /env/venv --python python3.9", phase=Phase.PREPARE),
        sh(
            "uv pip install --verbose --no-deps docopt==0.6.2",
            phase=Phase.INSTALL,
            network=True,
            seconds=200,
            env=THEN,
        ),
        Step(name="t", phase=Phase.IMPORT, argv=("python", "-c", "import docopt; print(docopt.__version__)")),
    )
    results = [box.run(step) for step in steps]
    assert all(result.passed for result in results), results[1].log
    assert results[2].log == "0.6.2\n"
    return results[1].log


def test_what_one_attempt_built_the_next_does_not_build(
    engine: DockerEngine, source: Path, tmp_path: Path
) -> None:
    plan, wheel_store = BuildPlan(ecosystem="base", way=Way.PERIOD), tmp_path / "builds"
    said = {}
    for attempt, key in (("first", "torch-1.7"), ("same", "torch-1.7"), ("other", "torch-1.8")):
        with engine.open(plan, source, ROOM) as box:
            box.share_builds(wheel_store, key)
            said[attempt] = BUILDING in build(box)
    assert said == {"first": True, "same": False, "other": True}


def test_the_shelf_takes_nothing_of_ours_along(engine: DockerEngine, source: Path, tmp_path: Path) -> None:
    plan, wheel_store = BuildPlan(ecosystem="base", way=Way.PERIOD), tmp_path / "builds"
    wheel = "own-1.0-py3-none-any.whl"
    (tmp_path / "ours" / "pypi").mkdir(parents=True)
    (tmp_path / "ours" / "pypi" / wheel).write_text("secret")
    script = (
        f"cd $UV_CACHE_DIR && ln -s {tmp_path}/ours sdists-v8 && mkdir -p sdists-v9/index && "
        f"ln -s {tmp_path}/ours/pypi sdists-v9/pypi && ln -s {tmp_path}/ours/pypi/{wheel} sdists-v9/index/ && "
        "echo x > sdists-v9/index/built-1.0-py3-none-any.whl && echo y > sdists-v9/index/no_wheel && "
        "mkfifo sdists-v9/index/pipe-1.0-py3-none-any.whl && mkdir sdists-v9/index/folder-1.0-py3-none-any.whl"
    )
    with engine.open(plan, source, ROOM) as box:
        box.share_builds(wheel_store, "key")
        assert run(box, script).passed
    with engine.open(plan, source, ROOM) as box:
        box.share_builds(wheel_store, "key")
        seen = run(box, "cd /checker/builds && ls; echo z > built-1.0-py3-none-any.whl || echo read-only").log
    assert seen.split("\n")[0] == "built-1.0-py3-none-any.whl" and seen.endswith("read-only\n"), seen


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Mode, size and time of every file."""
    return {
        str(path): (facts.st_mode, facts.st_size, facts.st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for facts in (path.lstat(),)
    }


@pytest.mark.parametrize("place", ["default", "extra"])
def test_wheels_of_another_index_are_found_offline(source: Path, settings: Settings, place: str) -> None:
    plan = BuildPlan(ecosystem="base", way=Way.PERIOD)
    with serve_index() as index:
        index.add("alpha", "1.0")
        indexes = IndexSettings(default=index.url) if place == "default" else IndexSettings(extra=(index.url,))
        own = settings.model_copy(update={"indexes": indexes})
        engine = DockerEngine(own)
        try:
            assert Downloads(own).fetch("alpha==1.0\n", interpreter="3.11", indexes=(), seconds=200).passed
            with engine.open(plan, source, ROOM) as box:
                install(box, "3.11", "alpha==1.0\n")
        finally:
            engine.close()
