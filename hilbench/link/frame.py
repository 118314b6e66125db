"""Frames on the serial line: COBS, a CRC, a sequence number.

    0x00  COBS( number u8 | sequence u16 | payload | crc32 u32 )  0x00

All integers are little-endian. The CRC is that of zlib and Ethernet (reflected
0x04C11DB7) over everything before it. COBS removes every zero byte, so that a
receiver finds the next frame after any garbage by waiting for a zero; the zero
in front cuts off whatever was on the line before.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from cobs import cobs

PAYLOAD_MAX = 784
_HEADER = struct.Struct("<BH")
_CRC = struct.Struct("<I")
_BODY_MAX = _HEADER.size + PAYLOAD_MAX + _CRC.size
_ENCODED_MAX = _BODY_MAX + _BODY_MAX // 254 + 1
_HEAD_BYTES = 16


@dataclass(frozen=True)
class Frame:
    """`number` says which message `payload` holds, `sequence` which exchange it belongs to."""

    number: int
    sequence: int
    payload: bytes


def encode(frame: Frame) -> bytes:
    """The bytes to send, delimiters included."""
    body = _HEADER.pack(frame.number, frame.sequence) + frame.payload
    encoded: bytes = cobs.encode(body + _CRC.pack(zlib.crc32(body)))
    return b"\0" + encoded + b"\0"


class Decoder:
    """Takes bytes as they come and gives the frames among them.

    What is no frame is counted in `garbage_bytes`; `garbage_head` keeps the
    first of it for error messages.
    """

    def __init__(self) -> None:
        self.garbage_bytes = 0
        self.garbage_head = b""
        self._pending = bytearray()
        self._skipping = False

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes, in order."""
        *complete, rest = data.split(b"\0")
        frames = [self._finish(chunk) for chunk in complete]
        self._append(rest)
        return [frame for frame in frames if frame is not None]

    def _append(self, chunk: bytes) -> None:
        if self._skipping:
            self._discard(chunk)
            return
        self._pending += chunk
        if len(self._pending) > _ENCODED_MAX:
            self._discard(bytes(self._pending))
            self._pending.clear()
            self._skipping = True

    def _finish(self, chunk: bytes) -> Frame | None:
        """Ends what is pending with `chunk`: a zero byte has come."""
        self._append(chunk)
        encoded = bytes(self._pending)
        self._pending.clear()
        if self._skipping:
            self._skipping = False
            return None
        frame = _decode(encoded) if encoded else None
        if frame is None:
            self._discard(encoded)
        return frame

    def _discard(self, chunk: bytes) -> None:
        self.garbage_bytes += len(chunk)
        self.garbage_head = (self.garbage_head + chunk)[:_HEAD_BYTES]


def _decode(encoded: bytes) -> Frame | None:
    """The frame between two delimiters, None if it is broken."""
    try:
        body = cobs.decode(encoded)
    except cobs.DecodeError:
        return None
    if not _HEADER.size + _CRC.size <= len(body) <= _BODY_MAX:
        return None
    content, crc = body[: -_CRC.size], body[-_CRC.size :]
    if _CRC.unpack(crc) != (zlib.crc32(content),):
        return None
    number, sequence = _HEADER.unpack_from(content)
    return Frame(number, sequence, content[_HEADER.size :])
