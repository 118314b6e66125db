"""The one table of messages between host and firmware.

A message is a frozen class; its annotations are the fields, in the order in
which they are sent. `hilbench.link.emit` writes the firmware's half
(firmware/include/messages.h) and the table in docs/protocol.md from it.

Every request has one answer, or REFUSED. SCHEMA goes up when anything here
changes; the fields of HELLO, the first of INFO and the first two of REFUSED never do.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_type_hints

from hilbench.core.errors import LinkError

SCHEMA = 2
DATA_MAX = 768
"""Most bytes of tensor data in one WRITE or DATA: RAM of every image, once for each direction."""

Sender = Literal["host", "device"]

U8 = Annotated[int, "u8"]
U16 = Annotated[int, "u16"]
U32 = Annotated[int, "u32"]
U64 = Annotated[int, "u64"]
I32 = Annotated[int, "i32"]
Str = Annotated[str, "str"]
Bytes = Annotated[bytes, "bytes"]

_INTEGERS = {"u8": "<B", "u16": "<H", "u32": "<I", "u64": "<Q", "i32": "<i"}


class Refusal(IntEnum):
    """Why a request was refused."""

    SCHEMA = 1
    UNKNOWN_REQUEST = 2
    BAD_ARGUMENT = 3
    NOT_READY = 4
    ENGINE = 5


@dataclass(frozen=True)
class Message:
    """Base of all messages."""

    number: ClassVar[int]
    sender: ClassVar[Sender]

    def __init_subclass__(cls, *, number: int, sender: Sender) -> None:
        if number in MESSAGES:
            raise TypeError(f"{cls.__name__} and {MESSAGES[number].__name__} are both {number:#x}")
        cls.number = number
        cls.sender = sender
        MESSAGES[number] = cls


MESSAGES: dict[int, type[Message]] = {}
M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class Hello(Message, number=0x01, sender="host"):
    """Opens a session. A new `session` value restarts the sequence numbers."""

    schema: U16
    session: U32


@dataclass(frozen=True)
class SelfTest(Message, number=0x02, sender="host"):
    """Run a loop of `passes` times two instructions between two counter readings."""

    passes: U32


@dataclass(frozen=True)
class Init(Message, number=0x03, sender="host"):
    """Initialise the engine, once; refused with the engine's error text."""


@dataclass(frozen=True)
class Tensor(Message, number=0x04, sender="host"):
    """Ask for type and size of an input (`output` 0) or output (`output` 1)."""

    output: U8
    index: U16


@dataclass(frozen=True)
class ResetState(Message, number=0x05, sender="host"):
    """Forget the state of a stateful model."""


@dataclass(frozen=True)
class Write(Message, number=0x06, sender="host"):
    """Put `data` into input `index`, from byte `offset` on."""

    index: U16
    offset: U32
    data: Bytes


@dataclass(frozen=True)
class Invoke(Message, number=0x07, sender="host"):
    """Run the engine `iterations` times inside one timed window."""

    iterations: U32


@dataclass(frozen=True)
class Read(Message, number=0x08, sender="host"):
    """Ask for `size` bytes of output `index`, from byte `offset` on."""

    index: U16
    offset: U32
    size: U16


@dataclass(frozen=True)
class Stats(Message, number=0x09, sender="host"):
    """Ask for what was counted since reset."""


@dataclass(frozen=True)
class Info(Message, number=0x81, sender="device"):
    """Answers HELLO: who is there, and what a tick of its counter is.

    `image` names all that the image was made from.
    """

    schema: U16
    board: Str
    engine: Str
    model: Str
    counter: Str
    counter_unit: Str
    counter_hz: U32
    counter_per_tick: U32
    image: Str


@dataclass(frozen=True)
class SelfTested(Message, number=0x82, sender="device"):
    """Answers SELF_TEST: ticks of the loop, and of a window with nothing in it."""

    ticks: U64
    empty_ticks: U64


@dataclass(frozen=True)
class Ready(Message, number=0x83, sender="device"):
    """Answers INIT: how many inputs and outputs the engine has."""

    inputs: U16
    outputs: U16


@dataclass(frozen=True)
class TensorInfo(Message, number=0x84, sender="device"):
    """Answers TENSOR; `dtype` is TensorType of the .tflite schema, `size` is in bytes."""

    dtype: U8
    size: U32


@dataclass(frozen=True)
class Done(Message, number=0x85, sender="device"):
    """Answers RESET_STATE and WRITE."""


