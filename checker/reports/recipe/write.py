"""Puts a recipe together out of a check, and writes its files."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterable, Mapping
from datetime import timedelta
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from checker.core.container import AROUND, ENVIRONMENT, HOME, SOURCE
from checker.core.errors import UsageError
from checker.core.settings import SANDBOX_UID, Settings
from checker.core.values.plans import BuildPlan
from checker.core.values.repositories import Checkout
from checker.core.values.results import Attempt, Check
from checker.ecosystems.python.tools import PythonTools
from checker.index.uv import Downloads
from checker.reports.markdown import escape
from checker.reports.recipe import ground, readme
from checker.reports.recipe.commands import NOTEBOOK, PLACE, Sight, find_sights, list_install_commands
from checker.reports.recipe.hashes import find_hashes
from checker.reports.recipe.lock import Lock, write_lock
from checker.reports.recipe.quoting import write_block, write_code, write_exec_form, write_variable
from checker.reports.words import RUNG_MEANINGS, RUNG_WORDS, WAY_WORDS

#: Variables of the image: those under which the check ran, and what keeps uv from leaving a cache behind.
ENV: dict[str, str] = {
    "PATH": f"{ENVIRONMENT}/venv/bin:/usr/local/bin:/usr/bin:/bin",
    "VIRTUAL_ENV": f"{ENVIRONMENT}/venv",
    "HOME": HOME,
    "USER": "checker",
    "LANG": "C.UTF-8",
    "PYTHONUNBUFFERED": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "UV_LINK_MODE": "copy",
    "UV_NO_CACHE": "1",
    "UV_NO_CONFIG": "1",
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
}

#: What the image starts where the check saw nothing start: it shows what was installed.
NOTHING_TO_START = ("uv", "pip", "list")


def write_recipe(check: Check, directory: Path, toolbox: PythonTools | None = None) -> Path:
    """Write `Dockerfile`, `lock.txt` and `README.md` into `directory`; return it.

    The recipe repeats the attempt that the verdict rests on. Hashes come from the package index, through the
    trusted uv (`toolbox`; None: this machine's).

    Raises:
        UsageError: nothing was built; a value of the check cannot stand in a Dockerfile; or the directory cannot
            be written.
        RegistryFailure: the package index does not answer.

    """
    attempt = ground.find_verified_attempt(check)
    if toolbox is None:
        toolbox = Downloads(Settings.from_environment())
    made = render(check, attempt, toolbox)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (directory / name).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{directory}: the recipe cannot be written: {error.strerror}") from error
    return directory


def render(check: Check, attempt: Attempt, toolbox: PythonTools) -> Mapping[str, str]:
    """Return the files of the recipe: name → text."""
    facts = _collect_facts(check, attempt)
    hashes = find_hashes(
        attempt.plan.lock, interpreter=facts["interpreter"], indexes=attempt.plan.indexes, toolbox=toolbox
    )
    lock = write_lock(attempt.plan.lock, hashes, heading=_make_heading(facts, attempt.plan))
    shown = find_sights(attempt)
    environment = _load_templates()
    made = {
        "Dockerfile": environment.get_template("Dockerfile.j2").render(
            **facts, **_fill_dockerfile(check, attempt, lock, shown, facts)
        ),
        "lock.txt": lock.text,
        "README.md": environment.get_template("README.md.j2").render(
            **facts, **_fill_readme(check, attempt, lock, shown, facts)
        ),
    }
    if _list_files_beside(shown) != ["lock.txt"]:
        made["notebook.py"] = files("checker.sandbox").joinpath("probes/notebook.py").read_text(encoding="utf-8")
    return made


def _collect_facts(check: Check, attempt: Attempt) -> dict[str, str]:
    """Return what every file of the recipe says; each value is fit for a comment of a Dockerfile."""
    checkout, repository = _find_checkout(check), ground.find_repository(check)
    ended = check.started_at + timedelta(seconds=round(check.seconds) + 1)
    return {
        "slug": str(repository),
        "image": f"{re.sub(r'[^a-z0-9]+', '-', repository.name.lower()).strip('-') or 'code'}-recipe",
        "commit": ground.find_verified_commit(checkout),
        "url": ground.find_address(check),
        "rung": RUNG_WORDS[attempt.reached] if attempt.reached else "",
        "way": WAY_WORDS[attempt.plan.way],
        "interpreter": ground.read_interpreter(attempt.plan),
        "base": ground.choose_base_image(attempt.plan),
        "checked": f"{check.started_at:%Y-%m-%d}",
        "date": f"{ended:%Y-%m-%dT%H:%M:%SZ}",
        "place": PLACE,
        "around": AROUND,
        "source": SOURCE,
        "bundle_url": ground.BUNDLE_URL,
    }


def _find_checkout(check: Check) -> Checkout:
    if check.checkout is None:
        raise UsageError(f"{check.target.repository}: no recipe, because the check has no files")
    return check.checkout


def _make_heading(facts: Mapping[str, str], plan: BuildPlan) -> list[str]:
    """Return what the lock file says of itself."""
    said = [
        f"What {facts['slug']} at {facts['commit']} was installed with: Python {facts['interpreter']}, "
        f"index {readme.describe_index_date(plan, facts['date'])}.",
        "Install with: uv pip install --no-deps --requirement lock.txt",
    ]
    return [*said, *(f"Further index: {url}" for url in plan.indexes)]


def _fill_dockerfile(
    check: Check, attempt: Attempt, lock: Lock, shown: tuple[Sight, ...], facts: Mapping[str, str]
) -> dict[str, Any]:
    environment = {**ENV, **dict(attempt.plan.env)}
    return {
        "usual_packages": _wrap_names(ground.list_usual_packages(attempt.plan)),
        "own_packages": _wrap_names(ground.list_own_packages(attempt)),
        "uv": version("uv"),
        "uid": SANDBOX_UID,
        "environment": [write_variable(name, value) for name, value in environment.items()],
        "beside": _list_files_beside(shown),
        "bundle_glob": f"{ground.BUNDLE[:-1]}[{ground.BUNDLE[-1]}]",
        "submodules": [write_exec_form(argv) for argv in _list_submodules(check)],
        "commands": [
            write_exec_form(argv) for argv in list_install_commands(attempt, facts["date"], hashed=lock.hashed)
        ],
        "start": write_exec_form(shown[-1].argv if shown else NOTHING_TO_START),
    }


def _list_files_beside(shown: tuple[Sight, ...]) -> list[str]:
    """Return the files that lie beside the Dockerfile."""
    notebook = any(NOTEBOOK in sight.argv for sight in shown)
    return ["lock.txt", "notebook.py"] if notebook else ["lock.txt"]


def _list_submodules(check: Check) -> Iterable[tuple[str, ...]]:
    for source in ground.list_submodules(check):
        folder = f"{SOURCE}/{source.path}"
        yield ("git", "clone", "--quiet", "--no-checkout", "--", source.url, folder)
        yield ("git", "-C", folder, "checkout", "--quiet", "--detach", source.commit)


def _wrap_names(names: tuple[str, ...]) -> list[str]:
    return textwrap.wrap(" ".join(names), 100, break_long_words=False, break_on_hyphens=False)


def _fill_readme(
    check: Check, attempt: Attempt, lock: Lock, shown: tuple[Sight, ...], facts: Mapping[str, str]
) -> dict[str, Any]:
    checkout, image = _find_checkout(check), facts["image"]
    return {
        "address": facts["url"] if not ground.is_from_folder(check) else facts["slug"],
        "committed": f"{checkout.committed_at:%Y-%m-%d}",
        "code_date": f"{checkout.code_date:%Y-%m-%d}",
        "rung_meaning": RUNG_MEANINGS[attempt.reached] if attempt.reached else "",
        "way_meaning": readme.WAYS[attempt.plan.way],
        "chosen": readme.explain_interpreter(attempt.plan),
        "index_date": readme.describe_index_date(attempt.plan, facts["date"]),
        "lock": lock,
        "checker_version": check.checker_version or "unknown",
        "rules": check.rules,
        "rungs": readme.list_rungs(attempt),
        "repairs": attempt.plan.repairs,
        "build": [f"docker build -t {image} .", f"docker run --rm --tty --network none {image}"],
        "sights": shown,
        "words": RUNG_WORDS,
        "uncovered": list(readme.list_uncovered(check, checkout, attempt)),
    }


def _load_templates() -> Environment:
    """Return the templates; every value is quoted for its place by hand or by one of these filters."""
    made = Environment(  # noqa: S701 - neither a Dockerfile nor Markdown is HTML
        loader=PackageLoader("checker.reports.recipe", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        code=write_code, prose=escape, block=write_block, evidence=readme.write_evidence, shell=shlex.join
    )
    return made
