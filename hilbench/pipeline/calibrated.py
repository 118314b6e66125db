"""The files that a calibration leaves: what was measured, to be sent in, and the core and the chip
as the board has them, for a project folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from hilbench import __version__
from hilbench.config.assumption import Alternative, Assumption, sourced, value_at
from hilbench.config.chip import Chip
from hilbench.config.core import Core
from hilbench.cycles.calibration import NOMINAL, Ruled, Settled, Verdict
from hilbench.pipeline.probes import MEASURED, Calibration
from hilbench.record.store import write_atomically

SCHEMA = 1
AS_ASSUMED = "as assumed"
_WAS = "was_assumed"


def described(name: str) -> str:
    """An alternative in words."""
    return AS_ASSUMED if name == NOMINAL else name


def write(found: Calibration, folder: Path, day: str) -> tuple[Path, ...]:
    """Write BOARD.yaml below `folder`, and for a real board cores/NAME.yaml and chips/NAME.yaml.

    An emulated board settles nothing: what it confirms is its own model. Raises StoreError.
    """
    files = {folder / f"{found.board.name}.yaml": report(found, day)}
    if found.kind == MEASURED:
        files |= {folder / path: content for path, content in facts(found, day).items()}
    for path, content in files.items():
        write_atomically(path, _yaml(content))
    return tuple(files)


def facts(found: Calibration, day: str) -> dict[str, dict[str, Any]]:
    """The files of core and chip as the board has them, by their places in a project folder."""
    nominal, settled = found.nominal, found.settled
    name = found.board.name
    source = f"hilbench calibrate on {name}, {day}, {found.kind}"
    core = _facts(nominal.core, settled, source)
    chip = _facts(nominal.chip, settled, source)
    core["name"] = chip["core"] = f"{nominal.core.name}_{name}"
    core["cpu"] = nominal.core.board_core
    chip["name"] = f"{nominal.chip.name}_{name}"
    return {f"cores/{core['name']}.yaml": core, f"chips/{chip['name']}.yaml": chip}


def _yaml(content: dict[str, Any]) -> bytes:
    text: str = yaml.safe_dump(content, sort_keys=False, width=100, allow_unicode=True)
    return text.encode()


def report(found: Calibration, day: str) -> dict[str, Any]:
    """All that was seen, as plain values."""
    settled = found.settled
    return {
        "schema": SCHEMA,
        "hilbench": __version__,
        "date": day,
        "board": found.board.name,
        "chip": found.nominal.chip.name,
        "chip_id": found.chip_id,
        "target": found.target,
        "kind": found.kind,
        "clock_hz": found.board.clock_hz,
        "memory": found.nominal.memory.describe(),
        "probes": {
            name: {"measured": settled.measured[name], "modelled": cycles}
            for name, cycles in settled.modelled.items()
        },
        "assumptions": [_verdict(verdict, found.kind) for verdict in settled.verdicts],
        "unexplained": list(settled.unexplained),
    }


def _verdict(verdict: Verdict, kind: str) -> dict[str, Any]:
    """An emulated board can only tell what a real one would settle."""
    return {
        "name": verdict.assumption.name,
        "board_has": described(verdict.chosen),
        "told_apart": verdict.settled,
        "settled": verdict.settled and kind == MEASURED,
        "others": [
            {"name": described(o.name), "probe": o.probe, "modelled": o.cycles, "ruled_out": o.out}
            for o in verdict.others
        ],
    }


def _facts(nominal: Core | Chip, settled: Settled, source: str) -> dict[str, Any]:
    """The core or chip with what was chosen, and with the assumptions that are still open."""
    found = settled.model.core if isinstance(nominal, Core) else settled.model.chip
    values: dict[str, Any] = found.model_dump(by_alias=True, mode="json")
    before = nominal.model_dump(by_alias=True)
    verdicts = {verdict.assumption.name: verdict for verdict in settled.verdicts}
    mine = {each.name for each in nominal.assumptions}
    for verdict in (v for name, v in verdicts.items() if name in mine and v.chosen != NOMINAL):
        for path in _alternative(verdict, verdict.chosen).change:
            sourced(values, path, source)
    still = (_open(each, verdicts.get(each.name), values, before) for each in nominal.assumptions)
    values["assumptions"] = [each.model_dump(mode="json") for each in still if each]
    return values


def _open(
    assumption: Assumption, verdict: Verdict | None, values: Any, before: Any
) -> Assumption | None:
    """What is left of an assumption; None where the board has settled it."""
    if verdict is None:
        return assumption
    left = list(_left(verdict, (other for other in verdict.others if not other.out), before))
    kept = [(each, _differing(each.change, values)) for each in left]
    told_apart = tuple(each.model_copy(update={"change": new}) for each, new in kept if new)
    return assumption.model_copy(update={"alternatives": told_apart}) if told_apart else None


def _left(verdict: Verdict, others: Iterable[Ruled], before: Any) -> Iterator[Alternative]:
    for other in others:
        if other.name != NOMINAL:
            yield _alternative(verdict, other.name)
            continue
        change = _alternative(verdict, verdict.chosen).change
        yield Alternative(name=_WAS, change={path: value_at(before, path) for path in change})


def _differing(change: Mapping[str, int], values: Any) -> dict[str, int]:
    return {path: value for path, value in change.items() if value_at(values, path) != value}


def _alternative(verdict: Verdict, name: str) -> Alternative:
    (found,) = [each for each in verdict.assumption.alternatives if each.name == name]
    return found
