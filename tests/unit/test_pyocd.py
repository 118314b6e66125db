"""The parts of target `pyocd` that need no probe: retry policy, consoles, registers in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from simulated_bench import locks
from typer.testing import CliRunner

from hilbench.cli.commands import boards
from hilbench.config.bench import Attachment, load_bench
from hilbench.config.board import QemuTarget, load_board
from hilbench.config.probe import PyocdTarget
from hilbench.core import extras
from hilbench.core.deadline import Deadline
from hilbench.core.errors import BoardGone, DeadlineExceeded, HostLost, LinkError, TargetError
from hilbench.core.settings import Settings
from hilbench.targets import pyocd
from hilbench.targets.bench import (
    discovery,
    health,
    ports,
    pyocd_probe,
    pyocd_worker,
    retry,
    usb,
)
from hilbench.targets.bench.pyocd_calls import Connection, Program, Wiring
from hilbench.targets.bench.pyocd_probe import Refused

WIRING = Wiring("halt", 4_000_000)


def test_the_job_of_a_board_that_was_unplugged_is_another_boards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took job after job, as nothing is so often free as a board that is not there."""
    there = {"A": False, "B": True}
    monkeypatch.setattr(ports, "present", lambda entry: there[entry.probe])
    target = pyocd.TARGET(Settings.read({"HILBENCH_STATE": str(tmp_path)}))
    board = load_board("nucleo_l4r5zi")
    both = [Attachment(board=board.name, probe=name) for name in there]

    def used(entries: list[Attachment], error: Exception | None = None) -> str:
        with target.reserve(board, entries, Deadline.after(5, "wait")) as place:
            if error is not None:
                raise error
            assert place.attachment is not None
            return place.attachment.probe

    with pytest.raises(HostLost, match="behind probe A was unplugged: silent"):
        used(both, LinkError("silent"))
    assert used(both) == "B"
    with pytest.raises(BoardGone, match="behind probe A was unplugged: no port"):
        used(both[:1], TargetError("no port"))
    there["A"] = True
    assert used(both) == "A"
    with pytest.raises(LinkError, match=r"^silent$"):
        used(both, LinkError("silent"))


def attempt(
    program: Callable[[Wiring, Deadline], str], power_cycle: tuple[str, ...] = ()
) -> tuple[str, list[retry.Attempt]]:
    policy = retry.policy(WIRING, can_power_cycle=bool(power_cycle))
    return retry.run(policy, program, power_cycle, Deadline.after(5, "measure"))


def test_first_success_tries_nothing_else() -> None:
    assert attempt(lambda *_: "done") == ("done", [])


def test_steps_get_slower_and_rougher_and_every_failure_is_kept() -> None:
    tried: list[Wiring] = []

    def program(wiring: Wiring, _limit: Deadline) -> str:
        tried.append(wiring)
        if wiring.connect_mode != "under-reset":
            raise TargetError(f"no answer at {wiring.frequency_hz}")
        return "done"

    result, failed = attempt(program)
    assert result == "done"
    assert tried == [WIRING, WIRING, Wiring("halt", 400_000), Wiring("under-reset", 400_000)]
    assert retry.summary(failed) == (
        "as configured, again: no answer at 4000000; slower SWD clock: no answer at 400000"
    )


def test_power_cycle_is_the_last_step(tmp_path: Path) -> None:
    switched = tmp_path / "switched"

    def program(_wiring: Wiring, _limit: Deadline) -> str:
        if not switched.exists():
            raise TargetError("dead")
        return "done"

    result, failed = attempt(program, ("touch", str(switched)))
    assert result == "done"
    assert len(failed) == 4


def test_a_power_cycle_that_fails_is_a_reason() -> None:
    def program(_wiring: Wiring, _limit: Deadline) -> str:
        raise TargetError("dead")

    with pytest.raises(retry.Exhausted, match="the power cycle failed"):
        attempt(program, ("false",))


def test_the_wrong_chip_is_not_tried_again() -> None:
    tried: list[Wiring] = []

    def program(wiring: Wiring, _limit: Deadline) -> str:
        tried.append(wiring)
        raise Refused("wrong chip")

    with pytest.raises(Refused):
        attempt(program)
    assert len(tried) == 1


def test_no_step_after_the_deadline() -> None:
    with pytest.raises(DeadlineExceeded):
        retry.run(
            retry.policy(WIRING, can_power_cycle=False),
            lambda *_: "done",
            (),
            Deadline.after(0, "measure"),
        )


def entry(**values: object) -> Attachment:
    return Attachment.model_validate({"board": "mps2_an386", "probe": "P", **values})


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[ports.Port]:
    found: list[ports.Port] = []

    class Listed:
        def __init__(self, port: ports.Port) -> None:
            self.device, self.serial_number = port.device, port.serial

    monkeypatch.setattr(extras, "serial_ports", lambda: [Listed(port) for port in found])
    monkeypatch.delenv("HILBENCH_SIMULATED", raising=False)
    return found


def now() -> Deadline:
    return Deadline.after(0, "now")


