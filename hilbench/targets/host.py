"""Target `host`: the firmware's core as a process of this computer.

It checks kernels and engines under sanitizers. Its counter is the host's clock,
in the unit host_ns, which is nothing to publish; there is no board to it, so it
is not in the table of targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hilbench.core import processes
from hilbench.core.deadline import Deadline
from hilbench.targets.pty_process import PtyProcess, pty_process

_SANITIZER = re.compile(r"^(SUMMARY: \w+Sanitizer: .+|.+: runtime error: .+)$", re.MULTILINE)


def explain(ending: str, log: str) -> str:
    """One line about a firmware process that has ended."""
    if match := _SANITIZER.search(log):
        return match[1]
    said = processes.tail(log, 1)
    return f"the firmware ended with {ending}{f': {said}' if said else ''}"


@contextmanager
def start(program: Path, run_dir: Path, deadline: Deadline) -> Iterator[PtyProcess]:
    """Run what `image.build_host` made, as `Target.start` does; the log is host.log."""
    with pty_process([str(program)], run_dir / "host.log", explain, deadline) as running:
        yield running
