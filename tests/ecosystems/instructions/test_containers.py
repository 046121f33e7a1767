"""Dockerfiles, `docker run`, compose files and devcontainers: what they run, set and start."""

from __future__ import annotations

import shlex

import pytest

from checker.core.container import SOURCE
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.containers.definitions import list_definitions
from checker.ecosystems.instructions.containers.devcontainers import list_devcontainers, parse_lenient
from checker.ecosystems.instructions.containers.dockerfiles import find_dockerfile, read_image, read_instructions
from checker.ecosystems.instructions.containers.run import read_container_commands, read_run
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from tests.ecosystems.conftest import MakeTree


def starts(make_tree: MakeTree, files: dict[str, str], *words: str) -> list[tuple[str, tuple[str, ...]]]:
    command = Command(argv=words or ("docker", "run", "toy"), raw="x", file="README.md", line=1)
    found = read_container_commands(make_tree(dict(files)), command, manifests=PROJECT_FILES)
    return [(each.cwd, each.argv) for each in found]


@pytest.mark.parametrize(
    ("dockerfile", "found"),
    [
        (
            'WORKDIR /app\nCOPY . .\nCMD ["python", "main.py", "--n", "2"]',
            (".", ("python", "main.py", "--n", "2")),
        ),
        ("WORKDIR /app\nCOPY . .\nCMD python main.py --n 2", (".", ("python", "main.py", "--n", "2"))),
        ('COPY . /app\nCMD ["python", "/app/main.py"]', (".", ("python", "main.py"))),
        ('COPY . /app\nCMD ["sh", "-c", "python /app/main.py"]', (".", ("python", "main.py"))),
        ('WORKDIR /w\nCOPY . .\nENTRYPOINT ["python"]\nCMD ["main.py"]', (".", ("python", "main.py"))),
        ("WORKDIR /w\nCOPY src/ ./\nCMD python fit.py", ("src", ("python", "fit.py"))),
        ("WORKDIR /w\nCOPY . .\nWORKDIR src\nCMD python fit.py", ("src", ("python", "fit.py"))),
        ("WORKDIR /w\nCOPY main.py run.py\nCMD python run.py", (".", ("python", "main.py"))),
        ("WORKDIR /w\nCOPY main.py src/fit.py /w/\nCMD python fit.py", (".", ("python", "src/fit.py"))),
        ("ARG S=main.py\nWORKDIR /w\nCOPY . .\nENV N=3\nCMD python ${S} $N", (".", ("python", "main.py", "3"))),
        (
            "WORKDIR /w\nADD . /w\nCMD python main.py \\\n  # more\n  --n 2",
            (".", ("python", "main.py", "--n", "2")),
        ),
        (
            "FROM a AS b\nWORKDIR /x\nCOPY . .\nFROM c\nWORKDIR /y\nCOPY --from=b /x /y\nCMD python main.py",
            (".", ("python", "main.py")),
        ),
        (
            'WORKDIR /w\nCOPY . .\nENTRYPOINT ["./entrypoint.sh"]\nCMD ["python", "main.py"]',
            (".", ("python", "main.py")),
        ),
    ],
)
def test_what_an_image_starts(make_tree: MakeTree, dockerfile: str, found: tuple[str, tuple[str, ...]]) -> None:
    files = {"main.py": "1", "src/fit.py": "1", "entrypoint.sh": '#!/bin/sh\nset -e\nexec "$@"\n'}
    assert starts(make_tree, {**files, "Dockerfile": f"FROM python:3.9\n{dockerfile}\n"}) == [found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("docker run --rm -it toy python main.py --n 2", ("python", "main.py", "--n", "2")),
        ("docker run --gpus all -v data:/data --name x toy python /app/main.py", ("python", "main.py")),
        ("docker container run toy bash -c 'python main.py 4'", ("python", "main.py", "4")),
        ("podman run --network=none toy python main.py", ("python", "main.py")),
        ("docker run --entrypoint python toy main.py", ("python", "main.py")),
        ("apptainer exec --nv -B /data toy.sif python main.py", ("python", "main.py")),
        ("singularity run --bind .:/app toy.sif python /app/main.py", ("python", "main.py")),
        ("docker run -v $(pwd):/work -w /work python:3.9 python /work/main.py", ("python", "main.py")),
        ("docker run --mount type=bind,src=.,dst=/work python:3.9 python /work/main.py", ("python", "main.py")),
    ],
)
def test_a_program_that_a_container_runs(make_tree: MakeTree, words: str, found: tuple[str, ...]) -> None:
    files = {"main.py": "1", "Dockerfile": 'FROM python\nWORKDIR /app\nCOPY . .\nCMD ["python", "other.py"]\n'}
    assert starts(make_tree, files, *shlex.split(words)) == [(".", found)]


