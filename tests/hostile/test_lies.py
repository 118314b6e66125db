"""A device that answers in perfect frames and lies in them: one line, or a measurement."""

from __future__ import annotations

import random

import pytest
from fake_device import Doubler, FakeDevice, Wire

from hilbench.core.artifacts import Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.errors import HilbenchError
from hilbench.link.frame import Decoder, Frame, encode
from hilbench.link.session import Schedule, benchmark

SCHEDULE = Schedule(warmups=1, repetitions=2, min_ticks=100)
VALUES = (
    b"\0",
    b"\1",
    b"\x7f",
    b"\x80",
    b"\xff",
    bytes(4),
    b"\xff" * 4,
    b"\xff\xff\xff\x7f",
    b"\x1b[2J",
)


def lying(about: int, rng: random.Random) -> Wire:
    """The answer number `about` has other bytes, another length or another kind."""

    def wire(number: int, data: bytes) -> bytes:
        if number != about:
            return data
        (frame,) = Decoder().feed(data)
        payload = bytearray(frame.payload)
        kind = frame.number
        match rng.randrange(4):
            case 0:
                kind = rng.choice([0x81, 0x82, 0x83, 0x84, 0x85, 0x87, 0x88, 0x89, 0xE0, 0xF0, 3])
            case 1:
                payload = payload[: rng.randrange(len(payload) + 1)]
            case 2:
                payload += rng.choice(VALUES)
            case 3:
                new = rng.choice(VALUES)
                start = rng.randrange(len(payload) + 1)
                payload[start : start + len(new)] = new
        return encode(Frame(kind, frame.sequence, bytes(payload)))

    return wire


@pytest.mark.timeout(120)
@pytest.mark.parametrize("about", range(12))
def test_lies_in_any_answer(about: int) -> None:
    rng = random.Random(about)
    for _ in range(12):
        device = FakeDevice(Doubler(), to_host=lying(about, rng))
        try:
            found = benchmark(device, [[bytes(16)]], SCHEDULE, Deadline.after(0.5, "the session"))
        except HilbenchError as error:
            assert "\n" not in str(error)
            assert "\x1b" not in str(error)
        else:
            assert isinstance(found, Measurement)
