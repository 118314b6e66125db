"""Unmodified pyOCD, the simulated probe and QEMU: the path of a real board."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import misbehaving
import pytest
import simulated_bench
from misbehaving import Behaviour, sample
from simulated_bench import NAME, SCHEDULE, locks
from typer.testing import CliRunner

from hilbench.cli.commands import boards as commands
from hilbench.config.bench import load_bench
from hilbench.config.board import load_board
from hilbench.core import processes
from hilbench.core.artifacts import BenchUse, Firmware, Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.settings import SIMULATED, Settings
from hilbench.link.session import benchmark
from hilbench.pipeline.plan import station
from hilbench.simprobe import flash_algo
from hilbench.simprobe.faults import Faults
from hilbench.targets import qemu
from hilbench.targets.base import targets

pytestmark = pytest.mark.emulator
SAMPLES = [sample(Behaviour.COMPUTE), [bytes([0, *range(100, 115)])]]


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Firmware:
    return misbehaving.build(tmp_path_factory.mktemp("firmware"))


def on_qemu(elf: Path, folder: Path) -> Measurement:
    deadline = Deadline.after(60, "measure")
    with qemu.TARGET(Settings.read()).start(elf, load_board(NAME), folder, deadline) as device:
        return benchmark(device.stream, SAMPLES, SCHEDULE, deadline)


def test_the_same_measurement_as_the_plain_emulator(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, {"SIM1": None}) as bench:
        first, device = bench.measure(firmware.elf, SAMPLES)
        again, _ = bench.measure(firmware.elf, SAMPLES)
        assert bench.left_behind() == []
    assert first == again == on_qemu(firmware.elf, tmp_path)
    assert device.facts.use == BenchUse(probe="SIM1", chip="", attempts=0, retries="")
    assert "Erased" in (tmp_path / "bench/run/program/log.txt").read_text()


def test_a_bench_may_ask_for_a_simulated_board(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SIMULATED, raising=False)
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, {}) as bench:
        bench.write({"probe": "SIM9", "emulated_by": "qemu"})
        deadline = Deadline.after(60, "measure")
        settings = Settings.read()
        at = station(load_board(NAME), load_bench(settings), targets(settings))
        assert (at.target.kind, at.emulated) == ("pyocd", True)
        with (
            at.target.reserve(at.board, at.attached, deadline) as place,
            at.target.start(firmware.elf, at.board, tmp_path, deadline, at=place) as device,
        ):
            measured = benchmark(device.stream, SAMPLES, SCHEDULE, deadline)
    assert measured == on_qemu(firmware.elf, tmp_path)


def test_the_wrong_chip_is_refused_before_anything_is_erased(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(chip_id=0x12345678)
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, {"SIM1": faults}) as bench:
        with pytest.raises(TargetError, match=r"says 0x12345678, expected 0x41043860; nothing"):
            bench.measure(firmware.elf, SAMPLES)
        assert "Eras" not in (tmp_path / "bench/run/program/log.txt").read_text()
        assert not locks().dead("SIM1")


def test_two_boards_are_never_mixed_up(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = misbehaving.build(tmp_path / "other", model="11" * 32)
    boards: dict[str, Faults | None] = {"SIM1": None, "SIM2": None}
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, boards) as bench:
        with locks().any_of(["SIM1"], "another job", Deadline.after(1, "x")):
            measured, device = bench.measure(other.elf, SAMPLES)
            assert (device.facts.use.probe, measured.device.model_sha256) == ("SIM2", "11" * 32)
        measured, device = bench.measure(firmware.elf, SAMPLES)
        assert (device.facts.use.probe, measured.device.model_sha256) == ("SIM1", "00" * 32)


def test_jobs_at_the_same_time_have_a_board_each(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = misbehaving.build(tmp_path / "other", model="11" * 32)
    boards: dict[str, Faults | None] = {"SIM1": None, "SIM2": None}
    jobs = [(firmware.elf, "00" * 32), (other.elf, "11" * 32)] * 2
    with (
        simulated_bench.bench(tmp_path / "bench", monkeypatch, boards) as bench,
        ThreadPoolExecutor(2) as pool,
    ):
        running = [
            pool.submit(bench.measure, elf, SAMPLES, run=f"run{number}")
            for number, (elf, _) in enumerate(jobs)
        ]
        results = [job.result() for job in running]
    models = [measured.device.model_sha256 for measured, _ in results]
    assert models == [model for _, model in jobs]
    assert {device.facts.use.probe for _, device in results} == {"SIM1", "SIM2"}


def test_swapped_consoles_are_caught_before_anything_is_erased(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards: dict[str, Faults | None] = {"SIM1": None, "SIM2": None}
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, boards) as bench:
        ports = {probe: board.device for probe, board in bench.boards.items()}
        bench.write(
            {"probe": "SIM1", "serial": "SIM1", "port": ports["SIM2"]},
            {"probe": "SIM2", "serial": "SIM2", "port": ports["SIM1"]},
        )
        with pytest.raises(TargetError, match=r"belongs to 'SIM2', the bench file says 'SIM1'"):
            bench.measure(firmware.elf, SAMPLES)
        assert not (tmp_path / "bench/run/program").exists()
        # The bench file binds serial numbers, so names that change places do no harm.
        bench.write({"probe": "SIM1"}, {"probe": "SIM2"})
        bench.boards["SIM1"].change(port=ports["SIM1"])
        assert bench.measure(firmware.elf, SAMPLES)[1].facts.use.probe == "SIM1"


@pytest.mark.parametrize(
    ("faults", "attempts"),
    [
        (Faults(powered=False, connections=1), 1),
        (Faults(max_hz=1e6), 2),
        (Faults(only_under_reset=True), 3),
    ],
    ids=["first connection fails", "slow clock helps", "under reset helps"],
)
def test_the_retry_policy_is_followed_and_recorded(
    faults: Faults,
    attempts: int,
    firmware: Firmware,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, {"SIM1": faults}) as bench:
        _, device = bench.measure(firmware.elf, SAMPLES)
        assert device.facts.use.attempts == attempts
        assert "no acknowledge" in device.facts.use.retries


def test_pyocds_own_command_programs_a_simulated_board(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The probe serves all of pyOCD, where a process has registered it."""
    program = (
        "import sys; from hilbench.simprobe import plugin; from pyocd.__main__ import main;"
        " plugin.register(sys.argv.pop(1)); main()"
    )
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, {"SIM1": None}) as bench:
        command = [sys.executable, "-c", program, str(bench.folder / "usb"), "flash", "-u", "SIM1"]
        done = subprocess.run(
            [*command, "-t", "hilbench_simulated", str(firmware.elf)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "Erased" in done.stderr


def test_the_flash_algorithm_is_its_source(tmp_path: Path) -> None:
    source = Path(flash_algo.__file__).with_name("ram_flash.S")
    binary = tmp_path / "ram_flash.bin"
    for command in (
        ["arm-none-eabi-gcc", "-c", str(source), "-o", str(tmp_path / "ram_flash.o")],
        ["arm-none-eabi-objcopy", "-O", "binary", str(tmp_path / "ram_flash.o"), str(binary)],
    ):
        done = processes.run(command, tmp_path / "log.txt", Deadline.after(30, "assembling"))
        assert done.returncode == 0, done.log
    words = b"".join(word.to_bytes(4, "little") for word in flash_algo.INSTRUCTIONS)
    assert binary.read_bytes() == words


def test_discovery_writes_a_bench_file_that_works(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards: dict[str, Faults | None] = {"SIM1": None, "SIM2": Faults(powered=False)}
    with simulated_bench.bench(tmp_path / "bench", monkeypatch, boards) as bench:
        result = CliRunner().invoke(commands.app, ["discover", "--force"])
        assert result.exit_code == 0, result.output
        (entry,) = load_bench(Settings.read()).boards
        assert (entry.board, entry.probe, entry.chip_id) == (NAME, "SIM1", 0x41043860)
        assert "SIM2 (hilbench simulated probe)" in Settings.read().bench.read_text()
        assert bench.measure(firmware.elf, SAMPLES)[1].facts.use.probe == "SIM1"
