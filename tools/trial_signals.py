"""Signals at random moments of campaigns on every kind of target: does each end everything?

    python tools/trial_signals.py [--trials 200] [--seed 1] [--kind KIND ...] [--signal SIGKILL ...]
                                  [--cache FOLDER]

A trial starts `hilbench run`, sends it INT, TERM, HUP or KILL at a random moment, and looks: has it
ended within two seconds, with one line and the status 128 + n; is a process left, a temporary
file, a row that is none? In the end every campaign is resumed and its rows are compared with those
of an undisturbed run. The cache is a new one, or a copy of FOLDER. Prints one line per finding and
a summary; the exit status is 1 if there was a finding.

Seconds are hilbench's own: while it was ready to run and other programs had the processors, as the
kernel counts it, no time passes. On an idle computer they are those of the clock.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LIMIT_SECONDS, HOPELESS_SECONDS = 2.0, 60.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
MARK = "HILBENCH_TRIAL_MARK"
STAND_IN = Path(__file__).parents[1] / "tests" / "renode_stand_in.py"
CHANGING = {"timestamp", "duration_s", "host", "target", "probe", "failed_attempts", "retries",
            "link_retransmissions"}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind of campaign: options of `hilbench run`, and a bench file."""

    name: str
    options: tuple[str, ...]
    bench: str = ""


_BOARD = "{{board: {}, probe: TRIAL, emulated_by: {}}}"
KINDS = (
    Kind("qemu", ()),
    Kind("bench", (), _BOARD.format("mps2_an386", "qemu")),
    Kind("renode", ("--board", "nucleo_l4r5zi"), _BOARD.format("nucleo_l4r5zi", "renode")),
    Kind("train", ("--fresh", "train")),
    Kind("convert", ("--fresh", "convert")),
    Kind("oracle", ("--fresh", "oracle")),
    Kind("build", ("--fresh", "compile", "--fresh", "build")),
    Kind("figures", ("--plot",)),
)


@dataclass
class Result:
    """What happened in one trial; `findings` are empty when all was well.

    `met` are the programs that hilbench had started and that ran when the signal came.
    """

    kind: str
    signal: signal.Signals
    after: float
    took: float
    status: int
    met: tuple[str, ...] = ()
    findings: list[str] = field(default_factory=list)


