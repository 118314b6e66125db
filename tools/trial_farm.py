"""A farm of separate processes whose hosts are lost one after the other: are its rows those of
a local run?

    python tools/trial_farm.py [--folder FOLDER]

A scheduler and three workers on loopback, with TLS; four simulated boards, plugged in as real ones
are. The workers can import no TensorFlow and find no compiler. While they measure one is killed,
one is stopped and says nothing more, and one of the last two boards is unplugged. The same jobs
are then measured by `hilbench run` without a farm, and a client whose certificate is not the
farm's asks for its status. Prints each attempt that was lost and a summary; the exit status is 1
where anything is not as it is to be. Minutes. What is said and the rows stay in FOLDER.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from trial_signals import CHANGING, heed_signals

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from simulated_bench import SimulatedBench

from hilbench.record import store

HOSTS = {"killed": ["K1"], "stopped": ["S1"], "unplugged": ["U1", "U2"]}
"""Boards of each host, by what becomes of it."""
SILENT_SECONDS, PATIENCE_SECONDS = 10, 600.0
EXPERIMENT = """
schema: 1
name: farm
title: A farm
models: [simple_0]
variants: [basic, int8_only]
engines: [aot, aot+weights_in_ram]
boards: [mps2_an386]
optimisations: [-O2, -O3, -Os]
training: {epochs: 1}
data: {representative: 20, samples: 3}
measure: {warmups: 1, repetitions: 3}
"""
NO_TENSORFLOW = """
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "tf_keras", "keras", "tflite_micro"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nothing())
"""


@dataclass
class Trial:
    """`boards` by host; everything is in `folder`."""

    folder: Path
    address: str
    stack: ExitStack
    boards: dict[str, SimulatedBench] = field(default_factory=dict)
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def hilbench(self, *words: str, log: str, **environment: str) -> subprocess.Popen[bytes]:
        """Started in the background, ended with the trial."""
        with (self.folder / log).open("wb") as file:
            started = subprocess.Popen(
                [sys.executable, "-m", "hilbench", *words], cwd=self.folder,
                env={**os.environ, **environment}, stdout=file, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.stack.callback(_end, started)
        return started

    def asked(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "hilbench", *words], cwd=self.folder,
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def join(self, host: str, probes: list[str]) -> None:
        """A worker with a folder of its own, and its boards plugged in."""
        own = self.folder / host
        (own / "usb").mkdir(parents=True)
        (own / "python").mkdir()
        (own / "python" / "sitecustomize.py").write_text(NO_TENSORFLOW)
        (own / "bin").mkdir()
        (own / "bin" / "qemu-system-arm").symlink_to(shutil.which("qemu-system-arm") or "")
        self.boards[host] = bench = SimulatedBench(own, {}, {})
        for probe in probes:
            bench.plug(probe)
            self.stack.callback(bench.unplug, probe)
        bench.write(*({"probe": probe} for probe in probes))
        self.workers[host] = self.hilbench(
            "farm", "worker", self.address, "--certificates", "keys", "--name", host,
            "--emulators", "0", log=f"{host}.log", **self._host(host),
            PATH=str(own / "bin"), HILBENCH_CACHE=str(own / "cache"),
            PYTHONPATH=os.pathsep.join([str(own / "python"), *sys.path]),
        )  # fmt: skip

    def _host(self, host: str) -> dict[str, str]:
        own = self.folder / host
        return {
            "HILBENCH_BENCH": str(own / "bench.yaml"),
            "HILBENCH_STATE": str(own / "state"),
            "HILBENCH_SIMULATED": str(own / "usb"),
        }

    def locally(self) -> int:
        """The same jobs on a board of this computer."""
        own = self.folder / "here"
        (own / "usb").mkdir(parents=True)
        bench = SimulatedBench(own, {}, {})
        bench.plug("HERE")
        self.stack.callback(bench.unplug, "HERE")
        bench.write({"probe": "HERE"})
        words = ("run", "farm.yaml", "--no-plot", "--results", "local")
        return self.hilbench(*words, log="local.log", **self._host("here")).wait()

    def until_measures(self, hosts: set[str], run: subprocess.Popen[bytes]) -> str:
        """One of `hosts` that measures now."""
        return self.until(lambda: next(iter(hosts & set(self.measuring())), ""), run)

    def measuring(self) -> list[str]:
        status, said = self.asked("status", "--results", "farmed", "--json")
        found = json.loads(said)["campaigns"] if not status else []
        return [now["host"] for each in found for now in each["running"] if now["host"]]

    def until(self, found: Callable[[], str], run: subprocess.Popen[bytes]) -> str:
        limit = time.monotonic() + PATIENCE_SECONDS
        while not (said := found()):
            if run.poll() is not None or time.monotonic() > limit:
                raise SystemExit(f"the run ended too early, see {self.folder}")
            time.sleep(0.2)
        return said

    def rows(self, results: str) -> list[dict[str, object]]:
        found = store.read(self.folder / results / "farm.csv")
        return [{k: v for k, v in row.items() if k not in CHANGING} for row in found]


def _end(started: subprocess.Popen[bytes]) -> None:
    if started.poll() is None:
        started.send_signal(signal.SIGCONT)
        started.kill()
    started.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def farmed(trial: Trial) -> int:
    """The run whose hosts are lost; its exit status."""
    silent = ("--silent", str(SILENT_SECONDS))
    keys = ("--certificates", "keys")
    scheduler = trial.hilbench(
        "farm", "scheduler", "--listen", trial.address, *keys, *silent, log="scheduler.log"
    )
    for host, probes in HOSTS.items():
        trial.join(host, probes)

    def all_there() -> str:
        said = trial.asked("farm", "status", trial.address, *keys)[1]
        return said if all(host in said for host in HOSTS) else ""

    print(trial.until(all_there, scheduler), flush=True)
    run = trial.hilbench(
        "run", "farm.yaml", "--no-plot", "--workers", "2", "--farm", trial.address, *keys,
        "--results", "farmed", log="farmed.log",
    )  # fmt: skip
    trial.until_measures({"killed"}, run)
    trial.workers["killed"].kill()
    trial.until_measures({"stopped"}, run)
    trial.workers["stopped"].send_signal(signal.SIGSTOP)
    trial.until_measures({"unplugged"}, run)
    trial.boards["unplugged"].unplug("U1")
    return run.wait()


def report(trial: Trial, statuses: list[int]) -> bool:
    """Print what happened; whether all of it is as it is to be."""
    with closing(sqlite3.connect(trial.folder / "farmed" / "journal.sqlite")) as journal:
        lost = journal.execute("SELECT job, worker, reason FROM attempts WHERE status = 'lost'")
        attempts = lost.fetchall()
    for job, host, reason in attempts:
        print(f"lost: {job} on {host}: {reason}")
    trial.asked("farm", "certificates", "other")
    refused, said = trial.asked("farm", "status", trial.address, "--certificates", "other")
    print(f"without the farm's certificate: status {refused}, {said.strip()}")
    there, here = trial.rows("farmed"), trial.rows("local")
    same = there == here
    if not same:
        for one, other in zip(there, here, strict=True):
            print({k: (one.get(k), v) for k, v in other.items() if one.get(k) != v})
    hosts = sorted({host for _, host, _ in attempts if host})  # "": it had not begun
    print(f"{len(there)} rows, {'equal to' if same else 'NOT'} those of a local run; exit"
          f" statuses {statuses}; attempts were lost on {', '.join(hosts)}")  # fmt: skip
    return same and statuses == [0, 0] and refused == 2 and hosts == sorted(HOSTS)


def main() -> None:
    heed_signals()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path)
    folder = parser.parse_args().folder or Path(tempfile.mkdtemp(prefix="trial-"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "farm.yaml").write_text(EXPERIMENT)
    with ExitStack() as stack:
        trial = Trial(folder.resolve(), f"tls://127.0.0.1:{_free_port()}", stack)
        trial.asked("farm", "certificates", "keys")
        statuses = [farmed(trial), trial.locally()]
        well = report(trial, statuses)
    print(f"what was said is in {folder}")
    sys.exit(not well)


if __name__ == "__main__":
    main()
