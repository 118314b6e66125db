"""What watching costs: every job of a campaign measured with QEMU's plugin and without it.

    python tools/bench_plugin.py [EXPERIMENT] [--board BOARD]

Prints the wall time of each measurement and the ratio, watched / unwatched, of each job and of
the campaign. Training, conversion and builds are taken from the cache or done before.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from hilbench.config.bench import load_bench
from hilbench.config.experiment import load_experiment
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.pipeline.events import Event
from hilbench.pipeline.plan import resolve
from hilbench.pipeline.stages import Prepared, Stages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiment", nargs="?", default="rnn")
    parser.add_argument("--board", help="another emulated board than the experiment's")
    arguments = parser.parse_args()
    path, experiment = load_experiment(arguments.experiment)
    if arguments.board:
        experiment = experiment.model_copy(update={"boards": (arguments.board,)})
    settings = Settings.read()
    stages = Stages(Store(settings.cache), Owner())
    total_watched = total_plain = 0.0
    for job in resolve(experiment, load_bench(settings), settings, path.parent):
        prepared = stages.prepare(job, ignore)
        plainly = replace(job, station=replace(job.station, cycle_model=None))
        unwatched = replace(prepared, job=plainly)
        watched, plain = seconds(stages, prepared), seconds(stages, unwatched)
        report(job.id, watched, plain)
        total_watched, total_plain = total_watched + watched, total_plain + plain
    report("all jobs", total_watched, total_plain)


def ignore(_: Event) -> None:
    """Nobody watches the stages here."""


def seconds(stages: Stages, prepared: Prepared) -> float:
    """Wall time of one measurement."""
    started = time.perf_counter()
    stages.measure(prepared, ignore)
    return time.perf_counter() - started


def report(what: str, watched: float, plain: float) -> None:
    print(f"{what:44} {watched:6.2f} s  {plain:6.2f} s  ratio {watched / plain:5.2f}", flush=True)


if __name__ == "__main__":
    main()
