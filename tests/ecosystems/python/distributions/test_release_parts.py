"""Whether an archive has a module, a name or an argument, by the texts of its files alone."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.distributions.release_parts import has_part
from checker.judging.repair_engine import Part

WHEEL = {
    "lamp/__init__.py": "from .bulbs import *\nfrom lamp.wires import solder as weld\nfrom . import shades\n",
    "lamp/bulbs.py": "__all__ = ['glow']\ndef glow(power, *, colour=None): ...\nclass Bulb:\n    watts = 1\n",
    "lamp/wires.py": "def solder(wire, **how): ...\nclass Coil:\n    def __init__(self, turns): ...\n",
    "lamp/shades/__init__.py": "",
    "lamp/lazy.py": "_TABLE = {'late': ['Dimmer']}\ndef __getattr__(name): ...\n",
    "lamp/fast.cpython-311-x86_64-linux-gnu.so": "",
    "lamp/broken.py": "def (\n",
    "lamp/around.py": "from .about import *\n",
    "lamp/about.py": "from .around import *\n",
    "lamp-1.0.dist-info/METADATA": "",
}
SOURCE = {f"lamp-1.0/src/{path}": text for path, text in WHEEL.items()}


def part(module: str, name: str = "", argument: str = "") -> Part:
    return Part(distribution="lamp", installed="2.0", module=module, name=name, argument=argument)


@pytest.mark.parametrize("files", [WHEEL, SOURCE], ids=["wheel", "sdist"])
@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        (part("lamp.wires"), True),
        (part("lamp.gone"), False),
        (part("lamp.fast"), None),
        (part("lamp.wires", "solder"), True),
        (part("lamp.wires", "glow"), False),
        (part("lamp", "glow"), True),
        (part("lamp", "weld"), True),
        (part("lamp", "shades"), True),
        (part("lamp", "wires"), True),
        (part("lamp", "fast"), True),
        (part("lamp", "Lantern"), False),
        (part("lamp.lazy", "Dimmer"), True),
        (part("lamp.lazy", "Lantern"), False),
        (part("lamp.broken", "anything"), None),
        (part("lamp.around", "nothing"), None),
        (part("lamp.bulbs", "glow", "colour"), True),
        (part("lamp.bulbs", "glow", "size"), False),
        (part("lamp", "glow", "colour"), True),
        (part("lamp", "weld", "anything"), True),
        (part("lamp.wires", "Coil", "turns"), True),
        (part("lamp.wires", "Coil", "gauge"), False),
        (part("lamp.bulbs", "Bulb", "watts"), None),
    ],
    ids=str,
)
def test_what_an_archive_has(files: dict[str, str], wanted: Part, there: bool | None) -> None:
    assert has_part(wanted, tuple(files), files.get) is there
