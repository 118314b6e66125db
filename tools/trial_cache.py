"""A flipped bit at random places of a warm cache: does any row say ok and differ?

    python tools/trial_cache.py [--flips 500] [--batch 10] [--seed 1] [--cache FOLDER]

A campaign runs once and fills a cache of its own, or a copy of FOLDER. Then bits are flipped, each
in a file of its own folder of the cache and `--batch` of them at a time, and the campaign runs
again: the log must name every entry that was hit, and the rows must be those of the first run.
What was flipped is checked by hilbench's own words; what it did not notice must be a file that no
result depends on.
Prints one line per finding and a summary; the exit status is 1 if there was a finding.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

EXPERIMENT = "smoke"
CHANGING = {"timestamp", "duration_s", "host"}
UNREAD = {"failed"}
"""Folders of the cache that hold logs alone."""


@dataclass(frozen=True)
class Flip:
    """A bit of a file below the cache."""

    file: Path
    bit: int

    @property
    def entry(self) -> str:
        """As the log names it: stage and key."""
        return "/".join(self.file.parts[:2])

    def apply(self, cache: Path) -> None:
        path = cache / self.file
        content = bytearray(path.read_bytes())
        content[self.bit // 8] ^= 1 << self.bit % 8
        path.write_bytes(content)


class Cache:
    """A campaign and its cache, in a folder of its own."""

    def __init__(self, folder: Path, filled: Path | None) -> None:
        self.folder = folder
        self.path = folder / "cache"
        self.results = folder / "results"
        if filled:
            shutil.copytree(filled, self.path, symlinks=True)

    def run(self) -> tuple[list[dict[str, str]], str]:
        """Rows of the campaign, and what it said beside them."""
        shutil.rmtree(self.results, ignore_errors=True)
        done = subprocess.run(
            [
                sys.executable, "-m", "hilbench", "run", EXPERIMENT, "--no-plot",
                "--results", str(self.results),
            ],
            env={**os.environ, "HILBENCH_CACHE": str(self.path), "COLUMNS": "500"},
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        found = self.results / f"{EXPERIMENT}.csv"
        if not found.exists():
            return [], done.stderr
        with found.open(newline="", encoding="utf-8") as file:
            rows = [
                {k: v for k, v in row.items() if k not in CHANGING} for row in csv.DictReader(file)
            ]
        return rows, done.stderr + done.stdout

    def files(self) -> list[Path]:
        """Every file of an entry, by entry and name."""
        found = [p.relative_to(self.path) for p in sorted(self.path.glob("*/*/**/*"))]
        return [
            path
            for path in found
            if path.parts[0] not in UNREAD
            and (self.path / path).is_file()
            and not (self.path / path).is_symlink()
            and (self.path / path).stat().st_size
        ]

    def choose(self, chance: random.Random, number: int) -> list[Flip]:
        """Flips in different entries: what is made again must not hide another."""
        entries: dict[str, list[Path]] = {}
        for file in self.files():
            entries.setdefault("/".join(file.parts[:2]), []).append(file)
        names = chance.sample(sorted(entries), min(number, len(entries)))
        files = [chance.choice(entries[name]) for name in names]
        return [Flip(f, chance.randrange(8 * (self.path / f).stat().st_size)) for f in files]


def trial(cache: Cache, flips: int, batch: int, seed: int) -> tuple[int, int, list[str]]:
    """(flips made, flips named in the log, findings)."""
    chance = random.Random(seed)
    expected, said = cache.run()
    if not expected or any(row["status"] != "ok" for row in expected):
        raise SystemExit(f"the first run failed:\n{said}")
    made, named, findings = 0, 0, []
    while made < flips:
        chosen = cache.choose(chance, min(batch, flips - made))
        for flip in chosen:
            flip.apply(cache.path)
        rows, said = cache.run()
        made += len(chosen)
        for flip in chosen:
            noticed = flip.entry in said
            named += noticed
            if not noticed:
                findings.append(f"{flip.file}, bit {flip.bit}: not noticed")
        if rows != expected:
            where = ", ".join(str(flip.file) for flip in chosen)
            findings.append(f"rows differ after bits were flipped in {where}")
        print(f"{made} of {flips}", file=sys.stderr, flush=True)
    return made, named, findings


def summary(made: int, named: int, findings: list[str]) -> str:
    return f"{made} bits flipped, {named} of them named in the log; {len(findings)} with a finding"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flips", type=int, default=500)
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        cache = Cache(Path(folder), arguments.cache)
        made, named, findings = trial(cache, arguments.flips, arguments.batch, arguments.seed)
    print(*findings, sep="\n", end="\n" if findings else "")
    print(summary(made, named, findings))
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
