"""The firmware's core as a process of this computer, under sanitizers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import host_firmware as host
import psutil
import pytest

from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, LinkError, TargetError
from hilbench.image import image
from hilbench.link.exchange import Exchange
from hilbench.link.frame import PAYLOAD_MAX, Frame, encode
from hilbench.link.messages import (
    DATA_MAX,
    Data,
    Done,
    Hello,
    Init,
    Invoke,
    Invoked,
    Read,
    Ready,
    Statistics,
    Stats,
    Tensor,
    TensorInfo,
    Write,
)
from hilbench.link.session import Schedule, benchmark

ENGINE = """
#include "engine.h"

#include <stddef.h>

const char engine_name[] = "tripler";
const char engine_model[] = "";

static int8_t given[%(bytes)d], made[%(bytes)d];
static const struct engine_tensor input = {given, sizeof given, HB_INT8};
static const struct engine_tensor output = {made, sizeof made, HB_INT8};
static volatile uint32_t last = sizeof given - 1;

int engine_init(void) { return 0; }
void engine_reset(void) {}
const char *engine_error(void) { return ""; }
const struct engine_tensor *engine_input(uint32_t i) { return i == 0 ? &input : NULL; }
const struct engine_tensor *engine_output(uint32_t i) { return i == 0 ? &output : NULL; }

int engine_invoke(void)
{
    if (given[0] == 1)
        last = sizeof given;
    for (uint32_t i = 0; i <= last; i++)
        made[i] = (int8_t)(given[i] * 3);
    return 0;
}
"""
SIZE = 3000


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host")
    return build(folder, ENGINE % {"bytes": SIZE})


def build(folder: Path, engine: str) -> Path:
    source = folder / "engine.c"
    source.write_text(engine)
    sources = replace(image.base_sources(), engine="tripler", sources=(source,))
    return host.build(sources, folder / "build", Deadline.after(60, "building"))


@pytest.fixture
def exchange(program: Path, tmp_path: Path):
    with host.start(program, tmp_path, Deadline.after(60, "running")) as running:
        talk = Exchange(running.stream, Deadline.after(60, "talking"), lambda _: "")
        talk.greet()
        yield talk
    assert psutil.Process().children() == []


def test_a_session(program: Path, tmp_path: Path) -> None:
    samples = [[bytes([s]) + bytes(range(1, 100)) * 29 + bytes(SIZE - 2872)] for s in (0, 2)]
    deadline = Deadline.after(60, "measuring")
    schedule = Schedule(warmups=1, repetitions=2, min_ticks=1000)
    with host.start(program, tmp_path, Deadline.after(60, "running")) as running:
        found = benchmark(running.stream, samples, schedule, deadline)
    assert found.outputs == tuple((bytes(3 * v % 256 for v in s[0]),) for s in samples)
    assert found.device.board == "host"
    assert found.device.inputs[0].bytes == SIZE
    assert found.self_test.endswith("host_ns for a loop of 400000 instructions")


def test_sanitizers_end_the_run_with_their_reason(program: Path, tmp_path: Path) -> None:
    deadline = Deadline.after(60, "measuring")
    with (
        pytest.raises(TargetError, match=r"AddressSanitizer: global-buffer-overflow|out of bounds"),
        host.start(program, tmp_path, Deadline.after(60, "running")) as running,
    ):
        benchmark(running.stream, [[b"\1" + bytes(SIZE - 1)]], Schedule(), deadline)


@pytest.mark.parametrize(
    "request_",
    [
        Write(0, SIZE - 3, b"1234"),
        Write(0, 2**32 - 1, b"12"),
        Write(1, 0, b"1"),
        Write(65535, 0, b""),
        Read(0, SIZE - 3, 4),
        Read(0, 2**32 - 1, 2),
        Read(1, 0, 1),
        Read(0, 0, DATA_MAX + 1),
        Tensor(0, 1),
        Tensor(1, 65535),
    ],
)
def test_arguments_out_of_range_are_refused(exchange: Exchange, request_) -> None:
    exchange.ask(Init(), Ready)
    with pytest.raises(LinkError, match="refused"):
        exchange.ask(request_, Done)
    assert exchange.ask(Tensor(0, 0), TensorInfo).size == SIZE


def test_nothing_but_greeting_and_self_test_before_init(exchange: Exchange) -> None:
    with pytest.raises(LinkError, match="refused to answer INVOKED: INIT comes first"):
        exchange.ask(Invoke(1), Invoked)


def test_largest_read_and_write(exchange: Exchange) -> None:
    exchange.ask(Init(), Ready)
    data = bytes([2, *range(1, 256)]) * (DATA_MAX // 256)
    exchange.ask(Write(0, 0, data), Done)
    exchange.ask(Invoke(1), Invoked)
    assert exchange.ask(Read(0, 0, DATA_MAX), Data).data == bytes(3 * v % 256 for v in data)


def test_garbage_and_old_requests_are_counted_and_dropped(program: Path, tmp_path: Path) -> None:
    with host.start(program, tmp_path, Deadline.after(60, "running")) as running:
        stream = running.stream
        talk = Exchange(stream, Deadline.after(60, "talking"), lambda _: "")
        stream.write(bytes(range(1, 256)) * 40 + b"\0")
        talk.greet()
        talk.ask(Init(), Ready)
        stream.write(encode(Frame(Init.number, 9, b"")))
        stream.write(encode(Frame(Init.number, 2, b"")))
        stream.write(encode(Frame(Write.number, 3, bytes(PAYLOAD_MAX)))[:-9] + b"\0")
        found = talk.ask(Stats(), Statistics)
    assert (found.broken_frames, found.repeats, found.stale_frames) == (2, 1, 1)
    assert talk.stale_answers == 1


def test_a_new_session_takes_over_an_abandoned_one(program: Path, tmp_path: Path) -> None:
    with host.start(program, tmp_path, Deadline.after(60, "running")) as running:
        for _ in range(3):
            talk = Exchange(running.stream, Deadline.after(60, "talking"), lambda _: "")
            assert talk.greet().engine == "tripler"
            talk.ask(Init(), Ready)


def test_another_schema_is_refused_by_the_firmware(program: Path, tmp_path: Path) -> None:
    with host.start(program, tmp_path, Deadline.after(60, "running")) as running:
        talk = Exchange(running.stream, Deadline.after(60, "talking"), lambda _: "")
        with pytest.raises(LinkError, match="the firmware speaks another schema"):
            talk.ask(Hello(99, 1), Done)


def test_a_hanging_engine_ends_with_the_deadline(tmp_path: Path) -> None:
    hangs = ENGINE.replace("if (given[0] == 1)", "while (given[0] == 1)")
    program = build(tmp_path, hangs % {"bytes": 1})
    deadline = Deadline.after(1, "measuring")
    with (
        pytest.raises(DeadlineExceeded, match="no answer to INVOKE"),
        host.start(program, tmp_path, Deadline.after(60, "running")) as running,
    ):
        benchmark(running.stream, [[b"\1"]], Schedule(), deadline)
    assert psutil.Process().children() == []
