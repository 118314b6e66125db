"""A writer is killed before each of its system calls that write: is what it leaves whole?

    python tools/trial_kills.py [--case CASE ...]

For a new entry of the cache, one that is made again, and a row in journal and CSV: the n-th call
of each kind of system call that changes a file gets SIGKILL in its place (strace injects it), for
n = 1, 2, ... until the writer comes to its end. Nobody tidies up behind it, as after a power cut.
What is left must then be read as it was before or as it was to be, and be written again. Prints
how many calls were cut, one line per finding; the exit status is 1 if there was one. Needs strace.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "unit")]

from journal_rows import begin, record, row  # noqa: E402 - found by the line above

from hilbench.core import processes  # noqa: E402
from hilbench.core.store import Store  # noqa: E402
from hilbench.record import store as results  # noqa: E402
from hilbench.record.journal.database import FILE  # noqa: E402
from hilbench.record.journal.overview import overview  # noqa: E402

CALLS = (
    "write", "pwrite64", "writev", "openat", "mkdir", "rename", "renameat2", "unlink", "unlinkat",
    "rmdir", "chmod", "fchmod", "fchmodat", "fsync", "fdatasync", "ftruncate", "utimensat", "link",
    "symlink", "copy_file_range", "sendfile", "fallocate", "flock", "close",
)  # fmt: skip
"""Those that change a file, and those between which one is open or locked."""


@dataclass(frozen=True)
class Case:
    """`before` prepares a folder, `work` is cut, `check` says what is wrong with what is left."""

    before: Callable[[Path], object]
    work: Callable[[Path], object]
    check: Callable[[Path], str]


class Nobody:
    """Instead of the watchdog: after a power cut there is none."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def entry(folder: Path, content: str, fresh: bool = False) -> str:
    """What the cache gives for one key; `content` if it has to be made."""

    def make(out: Path) -> Path:
        (out / "inner").mkdir()
        (out / "inner" / "one").write_text(content)
        (out / "other").write_text(content)
        return out / "inner" / "one"

    cache = Store(folder / "cache", fresh=["stage"] if fresh else [])
    found, _ = cache.get("stage", "key", Path, make)
    said = {found.read_text(), (found.parents[1] / "other").read_text()}
    return said.pop() if len(said) == 1 else f"a mixture of {said}"


def wrong_entry(folder: Path) -> str:
    found = entry(folder, "new")
    if found not in ("old", "new"):
        return f"the entry is {found!r}"
    return "" if entry(folder, "third", fresh=True) == "third" else "it cannot be made again"


def measured(folder: Path, macs: int) -> None:
    with begin(folder, "a", "b") as campaign:
        record(campaign, row("a", macs=macs), row("b", macs=macs))


def wrong_rows(folder: Path) -> str:
    if (folder / FILE).exists():
        overview(folder / FILE)
    path = folder / "mine.csv"
    was = [each["macs"] for each in results.read(path)] if path.exists() else []
    if was not in ([], [1], [1, 1], [2], [2, 1], [2, 2]):
        return f"the CSV has {was}"
    measured(folder, 3)
    now = [each["macs"] for each in results.read(path)]
    return "" if now == [3, 3] else f"afterwards the CSV has {now}"


CASES = {
    "new entry": Case(lambda _: None, lambda folder: entry(folder, "new"), wrong_entry),
    "entry made again": Case(
        lambda folder: entry(folder, "old"), lambda folder: entry(folder, "new", True), wrong_entry
    ),
    "rows": Case(lambda folder: measured(folder, 1), lambda f: measured(f, 2), wrong_rows),
    "first rows": Case(lambda _: None, lambda folder: measured(folder, 1), wrong_rows),
}


def cut(case: Case, folder: Path, call: str, number: int) -> bool:
    """Whether the writer got so far that it was killed."""
    child = os.fork()
    if not child:
        os.kill(os.getpid(), signal.SIGSTOP)
        case.work(folder)
        os._exit(0)
    os.waitpid(child, os.WUNTRACED)
    inject = f"inject={call}:signal=SIGKILL:when={number}"
    tracer = subprocess.Popen(
        ["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject,
         "-p", str(child)], stderr=subprocess.PIPE,
    )  # fmt: skip
    while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text():
        if tracer.poll() is not None:
            raise SystemExit(f"strace failed: {tracer.stderr.read().decode()}")
        time.sleep(0.002)
    os.kill(child, signal.SIGCONT)
    ended = os.waitpid(child, 0)[1]
    tracer.communicate()
    if ended not in (0, signal.SIGKILL):
        raise SystemExit(f"the writer ended with {ended}")
    return ended != 0


def trial(name: str, case: Case) -> tuple[Counter[str], list[str]]:
    """How often each call was cut, and what was wrong afterwards."""
    cuts: Counter[str] = Counter()
    findings = []
    for call in CALLS:
        while True:
            with tempfile.TemporaryDirectory() as made:
                folder = Path(made)
                case.before(folder)
                if not cut(case, folder, call, cuts[call] + 1):
                    break
                cuts[call] += 1
                try:
                    wrong = case.check(folder)
                except Exception as error:  # noqa: BLE001 - that is what is looked for
                    wrong = f"{type(error).__name__}: {error}"
                if wrong:
                    findings.append(f"{name}, killed at {call} {cuts[call]}: {wrong}")
    return cuts, findings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", action="append", choices=[*CASES])
    chosen = parser.parse_args().case or [*CASES]
    if shutil.which("strace") is None:
        raise SystemExit("trial_kills: needs strace (apt-get install strace)")
    processes._watchdog = Nobody()  # type: ignore[assignment]
    bad = 0
    for name in chosen:
        cuts, findings = trial(name, CASES[name])
        print(*findings, sep="\n", end="\n" if findings else "")
        each = ", ".join(f"{call} {count}" for call, count in cuts.items() if count)
        print(f"{name}: {cuts.total()} cuts ({each}); {len(findings)} with a finding", flush=True)
        bad += len(findings)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