class OwnTime:
    """Seconds since it was made, without those in which the processes waited for a processor."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._started = time.monotonic()
        self._before = _queued(pids)
        self._waited = 0.0

    def seconds(self, pids: Sequence[int]) -> float:
        """To be asked often while they live: of one that is gone the last answer counts."""
        waits = [now - self._before.get(thread, 0.0) for thread, now in _queued(pids).items()]
        self._waited = max([self._waited, *waits])
        return time.monotonic() - self._started - self._waited


def _queued(pids: Sequence[int]) -> dict[str, float]:
    """For how many seconds each thread was ready to run and did not: proc/schedstat of Linux."""
    found = {}
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("[0-9]*"):
            with suppress(OSError, IndexError):
                nanoseconds = (thread / "schedstat").read_text().split()[1]
                found[thread.name] = int(nanoseconds) / 1e9
    return found


class Trials:
    """A folder with a cache of its own, filled once by an undisturbed run."""

    def __init__(self, folder: Path, filled: Path | None) -> None:
        self.folder = folder
        if filled:
            shutil.copytree(filled, folder / "cache", symlinks=True)
        self.renode = folder / "renode"
        self.renode.write_text(f'#!/bin/sh\nexec {sys.executable} {STAND_IN} "$@"\n')
        self.renode.chmod(0o755)
        for name in ("cache", "state", "tmp", "home"):
            (folder / name).mkdir(exist_ok=True)

    def undisturbed(self, kind: Kind) -> tuple[list[dict[str, str]], float]:
        """Rows of a whole run, and how many seconds it took; the cache is warm afterwards."""
        started = time.monotonic()
        done = subprocess.run(
            self._command(kind, "undisturbed"), env=self._environment(kind, "undisturbed"),
            capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        if done.returncode not in (0, 1):
            raise SystemExit(f"the undisturbed run failed:\n{done.stderr}")
        return self.rows("undisturbed", kind), time.monotonic() - started

    def run(self, kind: Kind, number: signal.Signals, after: float, mark: str) -> Result:
        """One campaign with one signal."""
        environment = self._environment(kind, mark)
        started = subprocess.Popen(
            self._command(kind, mark), env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        met: tuple[str, ...] = ()
        try:
            started.wait(after)
        except subprocess.TimeoutExpired:
            met = _programs(self._mark(mark), started.pid)
            started.send_signal(number)
        took = _ended(started)
        said = started.stderr.read() if started.stderr else ""
        result = Result(kind.name, number, after, took, started.returncode, met)
        self._look(result, said, kind, mark)
        return result

    def resumed(self, kind: Kind, mark: str) -> tuple[list[dict[str, str]], str]:
        """Rows after the interrupted campaign was taken up again, and the last that was said."""
        command = [*self._command(kind, mark), "--resume"]
        done = subprocess.run(
            command, env=self._environment(kind, mark), capture_output=True, text=True, timeout=600,
            check=False,
        )  # fmt: skip
        said = next(iter(done.stderr.splitlines()[-1:]), "")
        return self.rows(mark, kind), f"exit status {done.returncode}: {said}"

    def _mark(self, mark: str) -> str:
        """Another trial on the same computer has processes of its own."""
        return f"{self.folder.name}/{mark}"

    def rows(self, mark: str, kind: Kind) -> list[dict[str, str]]:
        path = self.folder / mark / kind.name / "smoke.csv"
        if not path.exists():
            return []
        with path.open(newline="", encoding="utf-8") as file:
            found = list(csv.DictReader(file))
        return [{k: v for k, v in row.items() if k not in CHANGING} for row in found]

    def _look(self, result: Result, said: str, kind: Kind, mark: str) -> None:
        if result.status == -result.signal and not said:
            return  # Python itself was starting: nobody can hear that early
        if "Traceback" in said and "hilbench/" not in said:
            return
        killed = result.signal == signal.SIGKILL
        expected = -9 if killed else 128 + result.signal
        if result.status not in (0, 1, expected):
            result.findings.append(f"exit status {result.status} instead of {expected}")
        if "Traceback" in said:
            result.findings.append(f"a traceback: {said}")
        lines = [line for line in said.splitlines() if line.startswith("hilbench:")]
        if result.status == expected and not killed and len(lines) != 1:
            result.findings.append(f"{len(lines)} lines instead of one: {said!r}")
        if result.took > LIMIT_SECONDS:
            result.findings.append(f"ended after {result.took:.1f} s")
        result.findings += [f"left behind: {what}" for what in self._left(mark)]
        for row in self.rows(mark, kind):
            if not row.get("status"):
                result.findings.append(f"half a row: {row}")

    def _left(self, mark: str) -> list[str]:
        """What is still there after two seconds, or when nobody is left who could tidy up."""
        clock = OwnTime(list(dict(processes(self._mark(mark)))))
        while True:
            alive = dict(processes(self._mark(mark)))
            left = [
                *(f"process {pid}: {what}" for pid, what in alive.items()),
                *self._temporary(mark),
            ]
            if not left or not alive or clock.seconds(list(alive)) > LIMIT_SECONDS:
                return left
            time.sleep(0.05)

    def _temporary(self, mark: str) -> list[str]:
        while True:
            with suppress(FileNotFoundError):  # one that was removed while it was looked into
                found = [*(self.folder / "tmp" / mark).iterdir()]
                for pattern in (".*.*", "*/.*.*"):
                    found += [p for p in (self.folder / "cache").glob(pattern) if p.is_dir()]
                return [str(path) for path in found]

    def _command(self, kind: Kind, mark: str) -> list[str]:
        plot = [] if "--plot" in kind.options else ["--no-plot"]
        results = self.folder / mark / kind.name
        return [
            sys.executable, "-m", "hilbench", "run", "smoke", "--workers", "2", *plot,
            *kind.options, "--results", str(results), "--figures", str(results),
        ]  # fmt: skip

    def _environment(self, kind: Kind, mark: str) -> dict[str, str]:
        own = self.folder / "tmp" / mark
        own.mkdir(exist_ok=True)
        bench = self.folder / f"{kind.name}.yaml"
        bench.write_text(f"schema: 1\nboards: [{kind.bench}]\n")
        return {
            **os.environ,
            MARK: self._mark(mark),
            "TMPDIR": str(own),
            "HOME": str(self.folder / "home"),
            "HILBENCH_CACHE": str(self.folder / "cache"),
            "HILBENCH_STATE": str(self.folder / "state"),
            "HILBENCH_BENCH": str(bench),
            "HILBENCH_RENODE": str(self.renode),
            "RENODE_STAND_IN_DIES": "1",
        }


def _ended(started: subprocess.Popen[str]) -> float:
    """Seconds of its own to its end; one that does not end is killed after a minute."""
    clock, took = OwnTime([started.pid]), 0.0
    while started.poll() is None:
        took = clock.seconds([started.pid])
        if took > HOPELESS_SECONDS:
            started.kill()
            started.wait()
        time.sleep(0.01)
    return took


def processes(mark: str) -> Iterator[tuple[int, str]]:
    """Every process that inherited the trial's mark, and its command."""
    wanted = f"{MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                yield int(folder.name), command[:120]
        except OSError:
            continue


