"""Mutations of a corpus: what a flipped bit, a cut cable and a malicious author make of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

INTERESTING = (
    b"", b"\0", b"\xff", b"-", b"=", b"'", b'"', b"[", b"{", b"*a", b"&a ", b"!!str ", b": ", b"\n",
    b"\r\n", b"- ", b"---\n", b"%YAML 1.1\n", b"<<: ", b"\t", b"\x1b[2J", "\u202e".encode(),
    b"1e999", b"nan", b".inf", b"9" * 30, b"-1", b"0x", b"1_0", bytes(3) + b"\x80",
    b"A" * 5000, b"[" * 500, b"{a: " * 300, b'{"a":' * 300, "\u00b2".encode(), b",,,,", b"null",
)  # fmt: skip

Mutation = Callable[[bytearray, random.Random, Sequence[bytes]], bytearray]


def flip(data: bytearray, rng: random.Random, corpus: Sequence[bytes]) -> bytearray:
    for _ in range(rng.choice((1, 1, 2, 8))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def cut(data: bytearray, rng: random.Random, corpus: Sequence[bytes]) -> bytearray:
    return data[: rng.randrange(len(data) + 1)]


def leave_out(data: bytearray, rng: random.Random, corpus: Sequence[bytes]) -> bytearray:
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[end:]


def insert(data: bytearray, rng: random.Random, corpus: Sequence[bytes]) -> bytearray:
    start = rng.randrange(len(data) + 1)
    return data[:start] + rng.choice(INTERESTING) + data[start:]


def overwrite(data: bytearray, rng: random.Random, corpus: Sequence[bytes]) -> bytearray:
    start, new = rng.randrange(len(data) + 1), rng.choice(INTERESTING)
    data[start : start + len(new)] = new
    return data


def repeat(data: bytearray, rng: random.Random, corpus: Sequence[bytes]) -> bytearray:
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[start:end] * rng.choice((1, 2, 20)) + data[end:]


def splice(data: bytearray, rng: random.Random, corpus: Sequence[bytes]) -> bytearray:
    other = rng.choice(corpus)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def swap_lines(data: bytearray, rng: random.Random, corpus: Sequence[bytes]) -> bytearray:
    lines = data.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return bytearray(b"\n".join(lines))


MUTATIONS: tuple[Mutation, ...] = (
    flip, cut, leave_out, insert, overwrite, repeat, splice, swap_lines,
)  # fmt: skip


def mutated(corpus: Sequence[bytes], rng: random.Random) -> bytes:
    """One to four mutations of one entry."""
    data = bytearray(rng.choice(corpus))
    for _ in range(rng.choice((1, 1, 2, 4))):
        data = rng.choice(MUTATIONS)(data, rng, corpus)
    return bytes(data)
