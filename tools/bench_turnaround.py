"""How long a user waits: help, one job measured again, the whole campaign with warm caches.

    python tools/bench_turnaround.py [--runs N]

Prints the median, smallest and largest wall time of N runs of each command. The first run of
the campaign fills the caches and is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HILBENCH = str(Path(sys.executable).with_name("hilbench"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each command")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        out = ["--results", f"{folder}/results", "--figures", f"{folder}/figures"]
        campaign = ["run", "rnn", *out]
        one = ["run", "rnn", "--model", "simple_1", "--variant", "int8_only", *out, "--no-plot"]
        seconds(campaign)
        for what, command in (
            ("hilbench --help", ["--help"]),
            ("one job, measured again", one),
            ("one job, rebuilt and measured again", [*one, "--fresh", "build"]),
            ("14 jobs, warm caches, no figures", [*campaign, "--no-plot"]),
            ("14 jobs, warm caches, with figures", campaign),
        ):
            report(what, [seconds(command) for _ in range(runs)])


def seconds(command: list[str]) -> float:
    """Wall time of one hilbench command; ends the benchmark when it fails."""
    started = time.perf_counter()
    subprocess.run([HILBENCH, *command], check=True, capture_output=True)
    return time.perf_counter() - started


def report(what: str, times: list[float]) -> None:
    middle = statistics.median(times)
    print(f"{what:38} {middle:6.2f} s  (min {min(times):.2f}, max {max(times):.2f})")


if __name__ == "__main__":
    main()
