"""A measurement from greeting to statistics.

The order of requests is fixed, so that the same image gives the same counts:
greet, timer self-test, engine initialisation, the cold first invocation,
warm-ups, repetitions (all on the first sample), every sample, statistics. In a
stream there are no repetitions: the samples are its steps, and each is timed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hilbench.arch.base import NO_WORDS, Faults
from hilbench.core.artifacts import ByteStream, DeviceInfo, DeviceTensor, Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.errors import LinkError, TargetError
from hilbench.link.exchange import Exchange
from hilbench.link.identity import Expected
from hilbench.link.messages import (
    DATA_MAX,
    Data,
    Done,
    Info,
    Init,
    Invoke,
    Invoked,
    Read,
    Ready,
    ResetState,
    SelfTest,
    SelfTested,
    Statistics,
    Stats,
    Tensor,
    TensorInfo,
    Write,
)

Sample = Sequence[bytes]

# TensorType of the TFLite schema as numpy names.
DTYPES = {0: "float32", 2: "int32", 3: "uint8", 6: "bool", 7: "int16", 9: "int8"}

SELF_TEST_PASSES = 200_000
_CYCLES_PER_PASS = (2, 8)
_CALL_INSTRUCTIONS = 8
"""At most so many around the loop: a counter with ticks of one instruction sees them."""
_EMPTY_UNITS = 1000
"""Cycles or instructions, generously: reading the counter twice takes some tens."""
# Long, as a busy host emulates slowly and a needless repeat would show in the record.
_INVOKE_SECONDS, _INVOKE_TRIES = 20.0, 5
_ITERATIONS_MAX = 100_000


@dataclass(frozen=True)
class Schedule:
    """What is invoked how often.

    A repetition invokes often enough to last `min_ticks` ticks of the counter,
    so that a short model is not lost in the counter's resolution. In a stream, sequences
    of so many `steps`, each sample is one repetition of one invocation.
    """

    warmups: int = 1
    repetitions: int = 10
    min_ticks: int = 10_000
    steps: int = 0

    @property
    def repeated(self) -> int:
        """Repetitions beside the samples."""
        return 0 if self.steps else self.repetitions


def benchmark(
    stream: ByteStream,
    samples: Sequence[Sample],
    schedule: Schedule,
    deadline: Deadline,
    locate: Callable[[int], str] = lambda _: "",
    patience: float = 1.0,
    expected: Expected | None = None,
    faults: Faults = NO_WORDS,
) -> Measurement:
    """Measure the model on the other side of `stream` and run it on all `samples`.

    `samples[s][i]` are the bytes of input i; `locate` turns an address of the
    image into a source line; `patience` multiplies the waits for answers; `expected` is
    what the firmware must say of itself.

    Raises TargetError for a counter that does not count or a fault, EngineError,
    LinkError (before anything is measured where the firmware is not the expected
    one), DeadlineExceeded.
    """
    exchange = Exchange(stream, deadline, locate, patience, faults)
    bench, self_test = _opened(exchange, expected)
    bench.check(samples[0])
    bench.load(samples[0])
    cold = bench.invoke(1)
    for _ in range(schedule.warmups):
        last = bench.invoke(1)
    enough = bench.iterations(last if schedule.warmups else cold, schedule.min_ticks)
    iterations = 1 if schedule.steps else enough
    repeated = tuple(bench.invoke(iterations) for _ in range(schedule.repeated))
    ran = [
        bench.run(sample, fresh=place % (schedule.steps or 1) == 0)
        for place, sample in enumerate(samples)
    ]
    ticks = tuple(ticks for ticks, _ in ran) if schedule.steps else repeated
    statistics = _statistics(exchange, expected)
    return Measurement(
        device=bench.device,
        outputs=tuple(outputs for _, outputs in ran),
        cold_ticks=cold,
        ticks=ticks,
        iterations=iterations,
        stack_bytes=statistics.stack_size,
        stack_used_bytes=statistics.stack_used,
        self_test=self_test,
        retransmissions=exchange.retransmissions,
    )


def _opened(exchange: Exchange, expected: Expected | None) -> tuple[_Bench, str]:
    """The device with its engine ready, and what its counter's self-test gave.

    Each step is checked before the next is taken. Raises as `benchmark` does.
    """
    info = exchange.greet()
    if expected:
        expected.check_info(info)
    self_test, empty_ticks = _self_test(exchange, info)
    ready = exchange.ask(Init(), Ready, patience=_INVOKE_SECONDS)
    if expected:
        expected.check_counts(ready.inputs, ready.outputs)
    device = _device(exchange, info, ready)
    if expected:
        expected.check_tensors(device.inputs, device.outputs)
    return _Bench(exchange, device, empty_ticks), self_test


def invoke_once(
    stream: ByteStream,
    sample: Sample,
    deadline: Deadline,
    locate: Callable[[int], str] = lambda _: "",
    patience: float = 1.0,
    expected: Expected | None = None,
    faults: Faults = NO_WORDS,
) -> int:
    """Ticks of the first invocation after reset, of one sample; arguments as `benchmark` has them.

    Raises TargetError for a fault, EngineError, LinkError, DeadlineExceeded.
    """
    exchange = Exchange(stream, deadline, locate, patience, faults)
    info = exchange.greet()
    if expected:
        expected.check_info(info)
    ready = exchange.ask(Init(), Ready, patience=_INVOKE_SECONDS)
    bench = _Bench(exchange, _device(exchange, info, ready), empty_ticks=0)
    bench.check(sample)
    bench.load(sample)
    return bench.invoke(1)


class _Bench:
    """The engine on the device, its inputs loaded with one sample at a time."""

    def __init__(self, exchange: Exchange, device: DeviceInfo, empty_ticks: int) -> None:
        self.device = device
        self._exchange = exchange
        self._empty_ticks = empty_ticks
        self._sample: Sample = ()
        self._inputs_kept = True

    def check(self, sample: Sample) -> None:
        """Raises LinkError when a sample does not fit the engine's inputs."""
        wanted, given = [t.bytes for t in self.device.inputs], [len(data) for data in sample]
        if wanted != given:
            raise LinkError(f"inputs of {wanted} bytes are expected, samples have {given}")

    def load(self, sample: Sample) -> None:
        self._sample = sample
        for index, data in enumerate(sample):
            for offset in range(0, len(data), DATA_MAX):
                part = data[offset : offset + DATA_MAX]
                self._exchange.ask(Write(index, offset, part), Done)

    def invoke(self, iterations: int, *, fresh: bool = True) -> int:
        """Ticks of so many invocations, from a `fresh` state or from what the last one left."""
        if not self._inputs_kept:
            self.load(self._sample)
        if fresh:
            self._exchange.ask(ResetState(), Done)
        done = self._exchange.ask(
            Invoke(iterations), Invoked, patience=_INVOKE_SECONDS, tries=_INVOKE_TRIES
        )
        if done.inputs_kept > 1:
            raise LinkError(f"INVOKED: inputs_kept is {done.inputs_kept}, which is neither 0 nor 1")
        self._inputs_kept = bool(done.inputs_kept)
        return max(0, done.ticks - self._empty_ticks)

    def iterations(self, ticks: int, min_ticks: int) -> int:
        """How many invocations of `ticks` each make a repetition.

        One, when the engine writes over its inputs: a second would compute
        something else.
        """
        if not self._inputs_kept:
            return 1
        return max(1, min(math.ceil(min_ticks / max(ticks, 1)), _ITERATIONS_MAX))

    def run(self, sample: Sample, *, fresh: bool) -> tuple[int, tuple[bytes, ...]]:
        """Ticks and outputs of one invocation."""
        self.check(sample)
        self.load(sample)
        ticks = self.invoke(1, fresh=fresh)
        return ticks, tuple(self._read(i, t.bytes) for i, t in enumerate(self.device.outputs))

    def _read(self, index: int, size: int) -> bytes:
        parts = []
        for offset in range(0, size, DATA_MAX):
            request = Read(index, offset, min(DATA_MAX, size - offset))
            data = self._exchange.ask(request, Data).data
            if len(data) != request.size:
                raise LinkError(f"DATA: {len(data)} bytes came, {request.size} were asked for")
            parts.append(data)
        return b"".join(parts)


