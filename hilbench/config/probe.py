"""How a board is reached through a debug probe: facts of the chip, and of its pack."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hilbench.config.load import Strict

Word = int
ConnectMode = Literal["halt", "pre-reset", "under-reset", "attach"]


class ChipId(Strict):
    """A register that says which chip this is; bits outside of `mask` may differ."""

    address: Word = Field(ge=0)
    value: Word = Field(ge=0)
    mask: Word = Field(default=0xFFFFFFFF, gt=0)

    def matches(self, word: int, expected: int | None = None) -> bool:
        """Whether `word` is that of this chip, or of the one that `expected` names."""
        wanted = self.value if expected is None else expected
        return word & self.mask == wanted & self.mask


class UniqueId(Strict):
    """Where the chip's own serial number is."""

    address: Word = Field(ge=0)
    words: int = Field(ge=1, le=4)


class Protection(Strict):
    """A register that says whether the flash may be read by a debugger.

    The bits of `mask` are `open` then, and `permanent` where nothing opens it any more; `remedy`
    opens it in all other cases.
    """

    address: Word = Field(ge=0)
    mask: Word = Field(gt=0)
    open: Word = Field(ge=0)
    permanent: Word | None = Field(default=None, ge=0)
    remedy: str


class PyocdTarget(Strict):
    """A real board, programmed through pyOCD.

    `part` is pyOCD's name of the chip; where pyOCD does not know it, `pack` is
    the name of the CMSIS pack that does.
    """

    kind: Literal["pyocd"]
    part: str
    chip_id: ChipId
    unique_id: UniqueId | None = None
    protection: Protection | None = None
    pack: str | None = None
    connect_mode: ConnectMode = "halt"
    frequency_hz: int = Field(default=4_000_000, gt=0)
