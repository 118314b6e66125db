"""What a campaign costs by itself: many jobs on a device that answers at once, all stages cached.

    python tools/bench_campaign.py [--jobs 2000] [--workers 2]

The jobs are run twice in a folder of their own; of the second time it prints the CPU time per job
(hilbench's threads, the simulated device and its protocol included), how memory grew in each
quarter, what was written to the CSV, and how long `hilbench status` takes.
tests/heart.py is the pipeline with its fake device.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from heart import TFLITE, Heart

from hilbench.config.bench import Bench
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.core.text import counted
from hilbench.pipeline.events import Event, JobDone
from hilbench.pipeline.plan import Job, resolve
from hilbench.pipeline.runner import Runner
from hilbench.record import store
from hilbench.record.journal import FILE, Journal, Plan
from hilbench.record.journal.overview import overview

QUARTERS = 4


def planned(heart: Heart, count: int) -> list[Job]:
    """`count` networks of one operator, each a file of its own, on the fake device."""
    names = [f"m{n:04d}.tflite" for n in range(count)]
    for name in names:
        (heart.folder / name).write_bytes(TFLITE)
    heart.settings = {"models": tuple(names)}
    jobs = resolve(heart.experiment, Bench(schema=1), Settings.read({}), heart.folder)
    return [
        replace(job, station=replace(job.station, target=heart.target, cycle_model=None))
        for job in jobs
    ]


class Watch:
    """Memory after each quarter of the jobs, and bytes of the CSV that were written."""

    def __init__(self, jobs: int) -> None:
        self._every, self._done = max(1, jobs // QUARTERS), 0
        self.resident_mib: list[float] = []
        self.written: list[int] = []
        self._write = store.write_atomically

    def saw(self, event: Event) -> None:
        if isinstance(event, JobDone):
            if not event.row.ok:
                raise SystemExit(f"{event.row.job}: {event.row['reason']}")
            self._done += 1
            if self._done % self._every == 0:
                self.resident_mib.append(psutil.Process().memory_info().rss / 2**20)

    def write(self, path: Path, data: bytes) -> None:
        self.written.append(len(data))
        self._write(path, data)


def run(heart: Heart, jobs: list[Job], workers: int) -> tuple[Watch, float, float]:
    """All jobs; what was seen, CPU seconds and wall seconds."""
    watch, ids = Watch(len(jobs)), tuple(job.id for job in jobs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "write_atomically", watch.write)
        cpu, wall = _cpu(), time.perf_counter()
        with Journal.open(heart.folder).begin(Plan("mine", "mine.yaml", ids, ids)) as campaign:
            Runner(heart.stages, campaign, watch.saw, Owner(), workers).run(jobs)
        return watch, _cpu() - cpu, time.perf_counter() - wall


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        heart = Heart(Path(folder), patch)
        jobs = planned(heart, given.jobs)
        run(heart, jobs, given.workers)
        watch, cpu, wall = run(heart, jobs, given.workers)
        began = time.process_time()
        (found,) = overview(heart.folder / FILE)
        status = time.process_time() - began
        if found.ok != len(jobs):
            raise SystemExit(f"status says {found.ok} of {len(jobs)} jobs")
        print(f"{counted(len(jobs), 'job')}, {counted(given.workers, 'worker')}")
        print(f"CPU time per job      {1000 * cpu / len(jobs):8.1f} ms")
        print(f"wall time per job     {1000 * wall / len(jobs):8.1f} ms")
        quarters = ", ".join(f"{each:.0f}" for each in watch.resident_mib)
        print(f"memory by quarter     {quarters} MiB")
        size, times = watch.written[-1], len(watch.written)
        print(f"CSV of {size / 1024:.0f} KiB        written {times} times")
        print(f"status                {1000 * status:8.1f} ms of CPU time")


if __name__ == "__main__":
    main()
