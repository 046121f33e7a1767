"""`python -m checker.sandbox.provision.setup engine|ground|images`: the parts of set-up that need the engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from checker.core.errors import CheckerError
from checker.core.settings import Settings
from checker.sandbox.docker.client import connect
from checker.sandbox.provision.base_image import find_debian
from checker.sandbox.provision.images import Images, find_dockerfiles
from checker.sandbox.provision.interpreters import OFFERED, find_interpreters, install_interpreters


def engine(settings: Settings) -> int:
    """Say whether the engine answers."""
    connect(settings).close()
    return 0


def ground(settings: Settings) -> int:
    """Say whether the base image is there, or an image to start from is or can be pulled."""
    with connect(settings) as client:
        if Images(client, settings).has("base"):
            return 0
        return 0 if find_debian(client, settings)[0] else 1


def images(settings: Settings) -> int:
    """Build what is missing: every image of `dockerfiles/`, and interpreters where uv can download them."""
    with connect(settings) as client:
        maker = Images(client, settings)
        for folder in sorted(path for path in find_dockerfiles().iterdir() if (path / "Dockerfile").is_file()):
            began = time.monotonic()
            image = maker.ensure(folder.name)
            _say(f"image {image.tag} is there ({time.monotonic() - began:.0f} s)")
    there = {i.version for i in find_interpreters(settings) if i.prefix is not None}
    if set(OFFERED) - there:
        _say(f"downloading the interpreters {', '.join(sorted(set(OFFERED) - there))}")
        missing = install_interpreters(settings)
        if missing:
            _say(f"interpreters that could not be had: {', '.join(missing)}; code that needs them is not built")
    return 0


ORDERS: dict[str, Callable[[Settings], int]] = {"engine": engine, "ground": ground, "images": images}


def _say(text: str) -> None:
    sys.stderr.write(f"setup: {text}\n")


def main() -> int:
    """Carry out one order; anything that goes wrong is one line."""
    order = ORDERS.get(sys.argv[1] if len(sys.argv) == 2 else "")
    if order is None:
        _say(f"give one of: {', '.join(ORDERS)}")
        return 2
    try:
        return order(Settings.from_environment())
    except CheckerError as error:
        _say(str(error))
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main())
