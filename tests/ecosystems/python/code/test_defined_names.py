"""An error about what the repository itself defines is no change of a package."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.outcomes.reasons import explain
from checker.judging.judge import FailureText

FILES = {
    "net.py": "import torch\nclass Net(torch.nn.Module):\n    pass\n\ndef fit(model):\n    pass\n",
    "tools/__init__.py": "",
    "third_party/other.py": "class Lamp:\n    pass\n",
}
OWN = '  File "/code/src/run.py", line 3, in main\n'
LOOKS_UP = '  File "/env/venv/lib/python3.8/site-packages/torch/nn/modules/module.py", line 1, in __getattr__\n'
PACKAGE = '  File "/env/venv/lib/python3.8/site-packages/lightning/trainer.py", line 1, in run\n'


@pytest.mark.parametrize(
    ("said", "frames", "cause"),
    [
        ("AttributeError: 'Net' object has no attribute 'fit'", OWN, "crash"),
        ("AttributeError: 'Net' object has no attribute 'fit'", OWN + LOOKS_UP, "crash"),
        ("AttributeError: 'Net' object has no attribute 'fit'", OWN + PACKAGE, "incompatible_dependency"),
        ("AttributeError: type object 'Net' has no attribute 'fit'", OWN, "crash"),
        ("AttributeError: 'Lamp' object has no attribute 'fit'", OWN, "incompatible_dependency"),
        ("AttributeError: 'Trainer' object has no attribute 'fit'", OWN, "incompatible_dependency"),
        ("AttributeError: module 'tools' has no attribute 'draw'", OWN, "crash"),
        ("AttributeError: module 'lamps' has no attribute 'draw'", OWN, "incompatible_dependency"),
        ("TypeError: fit() got an unexpected keyword argument 'size'", OWN + "    fit(size=1)\n", "crash"),
        (
            "TypeError: fit() got an unexpected keyword argument 'n'",
            OWN + "    a.fit(n=1)\n",
            "incompatible_dependency",
        ),
        ("TypeError: Net.__init__() got an unexpected keyword argument 'size'", OWN, "crash"),
        ("TypeError: draw() got an unexpected keyword argument 'size'", OWN, "incompatible_dependency"),
        ("TypeError: draw() takes 2 positional arguments but 3 were given", OWN, "incompatible_dependency"),
    ],
)
def test_whose_name_it_is(tmp_path: Path, said: str, frames: str, cause: str) -> None:
    text = f"Traceback (most recent call last):\n{frames}{said}\n"
    reason = explain([FailureText(text)], make_tree(tmp_path, FILES))
    assert reason is not None and reason.name == cause
