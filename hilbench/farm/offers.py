"""What a host offers to a farm: its boards, and how many emulators may run on it at a time.

A place is named by what drives it as well: a job that was prepared for one QEMU is never given to
a host with another, and hosts with another hilbench have no place for it at all.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from hilbench import __version__
from hilbench.arch import families
from hilbench.config.bench import Bench
from hilbench.config.board import QemuTarget, boards, load_board
from hilbench.core import hashing
from hilbench.core.errors import FarmError
from hilbench.core.settings import Settings
from hilbench.pipeline import decided, tools
from hilbench.pipeline.measuring import Drivers, Here
from hilbench.pipeline.plan import Station, station
from hilbench.targets.base import targets

SLOTS = "emulator"
_DIGITS = 12


@dataclass(frozen=True)
class Place:
    """`count` jobs at a time of a `board`, or with "" of any board of a CPU family on QEMU."""

    board: str
    family: str
    count: int
    drivers: Drivers

    @property
    def resource(self) -> str:
        """Its name for Dask: the same on hosts that give the same numbers."""
        digest = hashing.of_values(**dataclasses.asdict(self.drivers), code=decided.code())
        return f"{self.board or self.family}@{digest[:_DIGITS]}"

    @property
    def needs(self) -> dict[str, float]:
        """What a job takes of its host while it is measured."""
        return {self.resource: 1, **({} if self.board else {SLOTS: 1})}


@dataclass(frozen=True)
class Offer:
    """Of one host. `boards` are the entries of its bench file, as they are in JSON."""

    host: str
    hilbench: str
    code: str
    slots: int
    boards: tuple[dict[str, object], ...]
    places: tuple[Place, ...]

    def text(self) -> str:
        return _OFFER.dump_json(self).decode()

    def resources(self) -> dict[str, float]:
        return {SLOTS: self.slots, **{place.resource: place.count for place in self.places}}

    @property
    def version(self) -> str:
        return f"{self.hilbench} ({self.code[:_DIGITS]})"

    @property
    def names(self) -> list[str]:
        """Of its boards, one each."""
        return sorted(str(entry.get("board")) for entry in self.boards)

    def facts(self) -> dict[str, object]:
        """For JSON."""
        return {
            "host": self.host,
            "hilbench": self.hilbench,
            "code": self.code,
            "emulators": self.slots,
            "boards": self.names,
            "emulates": [place.family for place in self.places if not place.board],
        }

    def bench(self) -> Bench:
        """Its boards that are known here as well."""
        known = [entry for entry in self.boards if entry.get("board") in boards()]
        return Bench.model_validate_json(json.dumps({"schema": 1, "boards": known}))


_OFFER: TypeAdapter[Offer] = TypeAdapter(Offer)


def read(text: str) -> Offer:
    """Raises FarmError for what no worker of this kind says."""
    try:
        return _OFFER.validate_json(text)
    except ValidationError:
        raise FarmError(
            "a host of the farm says what this hilbench does not understand",
            remedy=f"install hilbench {__version__} there as well",
        ) from None


def of_host(name: str, settings: Settings, bench: Bench, slots: int, here: Here) -> Offer:
    """What this computer offers. Raises HilbenchError, and compiles the plugin if need be."""
    return Offer(
        host=name,
        hilbench=__version__,
        code=decided.code(),
        slots=slots,
        boards=tuple(entry.model_dump(mode="json") for entry in bench.boards),
        places=(*_attached(settings, bench, here), *_emulated(settings, slots, here)),
    )


def _attached(settings: Settings, bench: Bench, here: Here) -> Iterator[Place]:
    drivers = targets(settings)
    for name in dict.fromkeys(entry.board for entry in bench.boards):
        at = station(load_board(name), bench, drivers)
        yield Place(name, at.board.family.name, at.lanes, here.drivers(at))


def _emulated(settings: Settings, slots: int, here: Here) -> Iterator[Place]:
    """Families whose QEMU is installed; any board of one will do to ask what drives it."""
    examples = {
        board.family.name: board
        for board in map(load_board, boards())
        if isinstance(board.target, QemuTarget)
    }
    programs = {tool.family: tool for tool in tools.TOOLS + tools.OPTIONAL if tool.target == "qemu"}
    for name, board in sorted(examples.items()):
        if slots and name in families() and name in programs and programs[name].version():
            at = Station(board, targets(settings)["qemu"])
            yield Place("", name, slots, here.drivers(at))
