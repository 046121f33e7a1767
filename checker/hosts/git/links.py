"""Makes the symbolic links of a tree that stay inside it; where they lead is computed, not asked of the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from checker.core.errors import StorageFailure

#: Bytes of a link's text: what Linux takes.
MAX_LINK = 4095

#: Links that the kernel follows from one path; what needs more cannot be opened.
MAX_FOLLOWED = 40

#: Parts of paths that are looked at for all links of a tree together: a tree of 100,000 links needs a tenth.
MAX_STEPS = 5_000_000

#: Links can be such that one leaves only after another was left out; nobody makes them so this often in turn.
MAX_ROUNDS = 20


@dataclass(frozen=True)
class Link:
    """A symbolic link that is made when all files are there."""

    path: str
    target: bytes


def is_possible(link: Link) -> bool:
    """Whether a link can be made at all, and does not leave by its text alone."""
    return 0 < len(link.target) <= MAX_LINK and b"\0" not in link.target and not link.target.startswith(b"/")


@dataclass
class Course:
    """Follows links by their texts alone: path → target of those that are there."""

    links: dict[str, str]
    steps: int = field(default=0, init=False)

    def stays_inside(self, path: str) -> bool:
        """Whether a link and all that it leads through lie in the tree; one that leads in circles does not."""
        here: list[str] = []
        waiting = path.split("/")[::-1]
        followed = 0
        while waiting:
            self.steps += 1
            part = waiting.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                if not here:
                    return False
                here.pop()
                continue
            target = self.links.get("/".join((*here, part)))
            if target is None:
                here.append(part)
                continue
            followed += 1
            if followed > MAX_FOLLOWED or self.steps > MAX_STEPS:
                return False
            waiting.extend(reversed(target.split("/")))
        return True


def find_leaving(links: Iterable[Link]) -> list[Link]:
    """Return those of the links of a tree that leave it, each of which has a path of its own.

    A chain of links can leave although each of its texts looks harmless, and leaving one out may change where
    others lead: so they are looked at until nothing changes.
    """
    kept = {link.path: link for link in links}
    left: list[Link] = []
    course = Course({path: os.fsdecode(link.target) for path, link in kept.items()})
    for round_number in range(1, MAX_ROUNDS + 1):
        leaving = [path for path in kept if not course.stays_inside(path)]
        for path in kept if leaving and round_number == MAX_ROUNDS else leaving:
            left.append(kept[path])
            course.links.pop(path)
        kept = {path: link for path, link in kept.items() if path in course.links}
        if not leaving:
            break
    return left


def make_link(root: Path, link: Link) -> bool:
    """Make one link below `root`; False where its name is used, or it would lie behind another link.

    Raises:
        StorageFailure: our disk is full or cannot be written.

    """
    place = root / link.path
    try:
        if any(parent.is_symlink() for parent in list(place.parents)[: link.path.count("/")]):
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.fsdecode(link.target))
    except (FileExistsError, NotADirectoryError):
        return False
    except OSError as error:
        raise StorageFailure(f"the files cannot be written: {error}") from error
    return True