def test_console_is_found_by_serial_number_whatever_its_name(listed: list[ports.Port]) -> None:
    listed += [ports.Port("/dev/ttyACM0", "Q"), ports.Port("/dev/ttyACM7", "P")]
    assert ports.find(entry(), now()) == "/dev/ttyACM7"


def test_missing_and_ambiguous_consoles(listed: list[ports.Port]) -> None:
    with pytest.raises(TargetError, match="no serial port with the serial number 'P'"):
        ports.find(entry(), now())
    listed += [ports.Port("/dev/ttyACM0", "P"), ports.Port("/dev/ttyACM1", "P")]
    with pytest.raises(TargetError, match="2 serial ports"):
        ports.find(entry(), now())


def test_a_named_port_that_is_another_devices_is_refused(listed: list[ports.Port]) -> None:
    listed += [ports.Port("/dev/ttyUSB0", "Q")]
    with pytest.raises(TargetError, match=r"/dev/ttyUSB0 belongs to 'Q'.*says 'P1'"):
        ports.check(entry(serial="P1", port="/dev/ttyUSB0"))
    ports.check(entry(serial="Q", port="/dev/ttyUSB0"))
    ports.check(entry(port="/dev/ttyUSB0"))


def test_port_that_cannot_be_opened() -> None:
    with pytest.raises(TargetError, match="cannot be opened"), ports.opened("/dev/none", 115200):
        pass


def no_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an ordinary user; tests may run as root, who may open everything."""
    monkeypatch.setattr("os.access", lambda *_: False)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(extras.serial(), "serial_for_url", refuse)


@pytest.mark.parametrize(
    ("mode", "group", "remedy"),
    [
        (0o660, 20, "open to the group dialout: `sudo usermod -aG dialout $USER`, then log in"),
        (0o600, 20, "add a udev rule"),
        (0o660, 0, "add a udev rule"),
        (0o660, 54321, "open to the group 54321"),
    ],
)
def test_a_port_without_permission_names_the_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, group: int, remedy: str
) -> None:
    def name(number: int) -> SimpleNamespace:
        if number != 20:
            raise KeyError(number)
        return SimpleNamespace(gr_name="dialout")

    def stat(_path: Path) -> SimpleNamespace:
        return SimpleNamespace(st_gid=group, st_mode=0o020000 | mode)

    no_permission(monkeypatch)
    monkeypatch.setattr("grp.getgrgid", name)
    monkeypatch.setattr(Path, "stat", stat)
    with pytest.raises(TargetError) as caught, ports.opened("/dev/ttyACM0", 115200):
        pass
    assert str(caught.value).startswith("serial port /dev/ttyACM0 cannot be opened: this user may")
    assert remedy in str(caught.value)


def plugged_in(folder: Path, name: str, number: int) -> Path:
    """A USB device as the kernel shows it in sysfs; its node in /dev."""
    entry_ = folder / "sys" / f"1-{number}"
    entry_.mkdir(parents=True)
    told = {"product": name, "idVendor": "0483", "idProduct": "374b", "busnum": "1"}
    for key, value in {**told, "devnum": str(number)}.items():
        (entry_ / key).write_text(f"{value}\n")
    node = folder / "dev" / "001" / f"{number:03d}"
    node.parent.mkdir(parents=True, exist_ok=True)
    node.touch()
    return node


def test_a_probe_that_may_not_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = plugged_in(tmp_path, "STM32 STLink", 4)
    plugged_in(tmp_path, "Optical Mouse", 5)
    (tmp_path / "sys" / "usb1").mkdir()
    assert usb.closed_probes(tmp_path / "sys", tmp_path / "dev") == []
    monkeypatch.setattr("os.access", lambda *_: False)
    closed = usb.closed_probes(tmp_path / "sys", tmp_path / "dev")
    assert closed == [f"STM32 STLink (0483:374b) at {node}"]
    monkeypatch.setattr(usb, "closed_probes", lambda: closed)
    with pytest.raises(TargetError, match=r"may not open STM32 STLink .*udev rules"):
        discovery.recognised([])


def test_a_discovery_without_a_board_writes_nothing(
    bench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty bench file would stand in the way of the next discovery."""
    monkeypatch.setattr(usb, "closed_probes", list)
    for probes, reason in (
        ([], r"no debug probe is plugged in .*udev rules"),
        ([found("0001", "")], r"no board was recognised behind 1 debug probe: 0001 .*nobody knows"),
    ):
        monkeypatch.setattr(discovery, "discover", lambda *_, probes=probes: probes)
        result = CliRunner().invoke(boards.app, ["discover"])
        assert result.exit_code != 0
        assert re.search(reason, str(result.exception))
        assert not bench.exists()


