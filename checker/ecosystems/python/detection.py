"""Says whether a tree holds Python code, and whether it states its dependencies."""

from __future__ import annotations

from checker.core.plans import Evidence
from checker.core.tree import Tree
from checker.ecosystems.base import Detection
from checker.ecosystems.python.survey import survey


def detect(tree: Tree) -> Detection | None:
    """Detect Python: scripts, packages and notebooks."""
    files = sum(path.endswith((".py", ".ipynb")) for path in tree.files)
    if not files:
        return None
    seen = survey(tree)
    stated = [spec for spec in seen.specifications if spec.runtime or spec.dynamic or spec.installs_project]
    evidence = tuple(Evidence(claim=f"states dependencies ({spec.kind})", source=spec.path) for spec in stated)
    evidence = evidence or tuple(r.evidence for r in seen.runtime[:1])
    return Detection(ecosystem="python", files=files, declared=bool(evidence), evidence=evidence)
