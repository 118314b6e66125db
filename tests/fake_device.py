"""A device in this process: the firmware's half of the link, over a wire that errs on demand.

It is what the link is tested with, and a model of firmware/runtime/link.c and
bench.c that can be read in one go. `to_host` and `to_device` see each
transmission with its number and give the bytes that arrive:

    FakeDevice(engine, to_host=dropping(2))   # the third answer is lost

A read that finds nothing returns at once, as if its time-out had passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from hilbench.link.frame import Decoder, Frame, encode
from hilbench.link.identity import Expected
from hilbench.link.messages import (
    MESSAGES,
    SCHEMA,
    Data,
    Done,
    Fault,
    Hello,
    Info,
    Init,
    Invoke,
    Invoked,
    Message,
    Read,
    Ready,
    Refusal,
    Refused,
    ResetState,
    SelfTest,
    SelfTested,
    Statistics,
    Stats,
    Tensor,
    TensorInfo,
    Write,
    pack,
    unpack,
    wire_types,
)

TRUTH = Expected(
    board="fake",
    engine="doubler",
    model="",
    image="fake",
    counter="fake",
    counter_unit="instructions",
    counter_hz=1000,
    counter_per_tick=1,
)
"""What a fake device says of itself, unless told otherwise."""

Wire = Callable[[int, bytes], bytes]
INT8 = 9
_IDENTITY = tuple(name for name in wire_types(Info) if name != "schema")


def perfect(number: int, data: bytes) -> bytes:
    """Everything arrives."""
    del number
    return data


def dropping(*numbers: int) -> Wire:
    return lambda number, data: b"" if number in numbers else data


def doubling(*numbers: int) -> Wire:
    return lambda number, data: data * 2 if number in numbers else data


def flipping(*numbers: int, at: int = 4) -> Wire:
    """One bit of byte `at` changes."""

    def wire(number: int, data: bytes) -> bytes:
        if number not in numbers:
            return data
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return wire


def cutting(*numbers: int, after: int = 6) -> Wire:
    return lambda number, data: data[:after] if number in numbers else data


def preceded_by(garbage: bytes) -> Wire:
    return lambda _, data: garbage + data


class Engine(Protocol):
    """What a fake device runs; all tensors are int8."""

    inputs: Sequence[bytearray]
    outputs: Sequence[bytes]

    def invoke(self) -> int:
        """Compute once; returns the ticks it took."""


@dataclass
class Doubler:
    """out[i] = 2 in[i], modulo 256. `invocations` counts how often it really ran."""

    size: int = 16
    ticks: int = 100
    keeps_inputs: bool = True
    invocations: int = 0

    def __post_init__(self) -> None:
        self.inputs = [bytearray(self.size)]
        self.outputs = [bytes(self.size)]

    def invoke(self) -> int:
        self.invocations += 1
        self.outputs = [bytes(2 * value % 256 for value in self.inputs[0])]
        if not self.keeps_inputs:
            self.inputs[0][:] = bytes(self.size)
        return self.ticks


class FakeDevice:
    """The other end of a ByteStream. `faults_on` is a request that ends in a hard fault."""

    def __init__(
        self,
        engine: Engine,
        *,
        to_host: Wire = perfect,
        to_device: Wire = perfect,
        faults_on: type[Message] | None = None,
        schema: int = SCHEMA,
        init_error: str = "",
        counter_error: float = 1.0,
        stack_used: int = 200,
        identity: Expected = TRUTH,
        lies: Mapping[type[Message], Mapping[str, object]] | None = None,
    ) -> None:
        """`lies` are fields of answers that say something else than the truth."""
        self.timeout: float | None = None
        self.counts = {"broken": 0, "repeats": 0, "stale": 0}
        self._engine = engine
        self._wires = {"to_host": to_host, "to_device": to_device}
        self._transmissions = {"to_host": 0, "to_device": 0}
        self._faults_on = faults_on
        self._schema = schema
        self._init_error = init_error
        self._counter_error = counter_error
        self._stack_used = stack_used
        self._identity = identity
        self._lies = lies or {}
        self._decoder = Decoder()
        self._pending = b""
        self._session: int | None = None
        self._last = Frame(0, 0, b"")

    def read(self, size: int = 1) -> bytes:
        data, self._pending = self._pending[:size], self._pending[size:]
        return data

    def write(self, data: bytes) -> int:
        for frame in self._decoder.feed(self._carry("to_device", data)):
            if self._is_new(frame):
                self._last = self._answer(frame)
                self._send()
        return len(data)

    def _carry(self, direction: str, data: bytes) -> bytes:
        number = self._transmissions[direction]
        self._transmissions[direction] += 1
        return self._wires[direction](number, data)

    def _send(self) -> None:
        self._pending += self._carry("to_host", encode(self._last))

    def _is_new(self, frame: Frame) -> bool:
        if frame.number == Hello.number:
            session = unpack(Hello, frame.payload).session
            if session != self._session:
                self._session = session
                return True
        if self._session is not None and frame.sequence == self._last.sequence:
            self.counts["repeats"] += 1
            self._send()
            return False
        if self._session is None or frame.sequence != (self._last.sequence + 1) % 65536:
            self.counts["stale"] += 1
            return False
        return True

    def _answer(self, frame: Frame) -> Frame:
        request = unpack(MESSAGES[frame.number], frame.payload)
        faulty = self._faults_on is not None and isinstance(request, self._faults_on)
        answer = _FAULT if faulty else self._do(request)
        if lies := self._lies.get(type(answer)):
            answer = replace(answer, **lies)
        return Frame(answer.number, frame.sequence, pack(answer))

    def _do(self, request: Message) -> Message:
        match request:
            case Hello(schema=schema):
                return self._info() if schema == self._schema else self._wrong_schema()
            case SelfTest(passes=passes):
                per_tick = self._identity.counter_per_tick
                return SelfTested(int(2 * passes * self._counter_error / per_tick), 0)
            case Init():
                return self._init()
            case Tensor(output=output, index=index):
                tensors = self._engine.outputs if output else self._engine.inputs
                return TensorInfo(INT8, len(tensors[index]))
            case Write(index=index, offset=offset, data=data):
                self._engine.inputs[index][offset : offset + len(data)] = data
                return Done()
            case Invoke(iterations=iterations):
                return self._invoke(iterations)
            case Read(index=index, offset=offset, size=size):
                return Data(bytes(self._engine.outputs[index][offset : offset + size]))
            case ResetState():
                return Done()
            case Stats():
                return Statistics(4096, self._stack_used, 0, *self.counts.values())
            case _:
                return Refused(Refusal.UNKNOWN_REQUEST, request.number, "unknown request")

    def _info(self) -> Info:
        said = {name: getattr(self._identity, name) for name in _IDENTITY}
        return Info(self._schema, **said)

    def _wrong_schema(self) -> Refused:
        return Refused(Refusal.SCHEMA, self._schema, "the firmware speaks another schema")

    def _init(self) -> Message:
        if self._init_error:
            return Refused(Refusal.ENGINE, 1, self._init_error)
        return Ready(len(self._engine.inputs), len(self._engine.outputs))

    def _invoke(self, iterations: int) -> Invoked:
        before = [bytes(data) for data in self._engine.inputs]
        ticks = sum(self._engine.invoke() for _ in range(iterations))
        return Invoked(ticks, before == [bytes(data) for data in self._engine.inputs])


_FAULT = Fault(
    exception=3,
    stack_overflow=0,
    pc=0x1234,
    lr=0x567,
    sp=0x20000F00,
    psr=0x01000003,
    cfsr=0x8200,
    hfsr=0x40000000,
    mmfar=0,
    bfar=0xDEADBEE0,
)