@dataclass(frozen=True)
class Invoked(Message, number=0x87, sender="device"):
    """Answers INVOKE: ticks of all iterations together.

    `inputs_kept` is 0 when the engine wrote over its inputs: they must then be
    sent again before the next invocation.
    """

    ticks: U64
    inputs_kept: U8


@dataclass(frozen=True)
class Data(Message, number=0x88, sender="device"):
    """Answers READ."""

    data: Bytes


@dataclass(frozen=True)
class Statistics(Message, number=0x89, sender="device"):
    """Answers STATS. A stack of 0 bytes means that it is not watched.

    `stack_used` is the high-water mark of a painted stack; `overruns` are bytes
    the UART lost, `broken_frames` failed their CRC, `repeats` were answered
    again, `stale_frames` were out of sequence and dropped.
    """

    stack_size: U32
    stack_used: U32
    overruns: U32
    broken_frames: U32
    repeats: U32
    stale_frames: U32


@dataclass(frozen=True)
class Refused(Message, number=0xE0, sender="device"):
    """Answers any request that cannot be done; `detail` is the engine's own code."""

    reason: U8
    detail: I32
    text: Str


@dataclass(frozen=True)
class Fault(Message, number=0xF0, sender="device"):
    """Sent unasked by the fault handler, and again whenever the host speaks.

    `exception` is the number of the active exception (3: HardFault). The
    registers are those of the interrupted code; they are 0 when
    `stack_overflow` is 1, as nothing could be saved.
    """

    exception: U32
    stack_overflow: U8
    pc: U32
    lr: U32
    sp: U32
    psr: U32
    cfsr: U32
    hfsr: U32
    mmfar: U32
    bfar: U32


def schema_of(number: int, payload: bytes) -> int | None:
    """The schema of the firmware that sent this answer to HELLO, None if it says none.

    To be asked before anything is unpacked: the rest of another schema's INFO
    may look different.
    """
    if number == Info.number and len(payload) >= 2:
        return int.from_bytes(payload[:2], "little")
    if number == Refused.number and payload[:1] == bytes([Refusal.SCHEMA]):
        return int.from_bytes(payload[1:5], "little")
    return None


_wire_types: dict[type[Message], Mapping[str, str]] = {}


def wire_types(message: type[Message]) -> Mapping[str, str]:
    """Field name -> wire type (u8, u16, u32, u64, i32, str, bytes), in order."""
    if message not in _wire_types:  # looked up for every frame
        hints = get_type_hints(message, include_extras=True)
        named = {field.name: hints[field.name].__metadata__[0] for field in fields(message)}
        _wire_types[message] = named
    return _wire_types[message]


def title(message: type[Message]) -> str:
    """HELLO, SELF_TEST, ...: the name in the protocol."""
    name = message.__name__
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(name)).upper()


def pack(message: Message) -> bytes:
    """The payload; raises LinkError for a value outside its type."""
    return b"".join(
        _pack_field(message, name, kind) for name, kind in wire_types(type(message)).items()
    )


def _pack_field(message: Message, name: str, kind: str) -> bytes:
    value = getattr(message, name)
    try:
        if kind in _INTEGERS:
            return struct.pack(_INTEGERS[kind], value)
        data: bytes = value.encode() if kind == "str" else value
        return struct.pack("<H", len(data)) + data
    except struct.error:
        raise LinkError(
            f"{title(type(message))}: {name} does not fit {kind}: {value!r:.60}"
        ) from None


def unpack(message: type[M], payload: bytes) -> M:
    """The message in a payload; raises LinkError if it is too short or too long."""
    values: dict[str, Any] = {}
    position = 0
    for name, kind in wire_types(message).items():
        try:
            values[name], position = _unpack_field(kind, payload, position)
        except (struct.error, UnicodeDecodeError):
            raise LinkError(
                f"{title(message)}: no {kind} '{name}' at byte {position} of {len(payload)}"
            ) from None
    if position != len(payload):
        raise LinkError(f"{title(message)}: {len(payload) - position} bytes too many")
    return message(**values)


def _unpack_field(kind: str, payload: bytes, position: int) -> tuple[Any, int]:
    """(value, position after it)."""
    if kind in _INTEGERS:
        (value,) = struct.unpack_from(_INTEGERS[kind], payload, position)
        return value, position + struct.calcsize(_INTEGERS[kind])
    (size,) = struct.unpack_from("<H", payload, position)
    start = position + 2
    (data,) = struct.unpack_from(f"{size}s", payload, start)
    return data.decode() if kind == "str" else data, start + size
