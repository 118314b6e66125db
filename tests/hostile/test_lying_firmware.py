"""Firmware that lies in each field of each of its answers, on the emulator, and floods its console.

The board's own console driver changes what the runtime says, so that even the greeting lies. What
to lie about comes with the input of a first session, which is honest; the second is not.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from hilbench.config import board as boards
from hilbench.config.board import Board
from hilbench.core.artifacts import ByteStream, DeviceTensor, Firmware, Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, HilbenchError
from hilbench.core.paths import firmware_dir
from hilbench.core.settings import Settings
from hilbench.image import image
from hilbench.link.exchange import Exchange
from hilbench.link.messages import (
    MESSAGES,
    Done,
    Fault,
    Info,
    Invoked,
    Message,
    Refused,
    Statistics,
    wire_types,
)
from hilbench.link.session import Schedule, benchmark
from hilbench.pipeline import identity, logs
from hilbench.targets import qemu

pytestmark = pytest.mark.emulator
SCHEDULE = Schedule(warmups=0, repetitions=1, min_ticks=0)
BYTES = 8
FLOOD_TEXT, FLOOD_FRAMES = 1, 2

DRIVER = """
#define uart_write honest_write
#include "%(shipped)s"
#undef uart_write

#include "frame.h"
#include "liar.h"

struct lie lie;

static void pass_on(const struct frame *said)
{
    static struct frame sent;
    static bool armed;
    const uint8_t number = frame_number(said);
    struct wire_reader r = frame_payload(said);
    struct wire_writer w = frame_begin(&sent, number, frame_sequence(said));

    for (uint32_t i = 0; r.at < r.end; i++) {
        const bool here = armed && number == lie.number && i == lie.at;
        wire_put_u8(&w, wire_get_u8(&r) ^ (here ? lie.mask : 0));
    }
    frame_end(&sent, &w);
    frame_send(&sent, honest_write);
    armed |= number == MSG_STATISTICS;
}

void uart_write(const uint8_t *data, uint32_t size)
{
    static struct frame_receiver receiver;

    if (receiver.cobs.data == NULL)
        frame_receiver_init(&receiver);
    for (uint32_t i = 0; i < size; i++)
        if (frame_receive(&receiver, data[i]))
            pass_on(&receiver.frame);
}
"""
HEADER = """
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void honest_write(const uint8_t *data, uint32_t size);
extern struct lie { uint8_t number, mask; uint32_t at; } lie;
"""
ENGINE = """
#include "engine.h"
#include "frame.h"
#include "liar.h"

const char engine_name[] = "liar";
const char engine_model[] = "%(model)s";

static uint8_t in[%(bytes)d], out[%(bytes)d];
static const struct engine_tensor input = {in, sizeof in, HB_INT8};
static const struct engine_tensor output = {out, sizeof out, HB_INT8};

int engine_init(void) { return 0; }
void engine_reset(void) {}
const char *engine_error(void) { return ""; }
const struct engine_tensor *engine_input(uint32_t i) { return i == 0 ? &input : NULL; }
const struct engine_tensor *engine_output(uint32_t i) { return i == 0 ? &output : NULL; }

int engine_invoke(void)
{
    while (in[0] == %(text)d)
        honest_write((const uint8_t *)"\\x1b[2Jflood\\n", 10);
    while (in[0] == %(frames)d) {
        static struct frame stale;
        const struct wire_writer nothing = frame_begin(&stale, MSG_DONE, 4242);
        frame_end(&stale, &nothing);
        frame_send(&stale, honest_write);
    }
    if (in[0] != 0)
        lie = (struct lie){.number = in[0], .mask = 0x40, .at = in[1]};
    for (uint32_t i = 0; i < sizeof in; i++)
        out[i] = in[i];
    return 0;
}
"""
BOARD = """
schema: 1
name: liar
description: an emulated board whose console lies
cpu: {core: cortex-m4, fpu: fpv4-sp-d16, isa: [dsp]}
clock_hz: 25000000
memory:
  flash: {origin: 0x00000000, length: 2M}
  ram: {origin: 0x20000000, length: 640K}
