"""Feeds mutations of every input to what reads it, a minute each, and keeps what breaks.

    python tools/fuzz.py                        # all of them
    python tools/fuzz.py --only csv --seconds 600 --seed 7

A failure is anything but a value or the reader's own errors, or a reading that takes longer
than ten seconds; its input is written to --keep. CI runs the first hundreds of cases of
each (tests/hostile/test_mutations.py).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "hostile"), str(ROOT / "tests"), str(ROOT / "tests" / "unit")]

from inputs import INPUTS, SECONDS, SLOW, Input  # noqa: E402 - found by the line above
from mutate import mutated  # noqa: E402


def fuzz(each: Input, seconds: float, seed: str, keep: Path) -> int:
    """How many mutations broke the reader in that time."""
    rng = random.Random(f"{seed} {each.name}")
    cases = refused = broken = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"input{each.suffix}"
        path.write_bytes(each.corpus[0])
        each.take(path)  # what is imported once takes its time
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            data = mutated(each.corpus, rng)
            path.write_bytes(data)
            started = time.monotonic()
            cases += 1
            try:
                each.take(path)
            except each.refuses:
                refused += 1
            except Exception:  # noqa: BLE001 - that is what is looked for
                broken += 1
                print(traceback.format_exc(limit=-2))
            if (took := time.monotonic() - started) > SECONDS:
                print(f"{each.name}: {took:.1f} s for {len(data)} bytes")
                broken += 1
            if broken and not (kept := keep / f"{each.name}.{seed}.{cases}").exists():
                keep.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(data)
                print(f"{each.name}: kept as {kept}")
                return broken
    print(f"{each.name}: {cases:,} mutations, {refused:,} refused, none broke it")
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    names = [each.name for each in (*INPUTS, *SLOW)]
    parser.add_argument("--only", choices=names, action="append", help="repeatable")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each input (60)")
    parser.add_argument("--seed", default=str(int(time.time())), help="the time, by default")
    parser.add_argument("--keep", type=Path, default=Path("fuzz"), help="folder of what breaks")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    wanted = [each for each in (*INPUTS, *SLOW) if not chosen.only or each.name in chosen.only]
    return min(1, sum(fuzz(each, chosen.seconds, chosen.seed, chosen.keep) for each in wanted))


if __name__ == "__main__":
    sys.exit(main())
