"""Frames and messages in C beside those in Python, on the same bytes."""

from __future__ import annotations

import ctypes
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hilbench.core.paths import firmware_dir
from hilbench.link.frame import PAYLOAD_MAX, Decoder, Frame, encode

# A receiver and a sender with plain arguments.
SHIM = """
#include <string.h>

#include "frame.h"

static struct frame_receiver receiver;
static uint8_t sent[4096];
static uint32_t sent_size;

static void sink(const uint8_t *data, uint32_t size)
{
    if (size > 0)
        memcpy(sent + sent_size, data, size);
    sent_size += size;
}

void restart(void)
{
    frame_receiver_init(&receiver);
}

int receive(uint8_t byte, uint8_t *number, uint16_t *sequence, uint8_t *payload)
{
    if (!frame_receive(&receiver, byte))
        return -1;
    *number = frame_number(&receiver.frame);
    *sequence = frame_sequence(&receiver.frame);
    struct wire_reader r = frame_payload(&receiver.frame);
    memcpy(payload, r.at, (size_t)(r.end - r.at));
    return (int)(r.end - r.at);
}

uint32_t send(uint8_t number, uint16_t sequence, const uint8_t *payload, uint32_t size,
              uint8_t *out)
{
    static struct frame f;
    struct wire_writer w = frame_begin(&f, number, sequence);

    for (uint32_t i = 0; i < size; i++)
        wire_put_u8(&w, payload[i]);
    frame_end(&f, &w);
    sent_size = 0;
    frame_send(&f, sink);
    memcpy(out, sent, sent_size);
    return sent_size;
}
"""


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The core's framing as a library of the host."""
    folder = tmp_path_factory.mktemp("frames")
    (folder / "shim.c").write_text(SHIM)
    sources = [
        firmware_dir() / "runtime" / f"{name}.c" for name in ("cobs", "crc32", "frame", "wire")
    ]
    include = [f"-I{firmware_dir() / name}" for name in ("runtime", "include")]
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC"]
    checks = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"]
    library = folder / "frames.so"
    command = ["gcc", *flags, *checks, *include, *sources, folder / "shim.c", "-o", library]
    subprocess.run(command, check=True, timeout=60)
    return ctypes.CDLL(str(library))


def c_frames(core: ctypes.CDLL, data: bytes) -> list[Frame]:
    core.restart()
    number, sequence = ctypes.c_uint8(), ctypes.c_uint16()
    payload = ctypes.create_string_buffer(2048)
    found = []
    for byte in data:
        size = core.receive(byte, ctypes.byref(number), ctypes.byref(sequence), payload)
        if size >= 0:
            found.append(Frame(number.value, sequence.value, payload.raw[:size]))
    return found


def c_encode(core: ctypes.CDLL, frame: Frame) -> bytes:
    out = ctypes.create_string_buffer(4096)
    size = core.send(frame.number, frame.sequence, frame.payload, len(frame.payload), out)
    return out.raw[:size]


# Runs of 253 to 255 bytes without a zero are where COBS begins a new block.
payloads = st.one_of(
    st.binary(max_size=PAYLOAD_MAX),
    st.builds(
        lambda runs: b"\0".join(b"\x11" * run for run in runs)[:PAYLOAD_MAX],
        st.lists(st.integers(240, 260), max_size=4),
    ),
)
frames = st.builds(Frame, st.integers(0, 255), st.integers(0, 65535), payloads)


@given(frame=frames)
def test_both_sides_send_the_same_bytes(core: ctypes.CDLL, frame: Frame) -> None:
    assert c_encode(core, frame) == encode(frame)


@given(frame=frames, before=st.binary(max_size=40), after=st.binary(max_size=40))
def test_both_sides_find_a_frame_among_garbage(
    core: ctypes.CDLL, frame: Frame, before: bytes, after: bytes
) -> None:
    data = before + encode(frame) + after
    assert frame in c_frames(core, data)
    assert c_frames(core, data) == Decoder().feed(data)


@given(sent=st.lists(frames, min_size=1, max_size=3), data=st.data())
def test_both_sides_agree_on_damaged_bytes(core: ctypes.CDLL, sent: list[Frame], data) -> None:
    wire = bytearray(b"".join(map(encode, sent)))
    for _ in range(data.draw(st.integers(1, 5))):
        position = data.draw(st.integers(0, len(wire) - 1))
        match data.draw(st.sampled_from(["change", "drop", "double"])):
            case "change":
                wire[position] = data.draw(st.integers(0, 255))
            case "drop":
                del wire[position]
            case "double":
                wire.insert(position, wire[position])
    found = c_frames(core, bytes(wire))
    assert found == Decoder().feed(bytes(wire))
    assert all(frame in sent for frame in found)


def test_a_frame_that_is_too_long_is_dropped(core: ctypes.CDLL) -> None:
    too_long = encode(Frame(1, 1, bytes(PAYLOAD_MAX + 1)))
    fits = Frame(1, 2, bytes(PAYLOAD_MAX))
    assert c_frames(core, too_long + encode(fits)) == [fits]
    assert c_frames(core, b"\x55" * 10_000 + encode(fits)) == [fits]


def test_more_than_fits_is_cut_off(core: ctypes.CDLL) -> None:
    wire = c_encode(core, Frame(1, 1, b"x" * (PAYLOAD_MAX + 100)))
    assert Decoder().feed(wire) == [Frame(1, 1, b"x" * PAYLOAD_MAX)]
