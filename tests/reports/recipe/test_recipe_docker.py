"""Recipes built with a real engine reach what the check reached: same versions, same commit, same exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import docker
import pytest
from recipe_checks import a_check, a_plan, an_attempt, imported, passed, watched

from checker.check import Services, check_repository
from checker.core.settings import Settings
from checker.core.values.plans import Rung, Way
from checker.core.values.repositories import RepositoryId, Target
from checker.core.values.results import Check
from checker.ecosystems.registry import ALL
from checker.hosts import open_host
from checker.index.uv import Downloads
from checker.reports.recipe import write_recipe
from checker.reports.recipe.commands import find_sights
from checker.reports.recipe.ground import find_verified_attempt
from checker.sandbox.docker.access import make_ca_environment
from checker.sandbox.docker.client import connect
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.provision.images import Images
from checker.sandbox.provision.interpreters import Interpreter, find_interpreters
from checker.services import Tools

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(1500)]

ROOT = Path(__file__).parents[3]
NAME = "checker-recipe-test"
CA = "/etc/ssl/recipe-test.pem"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings.from_environment({**os.environ, "CHECKER_HOME": str(home), "CHECKER_FREE_BYTES": "256M"})


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[docker.APIClient]:
    """A connection; the images that the tests make are gone afterwards."""
    with connect(settings.model_copy(update={"engine_seconds": 900})) as client:
        yield client
        for image in client.images(name=NAME):
            for tag in image["RepoTags"]:
                client.remove_image(tag, force=True)


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mirror")
    subprocess.run([sys.executable, ROOT / "examples/make_mirror.py", folder], check=True, capture_output=True)
    return folder


Verify = Callable[[str], Check]


@pytest.fixture(scope="module")
def verify(settings: Settings, mirror: Path) -> Iterator[Verify]:
    """Check one of the examples for real."""
    engine = DockerEngine(settings)
    services = Services(
        host=open_host(mirror=mirror),
        engine=engine,
        tools=Tools(python=Downloads(settings)),
        ecosystems=ALL,
        runtimes=(("python", tuple(i.version for i in find_interpreters(settings))),),
        workspace=settings.home / "work",
    )

    def go(slug: str) -> Check:
        owner, name = slug.split("/")
        return check_repository(Target(repository=RepositoryId(owner=owner, name=name)), services)

    yield go
    engine.close()


# ---------------------------------------------------------------- an image to start from, without a registry


def base_image(client: docker.APIClient, settings: Settings, version: str) -> str:
    """Return an image with one interpreter of this machine, and with what its network wants."""
    tag = f"{NAME}:base-{version}"
    python = Images(client, settings).ensure("python").tag
    interpreter = next(i for i in find_interpreters(settings) if i.version == version)
    container = client.create_container(python, ["true"])["Id"]
    try:
        client.put_archive(container, "/", _interpreter(interpreter, settings))
        names = make_ca_environment(CA) if settings.ca_bundle is not None else {}
        changes = [f"ENV {name}={value}" for name, value in names.items()]
        client.commit(container, repository=NAME, tag=f"base-{version}", changes=changes)
    finally:
        client.remove_container(container, force=True)
    return tag


def _interpreter(interpreter: Interpreter, settings: Settings) -> io.BytesIO:
    """Return an archive with an interpreter at its own path, where it looks for its library."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        if interpreter.prefix is not None:
            archive.add(interpreter.prefix, interpreter.prefix.lstrip("/"), filter=_needed)
            link = tarfile.TarInfo(f"usr/local/bin/python{interpreter.version}")
            link.type, link.linkname = tarfile.SYMTYPE, interpreter.executable
            archive.addfile(link)
        if settings.ca_bundle is not None:
            archive.add(settings.ca_bundle.resolve(), CA.lstrip("/"))
    stream.seek(0)
    return stream


