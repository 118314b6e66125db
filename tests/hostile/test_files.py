"""Whatever stands at the path of an input, and whatever bytes are in it: one line, and soon."""

from __future__ import annotations

import os
import socket
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from inputs import INPUTS, SECONDS, Input

from hilbench.core.errors import DataError, HilbenchError
from hilbench.core.text import printable
from hilbench.data import files

Place = Callable[[Path], Path]
NAMED = [each for each in INPUTS if each.named]


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def unix_socket(path: Path) -> Path:
    here = Path.cwd()
    os.chdir(path.parent)  # its address has room for 107 characters
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)
    return path


def loop(path: Path) -> Path:
    path.symlink_to(path.name)
    return path


def nowhere(path: Path) -> Path:
    path.symlink_to("nowhere")
    return path


def endless(path: Path) -> Path:
    path.symlink_to("/dev/zero")
    return path


def enormous(path: Path) -> Path:
    """8 GiB that take no room on the disk."""
    with path.open("wb") as file:
        file.truncate(8 << 30)
    return path


PLACES: dict[str, Place] = {
    "missing": lambda path: path,
    "below a file": lambda path: (path.touch(), path / "x")[1],
    "folder": folder,
    "pipe": pipe,
    "socket": unix_socket,
    "link to itself": loop,
    "link to nowhere": nowhere,
    "/dev/zero": endless,
    "/dev/null": lambda _: Path("/dev/null"),
    "a terminal's device": lambda _: Path("/dev/ptmx"),
    "the kernel's messages": lambda _: Path("/proc/kmsg"),
    "8 GiB": enormous,
    "a name with a zero": lambda path: path.with_name("a\0b"),
    "a name too long": lambda path: path.with_name("n" * 300),
    "a name with an escape": lambda path: path.with_name("a\x1b[2J\nb"),
    "a name that is not UTF-8": lambda path: path.with_name(os.fsdecode(b"a\xff")),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("each", NAMED, ids=lambda each: each.name)
def test_a_path_that_is_no_file(each: Input, place: str, tmp_path: Path) -> None:
    refused(each, PLACES[place](tmp_path / f"input{each.suffix}"))


CONTENTS = {
    "nothing": b"",
    "a newline": b"\n",
    "zeros": bytes(4096),
    "noise": bytes(range(256)) * 16,
    "half a character": b"schema: \xc3",
    "UTF-16": "schema: 1\n".encode("utf-16"),
    "control characters": b"schema\x1b]0;t\x07,model\n\x9b2J\n",
    "a page of the web": b"<!DOCTYPE html><html><body>404</body></html>",
    "a pickle": b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94.",
    "a call in YAML": b"!!python/object/apply:os.system ['true']\n",
    "an alias bomb": b"a: &a [1,1]\n" + b"".join(
        b"%c: &%c [*%c,*%c]\n" % (c, c, c - 1, c - 1) for c in range(98, 123)
    ),
    "2,000 brackets": b"[" * 2000,
    "3,000 braces": b"{a: " * 3000,
    "a million brackets": b"[" * 1_000_000,
    "an endless tag": b"!<" + b"x" * 900_000 + b">",
    "5,001 digits": b"schema: " + b"9" * 5001,
    "a line of 10 MB": b"x" * 10_000_000,
    "200,000 lines": b"schema,x\n" * 200_000,
    "an unclosed quote": b'schema,model\n1,"' + b"x" * 1000,
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("each", INPUTS, ids=lambda each: each.name)
def test_bytes_that_are_something_else(each: Input, content: str, tmp_path: Path) -> None:
    path = tmp_path / f"input{each.suffix}"
    path.write_bytes(CONTENTS[content])
    if each.stream:
        with suppress(*each.refuses):
            each.take(path)
    else:
        refused(each, path)


def refused(each: Input, path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(each.refuses) as caught:
        each.take(path)
    assert time.monotonic() - started < SECONDS
    said = str(caught.value)
    assert isinstance(caught.value, HilbenchError)
    assert said == printable(said)
    assert "\n" not in said
    assert len(said) < 2000


@pytest.mark.parametrize("each", INPUTS, ids=lambda each: each.name)
def test_the_corpus_itself_is_sound(each: Input, tmp_path: Path) -> None:
    """Else the mutations would try nothing."""
    for number, content in enumerate(each.corpus):
        path = tmp_path / f"{number}{each.suffix}"
        path.write_bytes(content)
        each.take(path)
    assert each.corpus


def _npy(shape: str, items: bytes = b"") -> bytes:
    """A file of numpy's that says it has that shape."""
    said = f"{{'descr': '|i1', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(said).to_bytes(2, "little") + said.encode() + items


def _npz(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", content)
    return path


def test_arrays_that_say_they_are_enormous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is the file, what is packed in it, or what its header promises."""
    monkeypatch.setattr(files, "LARGEST_ARRAYS", 1 << 20)
    npy = tmp_path / "a.npy"
    npy.write_bytes(_npy("(1125899906842624,)"))
    bomb = _npz(tmp_path / "b.npz", _npy("(2097152,)", bytes(1 << 21)))
    assert bomb.stat().st_size < 1 << 14
    sparse = tmp_path / "c.npy"
    sparse.write_bytes(_npy("(2097152,)"))
    os.truncate(sparse, 1 << 21)
    for path in (npy, _npz(tmp_path / "d.npz", npy.read_bytes()), bomb, sparse):
        with pytest.raises(DataError, match=r"holds (2 MiB, more than 1 MiB|more than the mem)"):
            files.read(path)


def test_labels_beyond_integers_stay_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,label\n1,inf\n2,1e300\n")
    assert list(files.read(path).arrays["labels"]) == [float("inf"), 1e300]