@pytest.mark.parametrize(
    "words", ["docker build -t toy .", "docker pull toy", "docker ps", "docker", "docker run"]
)
def test_what_runs_no_program(words: str) -> None:
    run = read_run(tuple(words.split()))
    assert run is None or not run.words


COMPOSE = """
services:
  db:
    image: postgres
  toy:
    build: .
    command: python main.py --n 2
    environment:
      - MODE=fast
"""


@pytest.mark.parametrize(
    "words", ["docker compose up", "docker-compose up --build toy", "docker compose -f compose.yaml run --rm toy"]
)
def test_a_compose_file_says_what_its_service_starts(make_tree: MakeTree, words: str) -> None:
    files = {
        "main.py": "1",
        "Dockerfile": "FROM a\nWORKDIR /w\nCOPY . .\nCMD python x.py\n",
        "compose.yaml": COMPOSE,
    }
    assert starts(make_tree, files, *words.split()) == [(".", ("python", "main.py", "--n", "2"))]
    assert starts(make_tree, files, "docker", "compose", "run", "toy", "python", "main.py", "--m") == [
        (".", ("python", "main.py", "--m"))
    ]


def test_documents_of_run_are_its_commands(make_tree: MakeTree) -> None:
    text = """
        FROM python:3.9
        # first
        RUN <<EOF
        pip install six

        pip install attrs==23.1.0
        EOF
        RUN --mount=type=cache,target=/root <<-'END' bash -e
        pip install toml
        END
        RUN <<EOF python
        import os
        EOF
        COPY <<EOF /app/settings.yaml
        pip install no
        EOF
        RUN ["pip", "install", "tomli"]
        """
    tree = make_tree({"Dockerfile": text})
    commands = read_image(tree, "Dockerfile", PROJECT_FILES).commands
    assert [command.argv[2] for command in commands] == ["six", "attrs==23.1.0", "toml", "tomli"]


def test_variables_of_an_image(make_tree: MakeTree) -> None:
    text = 'FROM a\nENV LOST=1\nFROM b\nENV MODE=fast "NAME"="a b"\nENV DATA /app/data\nWORKDIR /app\nCOPY . .\n'
    tree = make_tree(
        {"Dockerfile": text + "ENV PYTHONPATH=/app/lib:$PYTHONPATH\n", "lib/x.py": "1", "data/a.csv": "1"}
    )
    exports = [command.argv[1] for command in read_image(tree, "Dockerfile", PROJECT_FILES).list_exports()]
    assert exports == [
        "MODE=fast",
        "NAME=a b",
        f"DATA={SOURCE}/data",
        f"PYTHONPATH={SOURCE}/lib:$PYTHONPATH",
    ]


def test_the_build_context_is_the_folder_that_holds_what_is_copied(make_tree: MakeTree) -> None:
    tree = make_tree(
        {"docker/Dockerfile": "FROM a\nWORKDIR /w\nCOPY fit.py .\nCMD python fit.py\n", "docker/fit.py": "1"}
    )
    assert find_dockerfile(tree) == "docker/Dockerfile"
    found = list(read_image(tree, "docker/Dockerfile", PROJECT_FILES).list_starts())
    assert [(each.cwd, each.argv) for each in found] == [(".", ("python", "docker/fit.py"))]


@pytest.mark.parametrize(
    ("created", "found"),
    [
        ('"pip install six"', [("pip", "install", "six")]),
        ('["pip", "install", "six"]', [("pip", "install", "six")]),
        ('{"a": "pip install six", "b": ["pip", "freeze"]}', [("pip", "install", "six"), ("pip", "freeze")]),
        ('"cd x && pip list // no comment"', [("cd", "x"), ("pip", "list", "//", "no", "comment")]),
        ("3", []),
    ],
)  # fmt: skip
def test_a_devcontainer_says_what_is_run_in_it(
    make_tree: MakeTree, created: str, found: list[tuple[str, ...]]
) -> None:
    text = (
        f'{{\n  // one\n  /* two */ "postCreateCommand": {created}, // end\n  "containerEnv": {{"A": "b",}},\n}}\n'
    )
    (said,) = list_devcontainers(make_tree({".devcontainer/devcontainer.json": text}), PROJECT_FILES)
    assert [command.argv for command in said.commands] == found
    assert [command.argv for command in said.exports] == [("export", "A=b")]


