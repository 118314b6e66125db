"""Frames survive whatever stands between them, and nothing broken passes for one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hilbench.link.frame import PAYLOAD_MAX, Decoder, Frame, encode

frames = st.builds(
    Frame, st.integers(0, 255), st.integers(0, 65535), st.binary(max_size=PAYLOAD_MAX)
)


def test_layout_of_a_frame() -> None:
    """The bytes of docs/protocol.md: number 5, sequence 1, no payload, CRC of 05 01 00."""
    assert encode(Frame(5, 1, b"")) == bytes.fromhex("00 0305 01 05b82a91e0 00")


@given(st.lists(frames, max_size=4), st.randoms(use_true_random=False))
def test_frames_come_back_however_the_bytes_are_cut(sent: list[Frame], random) -> None:
    data = b"".join(map(encode, sent))
    decoder, received = Decoder(), []
    while data:
        size = random.randint(1, len(data))
        received += decoder.feed(data[:size])
        data = data[size:]
    assert received == sent
    assert decoder.garbage_bytes == 0


@given(frames, st.binary(max_size=200), st.binary(max_size=200))
def test_garbage_around_a_frame_costs_nothing(frame: Frame, before: bytes, after: bytes) -> None:
    decoder = Decoder()
    received = decoder.feed(before + encode(frame) + after)
    assert frame in received


@given(frames, st.data())
def test_one_changed_byte_is_never_another_frame(frame: Frame, data) -> None:
    wire = bytearray(encode(frame))
    position = data.draw(st.integers(0, len(wire) - 1))
    wire[position] ^= data.draw(st.integers(1, 255))
    assert all(received == frame for received in Decoder().feed(bytes(wire)))


@given(frames, frames, st.data())
def test_a_truncated_frame_does_not_take_the_next_one_along(
    first: Frame, second: Frame, data
) -> None:
    wire = encode(first)
    cut = data.draw(st.integers(0, len(wire) - 2))
    assert Decoder().feed(wire[:cut] + encode(second))[-1] == second


def test_endless_garbage_takes_no_memory_and_is_reported() -> None:
    decoder = Decoder()
    for _ in range(100):
        decoder.feed(b"\x55" * 1000)
    assert len(decoder._pending) <= 1100
    decoder.feed(b"\0")
    assert decoder.garbage_bytes == 100_000
    assert decoder.garbage_head == b"\x55" * 16
    assert decoder.feed(encode(Frame(1, 2, b"x"))) == [Frame(1, 2, b"x")]
