"""One request, one answer: sequence numbers, patience, retransmission.

The firmware answers a repeated sequence number by repeating its last answer, so
asking again never runs anything twice. Answers of another sequence number are
left over from an earlier exchange; they are counted and dropped.
"""

from __future__ import annotations

import logging
import math
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from hilbench.arch.base import NO_WORDS, Faults
from hilbench.core.artifacts import ByteStream
from hilbench.core.deadline import SLICE_SECONDS, Deadline
from hilbench.core.errors import DeadlineExceeded, EngineError, LinkError, TargetError
from hilbench.link.faults import describe
from hilbench.link.frame import Decoder, Frame, encode
from hilbench.link.messages import (
    MESSAGES,
    SCHEMA,
    Fault,
    Hello,
    Info,
    Message,
    Refusal,
    Refused,
    pack,
    schema_of,
    title,
    unpack,
)

M = TypeVar("M", bound=Message)
Locate = Callable[[int], str]

READ_SIZE = 4096
GREET_SECONDS, GREET_TRIES = 0.3, 8
ASK_SECONDS, ASK_TRIES = 1.0, 5
_SEQUENCES = 1 << 16
_LOGGED_BYTES = 32
_STALE_SHOWN = 100
"""Stale answers in the transcript: firmware that sends nothing else must not fill the disk."""

_log = logging.getLogger(__name__)


class Exchange:
    """A conversation with one firmware over one stream, which it does not close.

    `retransmissions` counts requests that were sent again, greetings apart: a
    board may still be starting when it is greeted.
    """

    def __init__(
        self,
        stream: ByteStream,
        deadline: Deadline,
        locate: Locate,
        patience: float = 1.0,
        faults: Faults = NO_WORDS,
    ) -> None:
        """`locate` gives the source line of an address, `faults` the words for fault reports.

        `patience`, 1 or more, multiplies every wait for an answer.
        """
        self._patience = patience
        self.retransmissions = 0
        self.stale_answers = 0
        self._stream = stream
        self._deadline = deadline
        self._locate = locate
        self._faults = faults
        self._decoder = Decoder()
        self._arrived: deque[Frame] = deque()
        self._sequence = 0

    def greet(self) -> Info:
        """Open a session. Raises LinkError when the firmware speaks another schema.

        Each greeting opens one of its own: an emulator that starts slowly gets several, and
        answering a repeated request would use more of the stack than any other. A patient link
        begins with longer waits and ends with the same: a board that says nothing is given up
        after 77 s, not after ten minutes.
        """
        tries = max(1, GREET_TRIES - int(math.log2(self._patience)))
        frame = self._exchange(
            lambda: Hello(SCHEMA, secrets.randbits(32)), Info, GREET_SECONDS, tries
        )
        self.retransmissions = 0
        if (theirs := schema_of(frame.number, frame.payload)) not in (None, SCHEMA):
            raise LinkError(
                f"the firmware speaks schema {theirs} of the link, this hilbench {SCHEMA}",
                remedy="build and load the firmware again",
            )
        return self._take(frame, Info)

    def ask(
        self,
        request: Message,
        wanted: type[M],
        *,
        patience: float = ASK_SECONDS,
        tries: int = ASK_TRIES,
    ) -> M:
        """Send `request` until its answer comes; waits double from `patience` seconds.

        Raises EngineError when the engine refuses, TargetError for a fault report,
        LinkError when nothing fitting comes, DeadlineExceeded.
        """
        return self._take(self._exchange(lambda: request, wanted, patience, tries), wanted)

    def _exchange(
        self, make: Callable[[], Message], wanted: type[Message], patience: float, tries: int
    ) -> Frame:
        self._sequence = (self._sequence + 1) % _SEQUENCES
        for attempt in range(tries):
            request = make()
            self.retransmissions += attempt > 0
            self._send(Frame(request.number, self._sequence, pack(request)))
            wait = self._deadline.within(self._patience * patience * 2**attempt, title(wanted))
            if (frame := self._answer(wait)) is not None:
                return frame
            if self._deadline.expired():
                what = self._deadline.error().message
                raise DeadlineExceeded(f"{what}: {self._silence(request, attempt + 1)}")
        raise LinkError(self._silence(request, tries))

    def _answer(self, wait: Deadline) -> Frame | None:
        """The frame of this exchange, or None when `wait` is over."""
        while not wait.expired():
            while self._arrived:
                frame = self._arrived.popleft()
                is_fault = frame.number == Fault.number
                is_stale = frame.sequence != self._sequence and not is_fault
                self.stale_answers += is_stale
                if not is_stale or self.stale_answers <= _STALE_SHOWN:
                    _log.debug("<- %s", _Shown(frame))
                if is_fault:
                    report = unpack(Fault, frame.payload)
                    raise TargetError(describe(report, self._locate, self._faults))
                if not is_stale:
                    return frame
            if not self._receive(wait):
                return None
        return None

    def _take(self, frame: Frame, wanted: type[M]) -> M:
        if frame.number == Refused.number:
            raise _refusal(unpack(Refused, frame.payload), wanted)
        if frame.number != wanted.number:
            kind = MESSAGES.get(frame.number)
            came = title(kind) if kind else f"message {frame.number:#04x}"
            raise LinkError(f"{title(wanted)} was expected, {came} came")
        return unpack(wanted, frame.payload)

    def _send(self, frame: Frame) -> None:
        _log.debug("-> %s", _Shown(frame))
        try:
            self._stream.write(encode(frame))
        except OSError as error:
            raise LinkError(f"the port was lost while writing: {error}") from error

    def _receive(self, wait: Deadline) -> bool:
        """Wait for the next bytes, then take all that are there; False if none came in time."""
        first, left = b"", wait.remaining()
        try:
            while not first and left > 0:
                self._stream.timeout = min(left, wait.slice())
                first = self._stream.read(1)
                left -= SLICE_SECONDS
            self._stream.timeout = 0
            rest = self._stream.read(READ_SIZE) if first else b""
        except OSError as error:
            raise LinkError(f"the port was lost while reading: {error}") from error
        self._arrived.extend(self._decoder.feed(first + rest))
        return bool(first)

    def _silence(self, request: Message, tries: int) -> str:
        """What was asked how often, and what came instead of an answer."""
        message = f"no answer to {title(type(request))}, sent {tries} times"
        garbage = self._decoder
        if garbage.garbage_bytes:
            message += (
                f"; {garbage.garbage_bytes} bytes came that are no frame, "
                f"the first {garbage.garbage_head.hex(' ')}"
            )
        if self.stale_answers:
            message += f"; {self.stale_answers} answers to earlier requests came"
        return message


@dataclass(frozen=True)
class _Shown:
    """A frame in a transcript, worded only if there is one."""

    frame: Frame

    def __str__(self) -> str:
        frame = self.frame
        kind = MESSAGES.get(frame.number)
        name = title(kind) if kind else f"message {frame.number:#04x}"
        head = frame.payload[:_LOGGED_BYTES].hex(" ")
        more = " ..." if len(frame.payload) > _LOGGED_BYTES else ""
        return f"{name} #{frame.sequence}, {len(frame.payload)} bytes: {head}{more}"


def _refusal(refused: Refused, wanted: type[Message]) -> EngineError | LinkError:
    if refused.reason == Refusal.ENGINE:
        return EngineError(refused.text or f"the engine failed with code {refused.detail}")
    return LinkError(f"the firmware refused to answer {title(wanted)}: {refused.text}")