def _programs(mark: str, hilbench: int) -> tuple[str, ...]:
    """Names of the programs that run; of Python those of the modules."""
    commands = [command.split() for pid, command in processes(mark) if pid != hilbench]
    names = {
        words[words.index("-m") + 1] if "-m" in words else words[0] for words in commands if words
    }
    return tuple(sorted(Path(name).name for name in names))


def trial(
    made: Trials,
    kinds: Sequence[Kind],
    signals: Sequence[signal.Signals],
    trials: int,
    seed: int,
) -> list[Result]:
    """All of it; results in order, those of the comparison of rows last."""
    chance = random.Random(seed)
    whole = {kind.name: made.undisturbed(kind) for kind in kinds}
    results = []
    for number in range(trials):
        kind = kinds[number % len(kinds)]
        after = chance.uniform(0.0, whole[kind.name][1])
        result = made.run(kind, chance.choice(signals), after, f"t{number % len(kinds)}")
        results.append(result)
        for finding in result.findings:
            print(f"{result.kind}, {result.signal.name} after {after:.2f} s: {finding}", flush=True)
    for number, kind in enumerate(kinds[:trials]):
        rows, said = made.resumed(kind, f"t{number}")
        if wrong := differences(rows, whole[kind.name][0]):
            finding = f"rows differ from those of an undisturbed run: {wrong} ({said})"
            results[number].findings.append(finding)
            print(f"{kind.name}: {results[number].findings[-1]}", flush=True)
    return results


def differences(found: list[dict[str, str]], expected: list[dict[str, str]]) -> str:
    """What is not as expected, "" if nothing."""
    if len(found) != len(expected):
        return f"there are {len(found)} instead of {len(expected)}"
    return "; ".join(
        f"{name} of {there['variant']} is {here.get(name)!r} instead of {there[name]!r}"
        for here, there in zip(found, expected, strict=True)
        for name in there
        if here.get(name) != there[name]
    )


def summary(results: Sequence[Result]) -> str:
    took = sorted(result.took for result in results)
    cut = Counter(r.kind for r in results if r.status not in (0, 1))
    met = Counter(program for result in results for program in result.met)
    bad = sum(bool(result.findings) for result in results)
    return (
        f"{len(results)} signals, {sum(cut.values())} of them met a running campaign"
        f" ({_counted(cut)}); beside hilbench ran: {_counted(met)};"
        f" median {took[len(took) // 2]:.2f} s to the end, longest {took[-1]:.2f} s;"
        f" {bad} with a finding"
    )


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{what} {count}" for what, count in sorted(found.items())) or "none"


def heed_signals() -> None:
    """Campaigns get every signal: what a background job or nohup ignores, its children ignore."""
    for number in SIGNALS:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def main() -> None:
    heed_signals()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", choices=[kind.name for kind in KINDS])
    parser.add_argument("--signal", action="append", choices=[each.name for each in SIGNALS])
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    kinds = [kind for kind in KINDS if not arguments.kind or kind.name in arguments.kind]
    folder = Path(tempfile.mkdtemp(prefix="trial-"))
    made = Trials(folder, arguments.cache)
    if not arguments.cache:
        made.undisturbed(kinds[0])
    signals = [each for each in SIGNALS if each.name in (arguments.signal or each.name)]
    results = trial(made, kinds, signals, arguments.trials, arguments.seed)
    shutil.rmtree(folder)
    print(summary(results))
    sys.exit(any(result.findings for result in results))


if __name__ == "__main__":
    main()
