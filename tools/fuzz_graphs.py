"""Compiles random graphs with the engine aot and compares them with TensorFlow Lite Micro.

    python tools/fuzz_graphs.py                            # for ten minutes
    python tools/fuzz_graphs.py --graphs 1000 --seed 7
    python tools/fuzz_graphs.py --only 7.123               # one of them again

int8 has to be the same bit by bit, float within a tolerance. What differs, what one of the two
refuses alone and what a sanitizer stops is cut smaller as long as it fails, printed, and written
to --keep. tests/hostc/test_random_graphs.py runs the first ones of a fixed seed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "hostc")]

from graph_verdict import Verdict, smallest, verdict  # noqa: E402 - found by the line above
from random_graphs import random_graph  # noqa: E402


def report(name: str, found: Verdict, keep: Path) -> None:
    """Cut the graph smaller and say what is left of it."""
    small = smallest(found)
    keep.mkdir(parents=True, exist_ok=True)
    path = keep / f"{name}.tflite"
    path.write_bytes(small.graph.tflite())
    print(f"\n{name}: {small.what}\n{small.graph}\n  kept as {path}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=600.0, help="at most (600)")
    parser.add_argument("--graphs", type=int, default=1_000_000, help="at most")
    parser.add_argument("--seed", default=str(int(time.time())), help="the time, by default")
    parser.add_argument("--only", help="a graph by its name, seed.number")
    parser.add_argument("--keep", type=Path, default=Path("fuzz"), help="folder of what fails")
    chosen = parser.parse_args()
    names = (f"{chosen.seed}.{n}" for n in range(chosen.graphs))
    outcomes: Counter[str] = Counter()
    operators: Counter[str] = Counter()
    ends = time.monotonic() + chosen.seconds
    print(f"seed {chosen.seed}", flush=True)
    for name in [chosen.only] if chosen.only else names:
        found = verdict(random_graph(name))
        outcomes[found.kind] += 1
        operators.update(op.name for op in found.graph.operators)
        if found.is_fault:
            report(name, found, chosen.keep)
        if time.monotonic() > ends:
            break
        print(f"\r{sum(outcomes.values())} graphs", end="", file=sys.stderr, flush=True)
    print("\n" + ", ".join(f"{count:,} {kind}" for kind, count in outcomes.most_common()))
    print("operators: " + ", ".join(f"{n} {name}" for name, n in operators.most_common()))
    return min(1, sum(outcomes[kind] for kind in Verdict.FAULTS))


if __name__ == "__main__":
    sys.exit(main())