@pytest.mark.parametrize("text", ["", "[", "[" * 5000, '{"image": 3}', "{/*", '{"a": "', "null"])
def test_what_is_no_devcontainer_says_nothing(make_tree: MakeTree, text: str) -> None:
    found = list_devcontainers(make_tree({".devcontainer.json": text}), PROJECT_FILES)
    assert all(not each.image and not each.commands for each in found)


def test_urls_in_strings_are_no_comments() -> None:
    assert parse_lenient('{"a": "http://x/*y", /* c */ "b": [1,],}') == {"a": "http://x/*y", "b": [1]}


def test_open_strings_and_documents_are_read_once() -> None:
    """Texts that would take minutes where every sign of them is a new beginning."""
    with pytest.raises(ValueError, match="Unterminated"):
        parse_lenient('{"a": "' + '\\"' * 60_000)
    assert len(list(read_instructions("RUN <<EOF\n" * 20_000))) == 20_000


BUILT = {
    "Dockerfile": "FROM a\nCMD python other.py\n",
    "docker/cpu.Dockerfile": "ARG N=1\nFROM a\nWORKDIR /w\nCOPY . .\nENV N=$N\nCMD python main.py $N\n",
    "main.py": "1",
}


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("docker build -t toy -f docker/cpu.Dockerfile .", ("python", "main.py", "1")),
        ("docker buildx build --file=docker/cpu.Dockerfile --build-arg N=7 .", ("python", "main.py", "7")),
        ("podman build . -f docker/cpu.Dockerfile --build-arg=N=7", ("python", "main.py", "7")),
        ("docker build -t toy .", ("python", "other.py")),
        ("docker build -f docker/none .", ("python", "other.py")),
    ],
)
def test_the_image_that_a_page_builds_is_the_one_that_starts(
    make_tree: MakeTree, page: str, found: tuple[str, ...]
) -> None:
    assert [argv for _, argv in starts(make_tree, {**BUILT, "README.md": f"```\n{page}\n```\n"})] == [found]


def test_a_list_that_a_here_document_writes_is_installed(make_tree: MakeTree) -> None:
    document = "COPY <<EOF /tmp/list.txt\nsix==1 # c\n--hash=x\nattrs\nEOF\n"
    text = f"FROM a\n{document}RUN pip install -r /tmp/list.txt rich\n"
    image = read_image(make_tree({"Dockerfile": text}), "Dockerfile", PROJECT_FILES)
    assert [each.argv for each in image.commands] == [("pip", "install", "six==1", "attrs", "rich")]


DEFINITION = """
Bootstrap: docker
From: docker://python:3.9-slim

%files
    requirements.txt /opt/
%environment
    export MODE=fast
    PLAIN=no
%post
    pip install six \\
        attrs
%runscript
    exec python main.py "$@"
"""


def test_a_definition_of_apptainer(make_tree: MakeTree) -> None:
    tree = make_tree({"toy.def": DEFINITION, "other.def": "%post\n  pip install x\n", "main.py": "1"})
    (found,) = list_definitions(tree, PROJECT_FILES)
    assert (found.image, found.image_line) == ("python:3.9-slim", 2)
    assert [each.argv for each in found.commands] == [("pip", "install", "six", "attrs")]
    assert [each.argv for each in found.exports] == [("export", "MODE=fast")]
    files = {"toy.def": DEFINITION, "main.py": "1"}
    assert starts(make_tree, files, "apptainer", "run", "t.sif") == [(".", ("python", "main.py"))]
    assert starts(make_tree, files, "apptainer", "exec", "t.sif", "python", "a.py") == [(".", ("python", "a.py"))]


def test_what_an_image_starts_is_given_options_with_the_paths_of_mounted_folders(make_tree: MakeTree) -> None:
    files = {
        "Dockerfile": 'FROM a\nWORKDIR /w\nCOPY . .\nENTRYPOINT ["python", "main.py"]\n',
        "main.py": "1",
        "data/x.csv": "1",
    }
    words = ("docker", "run", "-v", "$PWD/data:/data", "toy", "--data", "/data/x.csv")
    assert starts(make_tree, files, *words) == [(".", ("python", "main.py", "--data", "data/x.csv"))]


def test_a_service_that_takes_over_another_is_built_as_well(make_tree: MakeTree) -> None:
    services = "services:\n  fit:\n    <<: *c\n    command: python main.py\n  db:\n    image: redis\n"
    files = {"compose.yml": f"x-c: &c\n  build: .\n{services}", "Dockerfile": "FROM a\n", "main.py": "1"}
    assert starts(make_tree, files, "docker", "compose", "up") == [(".", ("python", "main.py"))]
