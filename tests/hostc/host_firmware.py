"""The firmware's runtime and an engine as a process of this computer, under sanitizers.

    program = build(sources, folder, deadline)
    with start(program, folder, deadline) as running: ...

It is built as a board's image is, from the CPU family `host`. Its counter is the host's clock, in
the unit host_ns, which is nothing to publish: it is no target, and no board has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hilbench import arch
from hilbench.core import processes
from hilbench.core.artifacts import EngineSources
from hilbench.core.deadline import Deadline
from hilbench.core.paths import firmware_dir
from hilbench.image import cmake, image
from hilbench.targets.pty_process import PtyProcess, pty_process

SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer")
CONFIG = """\
#define BOARD_NAME "host"
#define BOARD_COUNTER "clock"
#define BOARD_COUNTER_UNIT "host_ns"
#define BOARD_COUNTER_HZ 1000000000u
#define BOARD_COUNTER_PER_TICK 1u
#define IMAGE_ID "host"
"""

_SAID = re.compile(r"^(SUMMARY: \w+Sanitizer: .+|.+: runtime error: .+)$", re.MULTILINE)


def build(sources: EngineSources, out_dir: Path, deadline: Deadline) -> Path:
    """The program. Raises as `image.build` does."""
    out_dir.mkdir(parents=True, exist_ok=True)
    family = arch.families()["host"]
    job = {
        **image.drivers(family, *(firmware_dir() / d for d in ("uart/fd.c", "counter/clock.c"))),
        **image.sources_of(sources),
        **image.headers(sources, CONFIG, out_dir),
        "HB_COMPILE_OPTIONS": [*SANITIZE, *family.flags("host", None)],
        "HB_OPTIMISATION": ["-O3"],
        "HB_LINK_OPTIONS": list(family.link_options),
    }
    return cmake.build(family.toolchain, job, out_dir, deadline).elf


def explain(ending: str, log: str) -> str:
    """One line about a firmware process that has ended."""
    if match := _SAID.search(log):
        return match[1]
    said = processes.tail(log, 1)
    return f"the firmware ended with {ending}{f': {said}' if said else ''}"


@contextmanager
def start(program: Path, run_dir: Path, deadline: Deadline) -> Iterator[PtyProcess]:
    """Run it, as `Target.start` does a board's image; the log is host.log."""
    with pty_process([str(program)], run_dir / "host.log", explain, deadline) as running:
        yield running