def _statistics(exchange: Exchange, expected: Expected | None) -> Statistics:
    """Raises TargetError for a stack that was used to its last word: it may have overflowed."""
    found = exchange.ask(Stats(), Statistics)
    if expected:
        expected.check_statistics(found)
    if 0 < found.stack_size <= found.stack_used:
        raise TargetError(
            f"all {found.stack_size} bytes of the stack were used",
            remedy="raise stack in the board file",
        )
    return found


def _device(exchange: Exchange, info: Info, ready: Ready) -> DeviceInfo:
    return DeviceInfo(
        board=info.board,
        engine=info.engine,
        model_sha256=info.model,
        counter=info.counter,
        counter_hz=info.counter_hz,
        inputs=_tensors(exchange, 0, ready.inputs),
        outputs=_tensors(exchange, 1, ready.outputs),
    )


def _tensors(exchange: Exchange, output: int, count: int) -> tuple[DeviceTensor, ...]:
    answers = [exchange.ask(Tensor(output, index), TensorInfo) for index in range(count)]
    return tuple(DeviceTensor(DTYPES.get(a.dtype, str(a.dtype)), a.size) for a in answers)


def _self_test(exchange: Exchange, info: Info) -> tuple[str, int]:
    """Runs a loop of known length; returns what was seen, and ticks of an empty window.

    Raises TargetError when the counter does not advance as it must: counted
    instructions to the tick, cycles within what a loop of two instructions can take.
    """
    tested = exchange.ask(
        SelfTest(SELF_TEST_PASSES), SelfTested, patience=_INVOKE_SECONDS, tries=_INVOKE_TRIES
    )
    ticks = tested.ticks - tested.empty_ticks
    count = ticks * info.counter_per_tick
    low, high = _expected(info)
    seen = f"{count} {info.counter_unit} for a loop of {2 * SELF_TEST_PASSES} instructions"
    if not low <= count <= high or tested.empty_ticks * info.counter_per_tick > _empty(info):
        raise TargetError(
            f"the counter '{info.counter}' failed its self-test: {seen} and "
            f"{tested.empty_ticks} ticks for nothing, {low} to {high} and no more than "
            f"{_empty(info)} were expected",
            remedy="check counter in the board file",
        )
    return seen, tested.empty_ticks


def _empty(info: Info) -> int:
    """Most units that a window with nothing in it may show."""
    if info.counter_unit not in ("instructions", "cycles"):
        return 10**12
    return _EMPTY_UNITS + 2 * info.counter_per_tick


def _expected(info: Info) -> tuple[int, int]:
    """Fewest and most units that the self-test may show."""
    instructions = 2 * SELF_TEST_PASSES
    if info.counter_unit == "instructions":
        slack = 2 * info.counter_per_tick + _CALL_INSTRUCTIONS
        return instructions - slack, instructions + slack
    if info.counter_unit == "cycles":
        return _CYCLES_PER_PASS[0] * SELF_TEST_PASSES, _CYCLES_PER_PASS[1] * SELF_TEST_PASSES
    return 1, 10**12
