"""Which code makes the numbers: the commits of hilbench and of the user's repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import hilbench
from hilbench.core import processes
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, MissingTool
from hilbench.core.owner import Owner

SECONDS = 10.0
DIRTY = "-dirty"


@dataclass(frozen=True)
class Repository:
    """`commit` ends in "-dirty" where tracked files differ from it; both are "" without one."""

    folder: str = ""
    commit: str = ""

    @property
    def clean(self) -> bool | None:
        return None if not self.commit else not self.commit.endswith(DIRTY)


def of_hilbench(owner: Owner) -> Repository:
    """Its own repository; one that only surrounds an installed hilbench is not it."""
    package = Path(hilbench.__file__).parent
    return of(package, owner, "HEAD:./__init__.py")


def of(folder: Path, owner: Owner, *known: str) -> Repository:
    """That in which `folder` lies, if it has the objects `known`. Raises Interrupted."""
    if not _within_one(folder):
        return Repository()
    top = _git(folder, owner, "rev-parse", "--show-toplevel", *known).partition("\n")[0]
    words = ("describe", "--always", "--abbrev=40", "--exclude=*", f"--dirty={DIRTY}")
    commit = _git(folder, owner, *words) if top else ""
    return Repository(top, commit) if commit else Repository()


def _within_one(folder: Path) -> bool:
    """Whether it is worth asking: most installations lie in no repository."""
    folder = folder.absolute()
    return any((above / ".git").exists() for above in (folder, *folder.parents))


def _git(folder: Path, owner: Owner, *words: str) -> str:
    """What git says, "" where it says nothing of use; it starts no program of the repository."""
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder.absolute()), *words]
    try:
        with processes.temporary_folder() as scratch:
            deadline = Deadline.after(SECONDS, "git", owner)
            done = processes.run(command, scratch / "log", deadline)
    except (MissingTool, DeadlineExceeded):
        return ""
    return done.log.strip() if done.returncode == 0 else ""
