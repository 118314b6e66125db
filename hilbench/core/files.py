"""Reading a file that a user named: a file indeed, and no larger than it can be."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

MIB = 1 << 20

_NOTHING = "has nothing to read now"
_KINDS = (
    (stat.S_ISDIR, "a folder, not a file"),
    (stat.S_ISFIFO, "a pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)


def read(path: Path, limit: int) -> bytes:
    """The whole content; at most `limit` bytes.

    Nothing here waits: a pipe or device that would is refused before it is opened.
    Raises OSError, its `strerror` fit for a message.
    """
    with opened(path) as file:
        status = os.fstat(file.fileno())
        data = file.read(limit + 1) if status.st_size <= limit else b""
    if data is None:
        raise OSError(errno.EAGAIN, _NOTHING)
    if max(status.st_size, len(data)) > limit:
        raise OSError(errno.EFBIG, f"has more than {limit // MIB} MiB")
    return data


def tail(path: Path, size: int) -> bytes:
    """Its last bytes, fewer where it has no more. Raises OSError as `read` does."""
    with opened(path) as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - size))
        data = file.read(size)
    if data is None:
        raise OSError(errno.EAGAIN, _NOTHING)
    return data


def beginning(path: Path, size: int) -> bytes:
    """Its first bytes, fewer where it has no more. Raises OSError as `read` does."""
    with opened(path) as file:
        data = file.read(size)
    if data is None:
        raise OSError(errno.EAGAIN, _NOTHING)
    return data


def check(path: Path, limit: int) -> None:
    """Raises OSError unless it is a file of at most `limit` bytes, or a folder of such ones.

    A link counts as what it leads to.
    """
    for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if each.is_dir():
            continue
        with opened(each) as file:
            if os.fstat(file.fileno()).st_size > limit:
                raise OSError(errno.EFBIG, f"{each.name} has more than {limit // MIB} MiB")


def check_replaceable(path: Path) -> None:
    """Raises OSError where something else than a file stands, as a device: it would be gone."""
    try:
        _check(path.stat().st_mode)
    except FileNotFoundError:
        return


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """The file to read in, refused as in `read`. Raises OSError."""
    _check(path.stat().st_mode)
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        _check(os.fstat(file.fileno()).st_mode)
        yield file


def _check(mode: int) -> None:
    for is_kind, what in _KINDS:
        if is_kind(mode):
            raise OSError(errno.EINVAL, f"is {what}")


def full(folder: Path) -> bool:
    """Whether its disk has next to nothing left: why writing there fails. Raises OSError."""
    return shutil.disk_usage(folder).free < MIB


def why(error: Exception) -> str:
    """What a failed `read` says: the system's words, or those of a name that cannot be one."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
