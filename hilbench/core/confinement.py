"""Programs that may touch only the files they were given (core/landlock.py).

An emulator runs firmware that nobody has vetted, and semihosting lets firmware open, remove and
rename files of the host. The kernel refuses that, whatever the emulator is talked into.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from hilbench.core import landlock

# Programs and their libraries; a read-only look at them is nobody's secret.
_SYSTEM = (
    "/usr", "/bin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store",
    "/etc/ld.so.cache", "/etc/ld.so.preload", "/dev/null", "/dev/urandom",
)  # fmt: skip
_BESIDE = ("lib", "lib64", "libexec", "share/qemu")
NEEDS = "Linux 5.13 or later with Landlock"


@cache
def available() -> int:
    """Which version of Landlock the kernel has, 0 where programs cannot be confined."""
    return landlock.version() if sys.platform == "linux" else 0


def confined(
    command: Sequence[str],
    *,
    reads: Iterable[Path] = (),
    writes: Iterable[Path] = (),
    sockets: Iterable[Path] = (),
) -> list[str]:
    """`command`, confined to the system's programs and libraries, and to what is named here.

    `reads` are files and folders, `writes` files that exist, `sockets` folders in which it may
    make one. Where the kernel cannot confine, and for a program that is not there, the command
    as it is.
    """
    program = shutil.which(command[0])
    if program is None or not available():
        return list(command)
    home = Path(program).resolve()
    beside = [home.parent.parent / name for name in _BESIDE]
    rules = [
        *(("r", str(path)) for path in (*_SYSTEM, program, home, *beside)),
        *(("r", str(path.absolute())) for path in reads),
        *(("w", str(path.absolute())) for path in writes),
        *(("s", str(path.absolute())) for path in sockets),
    ]
    words = [word for rule in rules for word in rule]
    return [sys.executable, "-I", "-S", landlock.__file__, *words, "--", program, *command[1:]]