def _needed(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    parts = {*entry.name.split("/")}
    unneeded = parts & {"test", "tests", "__pycache__", "site-packages", "include"} or entry.name.endswith(".a")
    return None if unneeded else entry


def build(client: docker.APIClient, folder: Path, tag: str, arguments: dict[str, str], network: str) -> str:
    lines = []
    for part in client.build(
        path=str(folder), tag=f"{NAME}:{tag}", buildargs=arguments, network_mode=network, rm=True, forcerm=True,
        decode=True,
    ):  # fmt: skip
        lines.append(str(part.get("stream", "")))
        assert "error" not in part, "".join(lines[-40:]) + str(part["error"])
    return f"{NAME}:{tag}"


def run(client: docker.APIClient, image: str, *argv: str) -> tuple[int, str]:
    """Run a command of an image without a network; return exit code and output."""
    config = client.create_host_config(network_mode="none")
    container = client.create_container(image, list(argv) or None, host_config=config)["Id"]
    try:
        client.start(container)
        code = client.wait(container, timeout=300)["StatusCode"]
        return code, client.logs(container).decode("utf-8", "replace")
    finally:
        client.remove_container(container, force=True)


@pytest.fixture
def code_host(mirror: Path) -> Iterator[str]:
    """Serve the bare repositories as plain files, as any web server can."""
    for folder in mirror.glob("*/*.git"):
        subprocess.run(["git", "update-server-info"], cwd=folder, check=True)
    handler = partial(SimpleHTTPRequestHandler, directory=str(mirror))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def same(client: docker.APIClient, image: str, check: Check) -> None:
    """Hold an image against the check that its recipe was made of."""
    attempt = find_verified_attempt(check)
    assert check.checkout is not None
    assert run(client, image, "id", "-u") == (0, "10001\n")
    assert run(client, image, "git", "rev-parse", "HEAD") == (0, f"{check.checkout.commit}\n")
    _, installed = run(client, image, "uv", "pip", "freeze")
    assert {*attempt.plan.lock} <= {*installed.splitlines()}
    _, version = run(client, image, "python", "--version")
    assert version.startswith(f"Python {attempt.plan.interpreter}.")
    for sight in find_sights(attempt):
        code, output = run(client, image, *sight.argv)
        assert code == sight.exit_code, f"{sight.rung}: {output}"


Rebuild = Callable[[str, Way], str]


@pytest.fixture
def rebuild(
    client: docker.APIClient, settings: Settings, verify: Verify, code_host: str, tmp_path: Path
) -> Rebuild:
    """Check an example that runs, rebuild it from its recipe, hold both against each other; give the image."""

    def go(slug: str, way: Way) -> str:
        check = verify(slug)
        assert (check.verdict.reached, check.verdict.way) == (Rung.RUNS, way)
        folder = write_recipe(check, tmp_path / "recipe", Downloads(settings))
        python = find_verified_attempt(check).plan.interpreter or ""
        base, url = base_image(client, settings, python), f"{code_host}/{slug}.git"
        image = build(client, folder, slug.partition("/")[2], {"BASE": base, "REPOSITORY_URL": url}, "host")
        same(client, image, check)
        return image

    return go


def test_an_installed_project_whose_tests_pass(client: docker.APIClient, rebuild: Rebuild) -> None:
    code, output = run(client, rebuild("tidal-lab/rank-means", Way.AS_PUBLISHED))
    assert code == 0 and " passed" in output


def test_a_script_that_runs_with_the_packages_of_its_date(
    client: docker.APIClient, settings: Settings, verify: Verify, mirror: Path, tmp_path: Path
) -> None:
    check = verify("harbour-group/windowed-stats")
    assert (check.verdict.reached, check.verdict.way) == (Rung.RUNS, Way.PERIOD)
    folder = write_recipe(check, tmp_path / "recipe", Downloads(settings))
    repository = mirror / "harbour-group/windowed-stats.git"
    bundle = folder / "source.bundle"
    subprocess.run(["git", "bundle", "create", bundle, "--all"], cwd=repository, check=True, capture_output=True)
    python = find_verified_attempt(check).plan.interpreter or ""
    arguments = {
        "BASE": base_image(client, settings, python),
        "REPOSITORY_URL": "/recipe/source.bundle",
    }
    image = build(client, folder, "windowed-stats", arguments, "bridge")
    same(client, image, check)
    assert run(client, image)[0] == 0


def test_a_library_that_the_page_compiles_and_a_file_that_it_copies(
    client: docker.APIClient, rebuild: Rebuild
) -> None:
    code, output = run(client, rebuild("north-bio/codon-counts", Way.AS_PUBLISHED))
    assert code == 0 and "ATG: 2" in output


def test_a_repair_that_added_a_system_package(client: docker.APIClient, rebuild: Rebuild) -> None:
    code, output = run(client, rebuild("violet-audio/score-render", Way.REPAIRED))
    assert code == 0, output


ODD = """it's "odd" $HOME ${PATH} `id` \\ #"""


def test_odd_values_arrive_as_they_are(client: docker.APIClient, settings: Settings, tmp_path: Path) -> None:
    """The engine's own parser is asked: folder, variables, arguments; and a package that has no wheel."""
    source = tmp_path / "source"
    (source / ODD).mkdir(parents=True)
    script = (
        "import json, os, sys; print(json.dumps([os.getcwd(), os.environ['OWN'], os.environ['ALL'], sys.argv]))"
    )
    (source / ODD / "show.py").write_text(script)
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "x")):
        subprocess.run(["git", *command], cwd=source, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=source, check=True, capture_output=True, text=True)

    plan = a_plan(interpreter="3.8", lock=("fire==0.4.0", "six==1.15.0", "termcolor==1.1.0"), env=(("ALL", ODD),))
    line = f"{ODD}\nRUN exit 1"
    start = passed(watched("python", "show.py", line, cwd=ODD, env=(("OWN", line),)))
    check = a_check(an_attempt(plan, imported("fire"), start))
    assert check.checkout is not None
    checkout = check.checkout.model_copy(update={"commit": head.stdout.strip()})
    folder = write_recipe(
        check.model_copy(update={"checkout": checkout}), tmp_path / "recipe", Downloads(settings)
    )
    assert "No hash" not in (folder / "lock.txt").read_text()
    bundle = folder / "source.bundle"
    subprocess.run(["git", "bundle", "create", bundle, "--all"], cwd=source, check=True, capture_output=True)
    arguments = {"BASE": base_image(client, settings, "3.8"), "REPOSITORY_URL": "/recipe/source.bundle"}
    image = build(client, folder, "odd", arguments, "bridge")
    code, output = run(client, image)
    assert (code, json.loads(output)) == (0, [f"/code/src/{ODD}", line, ODD, ["show.py", line]])
    assert run(client, image, *find_sights(find_verified_attempt(check))[0].argv)[0] == 0
