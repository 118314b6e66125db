"""Seconds of what tools/fuzz.py does for minutes: no mutation of an input is a traceback."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from inputs import INPUTS, SECONDS, Input
from mutate import mutated

CASES = 150
"""Of each input; they are the same in every run."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("each", INPUTS, ids=lambda each: each.name)
def test_mutations_are_read_or_refused(each: Input, tmp_path: Path) -> None:
    rng = random.Random(each.name)
    path = tmp_path / f"input{each.suffix}"
    for number in range(CASES):
        path.write_bytes(mutated(each.corpus, rng))
        started = time.monotonic()
        try:
            each.take(path)
        except each.refuses as error:
            assert "\n" not in str(error), number
        assert time.monotonic() - started < SECONDS, number
