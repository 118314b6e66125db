"""Linux's Landlock: a thread that may touch only the files it was given.

`r` lets it read and execute what is below a path, `w` write a file that is there, `s` make a
socket in a folder, `c` change all that is below a folder. Everything else in the file system is
closed to the thread and to all that it starts, whoever it runs as; files that are open already
(a console, a log) stay usable. Where the kernel can, TCP, abstract sockets and signals to others
are closed as well.

The numbers are those of linux/landlock.h (docs.kernel.org/userspace-api/landlock.html).
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Sequence

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG, PATH_BENEATH, NO_NEW_PRIVS = 1, 1, 38
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, MAKE_SOCK, TRUNCATE = (
    1 << bit for bit in (0, 1, 2, 3, 9, 14)
)
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
READING = EXECUTE | READ_FILE | READ_DIR
CHANGING = sum(1 << bit for bit in (1, *range(4, 15)))
"""To write, truncate, make, remove and rename; the last across folders since version 2."""
RIGHTS = {"r": READING, "w": WRITE_FILE | TRUNCATE, "s": MAKE_SOCK, "c": CHANGING}
# How many rights of files each version of the interface knows, and the bits of the others.
FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NET_BITS, SCOPE_BITS = 0b11, 0b11

Rule = tuple[str, str]
"""A right, `r`, `w`, `s` or `c`, and a path."""

libc = ctypes.CDLL(None, use_errno=True)


class Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scope", ctypes.c_uint64))


class PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Which version of Landlock this kernel has, 0 without it."""
    try:
        return max(0, _call(CREATE_RULESET, None, 0, VERSION_FLAG))
    except OSError:
        return 0


def restrict(rules: Sequence[Rule], closed: int = -1) -> None:
    """Close everything but `rules` to this thread, for good: of files the rights in `closed`.

    Raises OSError.
    """
    found = version()
    files = closed & ((1 << FILE_BITS.get(found, FILE_BITS[5])) - 1)
    attributes = Ruleset(files, NET_BITS, SCOPE_BITS)
    size = 8 if found < 4 else 16 if found < 6 else 24
    ruleset = _call(CREATE_RULESET, ctypes.byref(attributes), size, 0)
    try:
        for right, path in rules:
            _allow(ruleset, path, RIGHTS[right] & files)
        if libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "no_new_privs")
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= FILE_RIGHTS
        rule = PathBeneath(rights, place)
        _call(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    result = int(libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