stack: 4K
uart: {driver: liar}
counter: {driver: cmsdk, base: 0x40000000, irq: 8, hz: 25000000, unit: instructions, per_tick: 40}
target: {kind: qemu, machine: mps2-an386}
"""
# What only the device can know; the ticks of emulated boards are compared with the plugin's count.
FREE = {
    (Invoked, "ticks"),
    *((Statistics, name) for name in ("overruns", "broken_frames", "repeats", "stale_frames")),
}
ANSWERS = [m for m in MESSAGES.values() if m.sender == "device" and m not in (Done, Refused, Fault)]
FIELDS = [(message, name) for message in ANSWERS for name in wire_types(message)]
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i32": 4}


@dataclass(frozen=True)
class Liar:
    board: Board
    firmware: Firmware
    sources: image.EngineSources

    @contextmanager
    def start(self, folder: Path, deadline: Deadline) -> Iterator[ByteStream]:
        confined = replace_uart(self.board)
        target = qemu.TARGET(Settings.read())
        with target.start(self.firmware.elf, confined, folder, deadline) as running:
            yield running.stream

    def measure(self, stream: ByteStream, sample: bytes, deadline: Deadline) -> Measurement:
        tensor = (DeviceTensor("int8", BYTES),)
        said = identity.of(self.board, self.sources, self.firmware)
        expected = replace(said, inputs=tensor, outputs=tensor)
        return benchmark(stream, [[sample]], SCHEDULE, deadline, expected=expected)


def replace_uart(board: Board) -> Board:
    """The same board for QEMU, which gives semihosting to a driver of that name only."""
    return board.model_copy(update={"uart": type(board.uart)(driver="semihosting")})


@pytest.fixture(scope="module")
def liar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liar]:
    folder = tmp_path_factory.mktemp("boards") / "liar"
    (folder / "uart").mkdir(parents=True)
    (folder / "board.yaml").write_text(BOARD)
    shipped = firmware_dir() / "uart" / "semihosting.c"
    (folder / "uart" / "liar.c").write_text(DRIVER % {"shipped": shipped})
    build = tmp_path_factory.mktemp("liar")
    (build / "liar.h").write_text(HEADER)
    model = "00" * 32
    values = {"model": model, "bytes": BYTES, "text": FLOOD_TEXT, "frames": FLOOD_FRAMES}
    (build / "engine.c").write_text(ENGINE % values)
    sources = replace(
        image.base_sources(),
        engine="liar",
        model_sha256=model,
        sources=(build / "engine.c",),
        include_dirs=(build,),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boards, "boards", lambda: {"liar": folder / "board.yaml"})
        board = boards.load_board("liar")
        made = image.build(sources, board, build / "build", Deadline.after(100, "building"))
        yield Liar(board, made, sources)


@pytest.fixture(autouse=True)
def nothing_stays_behind(tmp_path: Path) -> Iterator[None]:
    yield
    assert psutil.Process().children(recursive=True) == []
    assert {path.name for path in tmp_path.iterdir()} == {"qemu.log"}


def offset(message: type[Message], name: str, greeting: Info) -> int:
    """Of a byte that says something else when it changes: an integer's highest, a text's first."""
    at = 0
    for field, kind in wire_types(message).items():
        if field == name:
            return at + (SIZES[kind] - 1 if kind in SIZES else 2 if kind == "str" else 0)
        at += SIZES.get(kind) or 2 + len(getattr(greeting, field))
    raise KeyError(name)


@pytest.mark.parametrize(("message", "field"), FIELDS, ids=[f"{m.__name__}.{f}" for m, f in FIELDS])
def test_a_lie(liar: Liar, tmp_path: Path, message: type[Message], field: str) -> None:
    """Refused in one line, unless nobody but the device can know; then outputs stay true."""
    deadline = Deadline.after(60, "measuring")
    with liar.start(tmp_path, deadline) as stream:
        greeting = Exchange(stream, deadline, lambda _: "").greet()
        about = bytes([message.number, offset(message, field, greeting)]).ljust(BYTES, b"\0")
        assert liar.measure(stream, about, deadline).outputs == ((about,),)
        try:
            found = liar.measure(stream, bytes(BYTES), Deadline.after(20, "measuring"))
        except HilbenchError as error:
            assert (message, field) not in FREE
            assert str(error).isprintable()
        else:
            assert (message, field) in FREE
            assert found.outputs == ((bytes(BYTES),),)


@pytest.mark.parametrize("flood", [FLOOD_TEXT, FLOOD_FRAMES])
def test_a_flood(
    liar: Liar, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, flood: int
) -> None:
    folder = tmp_path_factory.mktemp("logs")
    deadline = Deadline.after(3, "measuring")
    memory = psutil.Process().memory_info().rss
    with (
        pytest.raises(DeadlineExceeded, match=r"^measuring took longer than 3 s: no answer") as end,
        liar.start(tmp_path, deadline) as stream,
        logs.kept(folder),
    ):
        liar.measure(stream, struct.pack("<B7x", flood), deadline)
    assert str(end.value).isprintable()
    assert psutil.Process().memory_info().rss - memory < 64 << 20
    assert (folder / logs.FILE).stat().st_size < 1 << 20
