"""The application: gathers the commands, and turns every error into one line and an exit code.

Exit codes: 0 done, or the required rung was reached; 1 it was not; 2 wrong usage or input; 3 inconclusive;
129, 130, 143 stopped by SIGHUP, Ctrl-C, SIGTERM (128 and the signal's number, as shells report it).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import typer

from checker import __version__
from checker.cli.common import complain
from checker.cli.mistakes import keep
from checker.cli.stopping import Interrupted
from checker.core.errors import CheckerError
from checker.core.rules import compute_rules_digest
from checker.core.text import join_lines

INTERRUPTED = 128 + signal.SIGINT

#: Each is a function of its name in a module of `checker.cli.commands`, of its name too but for these.
COMMANDS = (
    "links", "run", "nightly", "repo", "serve", "report", "badge", "recipe", "crate", "export", "query", "ci",
    "worker", "doctor", "schema", "explain", "trust",
)  # fmt: skip
_ELSEWHERE = {"crate": "recipe"}


def make_app(names: Sequence[str] = COMMANDS) -> typer.Typer:
    """Return the application with these commands; only what is asked for is loaded."""
    app = typer.Typer(name="checker", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback(invoke_without_command=True)(_read_options)
    for name in names:
        app.command(name)(getattr(import_module(f"checker.cli.commands.{_ELSEWHERE.get(name, name)}"), name))
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"checker {__version__}, rules {compute_rules_digest()}")
        raise typer.Exit


def _read_options(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Finds out whether the code that papers link to is there, and whether it still builds and runs."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    code = carry_out(sys.argv[1:])
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    if any(thread.name.startswith("ThreadPoolExecutor") for thread in threading.enumerate()) and code:
        os._exit(
            code
        )  # a job that does not end must not keep the process; its leftovers are swept at the next start
    sys.exit(code)


def carry_out(arguments: list[str]) -> int:
    """Run one command and return its exit code; no traceback ever reaches a user."""
    try:
        app = make_app(_choose_commands(arguments))
        return int(app(arguments, prog_name="checker", standalone_mode=False) or 0)
    except (CheckerError, Interrupted) as error:
        code, line = error.exit_code, str(error)
    except typer.TyperException as error:
        said = error.format_message().replace("Value error, ", "").rstrip(".")
        code, line = 2, f"{said}; see checker --help"
    except (KeyboardInterrupt, typer.Abort):
        code, line = INTERRUPTED, "stopped"
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError:
        code, line = 3, "our own memory is used up"
    except Exception as error:
        what = f"{type(error).__name__}: {join_lines(str(error), 200)}"
        code, line = 3, f"a mistake of the checker itself: {what} ({keep(traceback.format_exc())})"
    complain(line)
    return code


def _choose_commands(arguments: Sequence[str]) -> Sequence[str]:
    """Return the commands that must be loaded: the one that is called, all to show them, none for the version."""
    if arguments[:1] == ["--version"]:
        return ()
    return arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS
