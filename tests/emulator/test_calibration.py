"""Probes tell the alternatives of the cycle model apart, and a board that has one is found out."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from hilbench.config.assumption import value_at
from hilbench.config.bench import load_bench
from hilbench.config.board import Board, load_board
from hilbench.config.chip import Chip
from hilbench.config.core import Core
from hilbench.config.load import load
from hilbench.core.deadline import Deadline
from hilbench.core.errors import EngineError, Unsupported
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles import alternatives, calibration
from hilbench.cycles.calibration import Cycles
from hilbench.cycles.watch import CycleModel
from hilbench.image import image
from hilbench.pipeline import calibrated, probes
from hilbench.pipeline.plan import Station, station
from hilbench.pipeline.probes import MEASURED, MODELLED, Calibration, Runner
from hilbench.targets.base import targets

pytestmark = pytest.mark.emulator

ROOT = Path(__file__).parents[2]
APART = 0.03
"""Of one another's cycles, on one probe at least."""


@pytest.fixture(scope="module", autouse=True)
def _few_passes() -> Iterator[None]:
    """A model has no noise that more of them would average out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probes, "_PASSES", (8, 24))
        yield


class Twin:
    """The probes on the twin with prefetch on, where each alternative makes another model."""

    def __init__(self, folder: Path, *, prefetch: bool) -> None:
        board = load_board("nucleo_l4r5zi_twin")
        assert board.chip is not None
        chip = board.chip.model_copy(update={"prefetch": prefetch})
        settings = Settings.read()
        self.board: Board = board.model_copy(update={"chip": chip})
        self.at: Station = station(self.board, load_bench(settings), targets(settings))
        assert self.at.cycle_model is not None
        self.model: CycleModel = self.at.cycle_model
        store, deadline = Store(settings.cache), Deadline.after(3600, "calibrating")
        self.runner = Runner(self.at, store, folder, deadline)
        self.nominal, self.others = self.runner.alternatives()
        self.variants = alternatives.variants(self.model, self.board)

    def predict(self, models: Sequence[CycleModel]) -> list[Cycles]:
        """As `Runner.predict`, from the one run that was made: what changes is added up."""
        return [self._added(model) for model in models]

    def _added(self, model: CycleModel) -> Cycles:
        facts = [model.core.model_dump(by_alias=True), model.chip.model_dump(by_alias=True)]
        has = [each.name for each in self.variants if any(_says(f, each) for f in facts)]
        return {
            probe: cycles + sum(self.others[name][probe] - cycles for name in has)
            for probe, cycles in self.nominal.items()
        }


def _says(facts: object, variant: alternatives.Variant) -> bool:
    try:
        return all(value_at(facts, path) == value for path, value in variant.change.items())
    except ValueError:
        return False


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    return Twin(tmp_path_factory.mktemp("probes"), prefetch=True)


def test_each_two_alternatives_differ_on_a_probe(twin: Twin) -> None:
    every = {"as assumed": twin.nominal, **twin.others}
    for (one, a), (other, b) in combinations(every.items(), 2):
        assert max(abs(a[p] / b[p] - 1) for p in a) > APART, (one, other)


def test_every_planted_alternative_is_found(twin: Twin) -> None:
    for variant in twin.variants:
        measured = twin.others[variant.name]
        found = calibration.settle(measured, twin.model, twin.board, twin.predict)
        chosen = {v.assumption.name: v.chosen for v in found.verdicts if v.chosen}
        assert chosen == {variant.assumption: variant.alternative}
        assert not found.unexplained


def test_what_is_as_assumed_is_confirmed_and_what_nobody_thought_of_is_named(twin: Twin) -> None:
    found = calibration.settle(twin.nominal, twin.model, twin.board, twin.predict)
    assert all(v.settled and not v.chosen for v in found.verdicts)
    strange = {**twin.nominal, "alu": 1.2 * twin.nominal["alu"], "divide": 36.0}
    found = calibration.settle(strange, twin.model, twin.board, twin.predict)
    assert found.unexplained == ("alu", "divide")
    assert [v.assumption.name for v in found.verdicts if not v.settled] == ["divide"]
    quick = {**twin.nominal, "divide": 11.0}
    found = calibration.settle(quick, twin.model, twin.board, twin.predict)
    (divide,) = [v for v in found.verdicts if v.assumption.name == "divide"]
    assert (divide.chosen, divide.settled) == ("least", False)  # nearest, and no explanation


def test_two_at_once_are_found_by_emulation(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """And the page prints what was modelled."""
    twin = Twin(tmp_path_factory.mktemp("two"), prefetch=False)
    planted = {"fetch_buffer": "four", "sram3": "none"}
    (measured,) = twin.runner.predict([alternatives.combined(twin.model, twin.board, planted)])
    found = calibration.settle(measured, twin.model, twin.board, twin.runner.predict)
    assert {v.assumption.name: v.chosen for v in found.verdicts if v.chosen} == planted
    spec = importlib.util.spec_from_file_location("update", ROOT / "docs" / "update.py")
    assert spec and spec.loader
    update = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(update)
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert page == update.calibration(twin.nominal, twin.others), "run docs/update.py"


def test_files_of_a_board_are_a_core_and_a_chip(twin: Twin, tmp_path: Path) -> None:
    """With the rule that was found, without what is settled; an emulated board gets none."""
    measured = {**twin.others["fpu_mac: blocks"], "divide": 36.0}
    settled = calibration.settle(measured, twin.model, twin.board, twin.predict)
    found = Calibration(twin.board, twin.model, MEASURED, "pyocd", "1", settled)
    report, core_file, chip_file = calibrated.write(found, tmp_path, "2026-11-26")
    core, chip = load(core_file, Core), load(chip_file, Chip)
    assert (core.name, chip.core, core.cpu) == (core_file.stem, core.name, "cortex-m4")
    assert core.kinds["fpu_mac"].cycles == 3
    assert core.kinds["fpu_mac"].source.startswith("hilbench calibrate on nucleo_l4r5zi_twin")
    assert [each.name for each in core.assumptions] == ["divide"]
    assert chip.assumptions == ()
    assert "board_has: blocks" in report.read_text(encoding="utf-8")
    emulated = replace(found, kind=MODELLED)
    (only,) = calibrated.write(emulated, tmp_path / "other", "2026-11-26")
    said = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (report, only)]
    real, other = ([(a["told_apart"], a["settled"]) for a in r["assumptions"]] for r in said)
    assert (True, True) in real
    assert set(other) == {(True, False), (False, False)}


def test_the_real_board_gets_the_same_probes(twin: Twin, tmp_path: Path) -> None:
    board = load_board("nucleo_l4r5zi")
    made = probes.sources(board, tmp_path / "include")
    firmware = image.build(made, board, tmp_path / "image", Deadline.after(3600, "building"))
    assert set(probes.names(firmware.elf, board)) == set(twin.nominal)


def test_a_probe_that_is_not_there_is_refused(twin: Twin) -> None:
    with pytest.raises(EngineError, match="there is no probe of this number"):
        twin.runner._names = (*twin.runner._names, "more")
        twin.runner.predict([twin.model])


def test_a_core_that_the_probes_are_not_for_is_refused() -> None:
    with pytest.raises(Unsupported, match="cortex-m0plus of microbit lacks"):
        probes.calibrate("microbit", Settings.read(), Owner(), lambda _: None, {})
