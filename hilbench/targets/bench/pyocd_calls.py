"""What the child that talks to pyOCD is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from hilbench.config.probe import ChipId, ConnectMode, Protection, UniqueId


@dataclass(frozen=True)
class Wiring:
    """How the chip is connected to; the probe may take a while to appear."""

    connect_mode: ConnectMode
    frequency_hz: int
    appears_within_s: float = 0.0


@dataclass(frozen=True)
class Connection:
    """The chip `part` behind the probe `unique_id`; `pack` is a file of pyOCD's facts of it."""

    unique_id: str
    part: str
    pack: str | None
    wiring: Wiring


@dataclass(frozen=True)
class Program:
    """Check the chip, erase, program, verify and run.

    The chip must answer `chip_id`, with the value `expected_chip_id` if the bench file has
    one, and have the serial number `expected_unique_id`.
    """

    connection: Connection
    elf: Path
    chip_id: ChipId
    expected_chip_id: int | None
    protection: Protection | None
    serial_number: UniqueId | None
    expected_unique_id: str | None
    tag: Literal["program"] = "program"


@dataclass(frozen=True)
class Inspect:
    """Halt the core and read what tells why it hangs or crashed."""

    connection: Connection
    elf: Path
    tag: Literal["inspect"] = "inspect"


@dataclass(frozen=True)
class Identify:
    """Which of these boards' chips is behind the probe."""

    connection: Connection
    chips: Mapping[str, ChipId]
    tag: Literal["identify"] = "identify"


@dataclass(frozen=True)
class ListProbes:
    """What is plugged in."""

    tag: Literal["list"] = "list"


Action = Program | Inspect | Identify | ListProbes


@dataclass(frozen=True)
class Request:
    """`probes` are modules that make more probes known, and what they are called with."""

    action: Annotated[Action, Field(discriminator="tag")]
    probes: Mapping[str, str]


@dataclass(frozen=True)
class Programmed:
    """The chip's own serial number ("" if unknown), and bytes compared after programming."""

    chip: str
    verified_bytes: int
    tag: Literal["programmed"] = "programmed"


@dataclass(frozen=True)
class Core:
    """Registers of a halted core by name, and the place in the image, as far as it is known."""

    registers: Mapping[str, int]
    place: str
    tag: Literal["core"] = "core"


@dataclass(frozen=True)
class Identity:
    """The board, "" for none that is known, and what its chip answered."""

    board: str
    chip_id: int
    tag: Literal["identity"] = "identity"


@dataclass(frozen=True)
class Probe:
    """A debug probe that is plugged in."""

    unique_id: str
    description: str


@dataclass(frozen=True)
class Probes:
    """Every probe that is plugged in."""

    found: tuple[Probe, ...]
    tag: Literal["probes"] = "probes"


Answer = Programmed | Core | Identity | Probes


@dataclass(frozen=True)
class Result:
    """How it ended: after `failed` another attempt may help, after `refused` none can."""

    outcome: Literal["ok", "failed", "refused"]
    message: str = ""
    remedy: str = ""
    answer: Annotated[Answer, Field(discriminator="tag")] | None = None
