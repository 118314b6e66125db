"""What safety costs: CPU of a job whose stages are cached, with each protection and without it.

    python tools/bench_safety.py [--runs N] [EXPERIMENT ARGUMENT...]

Each line is one protection taken away: the CPU time with all of them over that without it, the
median and the quartiles of N pairs, each pair one after the other. All that a run starts counts,
orphans as well. Without arguments one job of the shipped experiment `rnn` is run; the first run
fills the cache and is not counted.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile

ONE_JOB = ["rnn", "--model", "simple_1", "--variant", "int8_only"]
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h

WITHOUT = {
    "check of cache entries": "from hilbench.core import store; store._compare = lambda *_: None",
    "confinement of emulators": (
        "from hilbench.core import confinement; confinement.rules = lambda *_, **__: ()"
    ),
    "watchdog": (
        "from hilbench.core import processes; from types import SimpleNamespace as N;"
        "no = lambda *_: None; processes._watchdog = N(entrust_group=no, release_group=no,"
        " entrust_folder=no, release_folder=no)"
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9, help="pairs for each line")
    parser.add_argument("arguments", nargs="*", default=ONE_JOB, help="of `hilbench run`")
    given = parser.parse_args()
    ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        command = ["hilbench", "run", *given.arguments, "--no-plot", "--results", folder]
        seconds("", command)
        everything = "; ".join(WITHOUT.values())
        for what, patch in (*WITHOUT.items(), ("all of them", everything), ("nothing", "")):
            pairs = [(seconds("", command), seconds(patch, command)) for _ in range(given.runs)]
            ratios = [with_it / without for with_it, without in pairs]
            low, middle, high = statistics.quantiles(ratios, n=4)
            cpu = statistics.median(with_it for with_it, _ in pairs)
            print(f"{what:26} {middle:6.3f}  ({low:.3f} to {high:.3f}) of {cpu:.2f} s", flush=True)


def seconds(patch: str, command: list[str]) -> float:
    """CPU time of a run and of all that it started; ends the benchmark when it fails."""
    code = (
        f"{patch}\nimport sys; sys.argv = {command!r}\nfrom hilbench.__main__ import main; main()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said = child.stderr.read() if child.stderr else b""
    total = 0.0
    while True:
        try:
            pid, status, used = os.wait4(-1, 0)
        except ChildProcessError:
            return total
        if pid == child.pid and status:
            sys.exit(said.decode())
        total += used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
