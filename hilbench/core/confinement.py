"""Programs that may touch only the files they were given (core/landlock.py).

An emulator runs firmware that nobody has vetted, and semihosting lets firmware open, remove and
rename files of the host. The kernel refuses that, whatever the emulator is talked into.
"""

from __future__ import annotations

import gc
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

from hilbench.core import landlock
from hilbench.core.errors import TargetError
from hilbench.core.landlock import Rule

T = TypeVar("T")

# Programs and their libraries; a read-only look at them is nobody's secret.
_SYSTEM = (
    "/usr", "/bin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store",
    "/etc/ld.so.cache", "/etc/ld.so.preload", "/dev/null", "/dev/urandom",
)  # fmt: skip
_BESIDE = ("lib", "lib64", "libexec", "share/qemu")
_RENAMES = 2
"""The version of Landlock since which files may be renamed across folders."""
NEEDS = "Linux 5.13 or later with Landlock"


@cache
def available() -> int:
    """Which version of Landlock the kernel has, 0 where programs cannot be confined."""
    return landlock.version() if sys.platform == "linux" else 0


def rules(
    program: str,
    *,
    reads: Iterable[Path] = (),
    writes: Iterable[Path] = (),
    sockets: Iterable[Path] = (),
) -> tuple[Rule, ...]:
    """What lets `program` use the system's programs and libraries, and what is named here.

    `reads` are files and folders, `writes` files that exist, `sockets` folders in which it may
    make one. None at all where the kernel cannot confine, and for a program that is not there.
    """
    found = shutil.which(program)
    if found is None or not available():
        return ()
    home = Path(found).resolve()
    beside = [home.parent.parent / name for name in _BESIDE]
    return (
        *(("r", str(path)) for path in (*_SYSTEM, found, home, *beside)),
        ("w", "/dev/null"),
        *(("r", str(path.absolute())) for path in reads),
        *(("w", str(path.absolute())) for path in writes),
        *(("s", str(path.absolute())) for path in sockets),
    )


def change_nothing_but(folder: Path) -> None:
    """From here on this thread, and all that it starts, writes, makes and removes nothing outside.

    Called by a child before it opens what others made: a graph of TensorFlow writes any file
    when it runs, and an interpreter may be talked into anything. It reads as before, and reaches
    no network. Where the kernel cannot, nothing is closed.
    """
    if available() >= _RENAMES:
        landlock.restrict([("c", str(folder.absolute())), ("w", "/dev")], landlock.CHANGING)


_one_at_a_time = threading.Lock()


@contextmanager
def confined(given: Sequence[Rule], start: Callable[[], T]) -> Iterator[T]:
    """What `start` gives in a thread that may touch only what the rules name.

    The kernel confines threads, and what they start: no other program has to be run for it. The
    thread stays for the block, as its end would be that of its children (core/processes.py).
    Raises what `start` raises, and TargetError where the kernel refuses.
    """
    result: Future[T] = Future()
    over = threading.Lock()
    over.acquire()

    def work() -> None:
        try:
            with _one_at_a_time, _no_collection():
                _restrict(given)
                result.set_result(start())
        except BaseException as error:  # noqa: BLE001 - whoever waits for the result raises it
            result.set_exception(error)
        over.acquire()

    thread = threading.Thread(target=work, name="confined", daemon=True)
    thread.start()
    try:
        yield result.result()
    finally:
        over.release()
        thread.join()


def _restrict(given: Sequence[Rule]) -> None:
    try:
        landlock.restrict(given)
    except OSError as error:
        raise TargetError(f"the kernel does not confine the emulator: {error.strerror}") from error


@contextmanager
def _no_collection() -> Iterator[None]:
    """What others left behind is not tidied up by a thread that can reach no file."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
