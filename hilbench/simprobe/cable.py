"""A serial cable between a simulated board and the host that loses and changes bytes.

firmware <-> board's pseudo-terminal <-> Cable <-> another one <-> pyserial
"""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hilbench.simprobe.board import SimulatedBoard

_POLL_SECONDS = 0.02
_CHUNK = 4096


@dataclass(frozen=True)
class SerialFaults:
    """Every n-th byte is dropped, doubled or has a bit flipped, in both directions; 0 means none.

    `delay_s` holds each piece back; after `silent_after` bytes from the board
    (None: never) nothing reaches the host any more; after `vanish_after` bytes
    the port is gone, and `returns` under another name.
    """

    drop: int = 0
    double: int = 0
    flip: int = 0
    delay_s: float = 0.0
    silent_after: int | None = None
    vanish_after: int | None = None
    returns: bool = False


class Direction:
    """The bytes that go one way, counted."""

    def __init__(self, faults: SerialFaults) -> None:
        self._faults = faults
        self.bytes = 0

    def apply(self, data: bytes) -> bytes:
        """What arrives of `data`."""
        out = bytearray()
        for byte in data:
            self.bytes += 1
            if not _hits(self._faults.drop, self.bytes):
                flipped = byte ^ 0x10 if _hits(self._faults.flip, self.bytes) else byte
                out += bytes([flipped]) * (2 if _hits(self._faults.double, self.bytes) else 1)
        return bytes(out)


def _hits(period: int, number: int) -> bool:
    return bool(period) and number % period == 0


class Cable:
    """Moves bytes in a thread until `close`; the host's end is `board.attached.port`."""

    def __init__(self, board: SimulatedBoard, faults: SerialFaults) -> None:
        self._board = board
        self._faults = faults
        self._to_host, self._to_board = Direction(faults), Direction(faults)
        self._inner = os.open(board.device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._inner)
        self._outer = self._slave = -1
        self._stopping = threading.Event()
        self._plug()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        self._thread.join()
        os.close(self._inner)
        self._unplug()

    def _plug(self) -> None:
        self._outer, self._slave = os.openpty()
        os.set_blocking(self._outer, False)
        tty.setraw(self._slave)
        self._board.change(port=os.ttyname(self._slave))

    def _unplug(self) -> None:
        for end in (self._outer, self._slave):
            if end >= 0:
                os.close(end)
        self._outer = self._slave = -1

    def _run(self) -> None:
        while not self._stopping.is_set():
            ends = [end for end in (self._inner, self._outer) if end >= 0]
            for end in select.select(ends, [], [], _POLL_SECONDS)[0]:
                self._move(end)

    def _move(self, end: int) -> None:
        data = os.read(end, _CHUNK)
        self._stopping.wait(self._faults.delay_s)
        if end == self._outer:
            self._pass_on(self._inner, self._to_board.apply(data))
            return
        arriving = self._to_host.apply(data)
        if _reached(self._faults.vanish_after, self._to_host.bytes):
            self._vanish()
        elif self._outer >= 0 and not _reached(self._faults.silent_after, self._to_host.bytes):
            self._pass_on(self._outer, arriving)

    def _pass_on(self, end: int, data: bytes) -> None:
        """Whoever reads there may have stopped reading: the rest is lost with the cable."""
        while data and not self._stopping.is_set():
            if select.select([], [end], [], _POLL_SECONDS)[1]:
                data = data[os.write(end, data) :]

    def _vanish(self) -> None:
        """The new name is made before the old one is free: it cannot be the same."""
        gone = (self._outer, self._slave)
        self._outer = self._slave = -1
        if self._faults.returns:
            self._plug()
        else:
            self._board.change(port="")
        self._faults = SerialFaults()
        for end in gone:
            os.close(end)


def _reached(limit: int | None, count: int) -> bool:
    return limit is not None and count > limit


@contextmanager
def cable(board: SimulatedBoard, faults: SerialFaults) -> Iterator[Cable]:
    """Put a cable in front of the board's console for as long as the block lasts."""
    made = Cable(board, faults)
    try:
        yield made
    finally:
        made.close()