class Chip:
    """What pyOCD's target does for the checks before anything is erased."""

    def __init__(self, **words: int) -> None:
        self._words = {int(address, 16): word for address, word in words.items()}

    def read32(self, address: int) -> int:
        return self._words[address]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (0xFFEFF8AA, ""),
        (0xFFEFF8BB, "protected against being read out (0xbb at 0x40022020); nothing was erased"),
        (0xFFEFF8CC, "(0xcc at 0x40022020), for ever; nothing was erased"),
    ],
)
def test_a_protected_chip_is_refused_before_anything_is_erased(word: int, said: str) -> None:
    """Its flash cannot be read, which looks like a memory fault at every attempt."""
    facts = load_board("nucleo_l4r5zi").target
    assert isinstance(facts, PyocdTarget)
    assert facts.protection is not None
    connection = Connection("066A", facts.part, None, WIRING)
    request = Program(
        connection, Path("x.elf"), facts.chip_id, None, facts.protection, facts.unique_id, None
    )
    chip = Chip(**{"0x40022020": word})
    if not said:
        pyocd_worker._check_protection(chip, request)
        return
    with pytest.raises(pyocd_worker.Refusal) as caught:
        pyocd_worker._check_protection(chip, request)
    assert said in str(caught.value)
    assert ("RDP=0xAA" in caught.value.remedy) != ("for ever" in said)


def registers(**values: int) -> dict[str, int]:
    names = ("pc", "lr", "sp", "xpsr", "cfsr", "hfsr", "mmfar", "bfar")
    return {**dict.fromkeys(names, 0), **values}


def test_registers_in_words() -> None:
    running = pyocd_probe.explain(registers(pc=0x100, lr=0x200), "main at main.c:3")
    assert running == "the core was running at 0x00000100 (main at main.c:3), lr 0x00000200"
    crashed = pyocd_probe.explain(registers(pc=0x100, xpsr=3, cfsr=1 << 25), "")
    assert crashed == "the core was in HardFault at 0x00000100 CFSR 0x02000000 DIVBYZERO"
    assert "exception 24" in pyocd_probe.explain(registers(xpsr=24), "")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HILBENCH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HILBENCH_BENCH", str(tmp_path / "bench.yaml"))
    return tmp_path / "bench.yaml"


def start(folder: Path) -> None:
    board = load_board("mps2_an386")
    settings, deadline = Settings.read(), Deadline.after(5, "measure")
    target, attached = pyocd.TARGET(settings), load_bench(settings).of(board.name)
    with (
        target.reserve(board, attached, deadline) as place,
        target.start(folder / "none.elf", board, folder, deadline, at=place),
    ):
        pass


def test_a_board_that_is_not_on_the_bench(bench: Path, tmp_path: Path) -> None:
    bench.write_text("schema: 1\n")
    with pytest.raises(TargetError, match=r"no board 'mps2_an386' in the bench file.*discover"):
        start(tmp_path)


def test_a_dead_board_is_refused(bench: Path, tmp_path: Path) -> None:
    bench.write_text("schema: 1\nboards: [{board: mps2_an386, probe: P}]\n")
    locks().mark_dead("P", "no acknowledge")
    with pytest.raises(TargetError, match=r"out of order: no acknowledge.*boards clear P"):
        start(tmp_path)


def test_a_board_that_cannot_have_a_debug_probe() -> None:
    board = load_board("mps2_an386")
    assert isinstance(board.target, QemuTarget)
    other = board.target.model_copy(update={"machine": "mps2-an505"})
    with pytest.raises(TargetError, match="has no debug probe"):
        pyocd.facts_of(board.model_copy(update={"target": other}), Path("bench.yaml"))


def found(probe: str, board: str) -> discovery.Found:
    return discovery.Found(probe, "ST-Link", board, 0x470, "" if board else "nobody knows it")


def test_the_bench_file_of_a_discovery_is_valid_as_it_is(bench: Path) -> None:
    bench.write_text(discovery.bench_yaml([found("066A", "nucleo_l4r5zi"), found("0001", "")]))
    (entry,) = load_bench(Settings.read()).boards
    assert (entry.probe, entry.console, entry.chip_id) == ("066A", "066A", 0x470)
    assert "nobody knows it" in bench.read_text()


def test_boards_commands(bench: Path, listed: list[ports.Port]) -> None:
    runner = CliRunner()
    bench.write_text("schema: 1\nboards: [{board: mps2_an386, probe: P}]\n")
    locks().mark_dead("P", "no acknowledge")
    before = runner.invoke(boards.app, ["list", "--json"]).stdout
    assert "out of order: no acknowledge" in before
    assert "no serial port with the serial number 'P'" in before
    listed.append(ports.Port("/dev/ttyACM3", "P"))
    assert runner.invoke(boards.app, ["clear", "P"]).exit_code == 0
    after = runner.invoke(boards.app, ["list", "--json"]).stdout
    assert '"free"' in after
    assert '"/dev/ttyACM3"' in after
    again = runner.invoke(boards.app, ["clear", "P"])
    assert "not marked" in str(again.exception)
    assert "exists" in str(runner.invoke(boards.app, ["discover"]).exception)


def test_a_missing_pack_is_told_before_a_job_needs_it(
    bench: Path, listed: list[ports.Port]
) -> None:
    listed.append(ports.Port("/dev/ttyACM3", "P"))
    nucleo = Attachment(board="nucleo_l4r5zi", probe="P")
    assert [
        "CMSIS pack Keil.STM32L4xx_DFP" in line for line in health.problems(nucleo, locks())
    ] == [True]
