"""A lie in each field of each message is one line, before anything is measured where it can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fake_device import TRUTH, Doubler, FakeDevice

from hilbench.core.artifacts import DeviceTensor, Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.errors import JobError, LinkError
from hilbench.link.messages import (
    MESSAGES,
    Data,
    Done,
    Fault,
    Info,
    Invoked,
    Message,
    Ready,
    Refused,
    SelfTested,
    Statistics,
    TensorInfo,
    wire_types,
)
from hilbench.link.session import Schedule, benchmark

SAMPLES = [[bytes(range(s, s + 16))] for s in range(3)]
TENSOR = (DeviceTensor("int8", 16),)
EXPECTED = replace(TRUTH, inputs=TENSOR, outputs=TENSOR, stack_bytes=4096)

# What the firmware says instead of the truth, and what becomes of it.
LIES: list[tuple[type[Message], str, Any, str]] = [
    (Info, "schema", 9, "the firmware speaks schema 9 of the link, this hilbench"),
    (Info, "board", "nucleo", "it says board 'nucleo' instead of 'fake'"),
    (Info, "engine", "other", "it says engine 'other' instead of 'doubler'"),
    (Info, "model", "0000", "it says model '0000' instead of ''"),
    (Info, "image", "stale", "it says image 'stale' instead of 'fake'"),
    (Info, "counter", "dwt", "it says counter 'dwt' instead of 'fake'"),
    (Info, "counter_unit", "cycles", "it says counter unit 'cycles' instead of 'instructions'"),
    (Info, "counter_hz", 7, "it says counter hz '7' instead of '1000'"),
    (Info, "counter_per_tick", 2, "it says counter per tick '2' instead of '1'"),
    (SelfTested, "ticks", 5, "failed its self-test: 5 instructions for a loop of 400000"),
    (SelfTested, "empty_ticks", 10**6, "failed its self-test: -600000 instructions"),
    (Ready, "inputs", 65535, "it says inputs '65535' instead of '1'"),
    (Ready, "outputs", 0, "it says outputs '0' instead of '1'"),
    (TensorInfo, "dtype", 255, "it says inputs '255 of 16 bytes' instead of 'int8 of 16 bytes'"),
    (TensorInfo, "size", 2**32 - 1, "it says inputs 'int8 of 4294967295 bytes' instead of"),
    (Invoked, "inputs_kept", 2, "INVOKED: inputs_kept is 2, which is neither 0 nor 1"),
    (Data, "data", b"short", "DATA: 5 bytes came, 16 were asked for"),
    (Statistics, "stack_size", 64, "it says stack '64 bytes' instead of '4096 bytes'"),
    (Statistics, "stack_size", 0, "it says stack '0 bytes' instead of '4096 bytes'"),
    (Statistics, "stack_used", 4096, "all 4096 bytes of the stack were used"),
]
# Fields whose value only the device can know, and nothing else depends on; the ticks of an
# invocation are compared with the plugin's count on emulated boards (pipeline.modelled).
FREE = {
    (Invoked, "ticks"),
    *((Statistics, n) for n in ("overruns", "broken_frames", "repeats", "stale_frames")),
    *((kind, name) for kind in (Refused, Fault) for name in wire_types(kind)),
}


def measure(device: FakeDevice) -> Measurement:
    deadline = Deadline.after(20, "the test")
    return benchmark(device, SAMPLES, Schedule(), deadline, expected=EXPECTED)


def test_the_truth_passes() -> None:
    assert measure(FakeDevice(Doubler())).device.board == "fake"


@pytest.mark.parametrize(
    ("message", "field", "value", "said"), LIES, ids=[f"{m.__name__}.{f}" for m, f, _, _ in LIES]
)
def test_a_lie_is_one_line(message: type[Message], field: str, value: Any, said: str) -> None:
    engine = Doubler()
    with pytest.raises(JobError) as refused:
        measure(FakeDevice(engine, lies={message: {field: value}}))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    if message in (Info, SelfTested, Ready, TensorInfo):
        assert engine.invocations == 0, "it is refused before anything is measured"


def test_every_field_of_every_answer_is_tried() -> None:
    answers = [m for m in MESSAGES.values() if m.sender == "device" and m is not Done]
    fields = {(message, name) for message in answers for name in wire_types(message)}
    assert fields == FREE | {(message, name) for message, name, _, _ in LIES}


def test_all_that_differs_is_said_at_once_with_its_remedy() -> None:
    device = FakeDevice(Doubler(), lies={Info: {"board": "b", "image": "i"}})
    with pytest.raises(LinkError) as refused:
        measure(device)
    assert str(refused.value) == (
        "the firmware is not the job's: it says board 'b' instead of 'fake', "
        "image 'i' instead of 'fake' (is another image loaded, or the console another board's?)"
    )
