"""A client of QEMU's gdbstub: memory, registers, breakpoints, run and stop.

The GDB remote serial protocol is described in the appendix of GDB's manual.
QEMU stops the machine when a client connects and whenever one speaks to it.
"""

from __future__ import annotations

import select
import socket
import time
from pathlib import Path

_CHUNK = 1024
"""Bytes of memory in one packet; QEMU 7.2 takes 4096 characters, two for each byte."""

_LONGEST = 1 << 16
"""Bytes that may wait to be read: QEMU's packets have 4096 characters."""

_INTERRUPT = b"\x03"
_STOPPED_BY_INTERRUPT = b"T02"
XPSR = 25
"""QEMU's number of xPSR; r0 to r15 have their own."""


class Refused(Exception):
    """The stub answered with an error: no memory or register is there."""


class Gone(Exception):
    """QEMU has ended or does not answer."""


class GdbStub:
    """One connection. Every method but `stopped` needs a machine that is stopped.

    An answer that is not whole after `timeout` seconds raises Gone, however much of it came.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._buffer = b""
        self._breakpoints: set[int] = set()
        self._timeout = timeout
        try:
            self._socket.settimeout(timeout)
            self._socket.connect(str(path))
            # Without this request QEMU refuses single registers. Before its answer comes the
            # news that the machine has stopped, if it was running.
            self._send(b"qXfer:features:read:target.xml:0,ffb")
            end = time.monotonic() + timeout
            while not self._answer(end).startswith(b"l"):
                pass
        except (OSError, Gone) as error:
            self._socket.close()
            raise Gone(f"the emulator is not there: {error}") from error

    def close(self) -> None:
        """Leaves the machine as it is, running or stopped."""
        self._socket.close()

    def read_memory(self, address: int, size: int) -> bytes:
        return b"".join(
            bytes.fromhex(self._request(b"m%x,%x" % (start, part)).decode())
            for start, part in _chunks(address, size)
        )

    def write_memory(self, address: int, data: bytes) -> None:
        for start, part in _chunks(address, len(data)):
            piece = data[start - address : start - address + part]
            self._request(b"M%x,%x:%s" % (start, part, piece.hex().encode()))

    def read_register(self, number: int) -> int:
        return int.from_bytes(bytes.fromhex(self._request(b"p%x" % number).decode()), "little")

    def write_register(self, number: int, value: int) -> None:
        self._request(b"P%x=%s" % (number, value.to_bytes(4, "little").hex().encode()))

    def set_breakpoints(self, wanted: set[int]) -> None:
        """Make `wanted` the addresses at which the machine stops."""
        for address in self._breakpoints - wanted:
            self._request(b"z1,%x,2" % address)
        for address in wanted - self._breakpoints:
            self._request(b"Z1,%x,2" % address)
        self._breakpoints = set(wanted)

    def reset(self) -> None:
        """Reset the whole machine; it stays stopped at the reset vector.

        QEMU does it between this request and the next.
        """
        self._request(b"qRcmd," + b"system_reset".hex().encode())

    def resume(self) -> None:
        self._send(b"c")

    def step(self) -> None:
        self._request(b"s")

    def interrupt(self) -> bool:
        """Stop a running machine; False when it had stopped at a breakpoint just before."""
        self._send(_INTERRUPT, framed=False)
        return self._answer().startswith(_STOPPED_BY_INTERRUPT)

    def stopped(self) -> bool:
        """Whether a machine that was resumed has stopped since, at a breakpoint."""
        while select.select([self._socket], [], [], 0)[0]:
            self._receive()
        return self._complete() is not None

    def _request(self, packet: bytes) -> bytes:
        self._send(packet)
        answer = self._answer()
        if not answer or answer.startswith(b"E"):
            raise Refused(f"the emulator refuses {packet[:24].decode()!r}")
        return answer

    def _send(self, packet: bytes, *, framed: bool = True) -> None:
        data = b"$%s#%02x" % (packet, sum(packet) & 0xFF) if framed else packet
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall(data)
        except OSError as error:
            raise Gone(f"the emulator has gone: {error}") from error

    def _answer(self, end: float | None = None) -> bytes:
        """The next packet, by `end`; console output of the monitor ("O...") is skipped."""
        end = end or time.monotonic() + self._timeout
        while True:
            packet = self._packet(end)
            if not packet.startswith(b"O") or packet == b"OK":
                return packet

    def _packet(self, end: float) -> bytes:
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise Gone(f"the emulator gave no whole answer in {self._timeout:g} s")
            if (packet := self._complete()) is not None:
                return packet
            self._socket.settimeout(left)
            self._receive()

    def _complete(self) -> bytes | None:
        """The first packet of what was received, acknowledged; None if it is not all there."""
        start = self._buffer.find(b"$")
        end = self._buffer.find(b"#", start)
        if not 0 <= start < end or len(self._buffer) < end + 3:
            return None
        packet = self._buffer[start + 1 : end]
        self._buffer = self._buffer[end + 3 :]
        self._send(b"+", framed=False)
        return packet

    def _receive(self) -> None:
        try:
            data = self._socket.recv(1 << 16)
        except OSError as error:
            raise Gone(f"the emulator does not answer: {error}") from error
        if not data:
            raise Gone("the emulator has ended")
        self._buffer += data
        if len(self._buffer) > _LONGEST:
            raise Gone("the emulator answers without an end")


def _chunks(address: int, size: int) -> list[tuple[int, int]]:
    """(start, size) of the packets for a range of memory."""
    end = address + size
    return [(start, min(_CHUNK, end - start)) for start in range(address, end, _CHUNK)]
