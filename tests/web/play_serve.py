"""`checker serve` with the services of the theatre, in a process of its own.

usage: python play_serve.py MIRROR GATE RESULTS PORT [ARXIV]
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import theatre

from checker.cli.commands.serve import Service, listen_on
from checker.cli.common import complain
from checker.cli.stopping import Interrupted
from checker.cli.stores import open_store
from checker.core.errors import CheckerError
from checker.papers.sources.arxiv import read_arxiv
from checker.web.papers import Papers
from checker.web.settings import ServeSettings
from workers.queue import open_embedded_queue


def main(mirror: str, gate: str, results: str, port: str, arxiv: str = "http://127.0.0.1:9") -> int:
    services = theatre.services(Path(mirror), Path(gate))
    papers = Papers(partial(read_arxiv, base_url=arxiv))
    try:
        wanted = ServeSettings.from_environment()
        with (
            listen_on("127.0.0.1", int(port)) as listener,
            open_store(Path(results)) as store,
            open_embedded_queue(services, 2) as queue,
        ):
            Service(store, queue, services, wanted, papers).run(listener)
    except (CheckerError, Interrupted) as error:
        complain(str(error))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
