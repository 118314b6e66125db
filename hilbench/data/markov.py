"""Text that looks like a play and is not one: a Markov chain over a short scene.

`markov_seed.txt` is an original scene of this project, written to contain each of
the 65 characters of the public tiny-Shakespeare text. The chain draws the next
character from those that follow the last three in the scene, read as a circle.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

ORDER = 3
SEED_TEXT = Path(__file__).with_name("markov_seed.txt")


def text(length: int, seed: int) -> str:
    """`length` characters; the same ones for the same seed, everywhere."""
    scene = SEED_TEXT.read_text(encoding="utf-8")
    following = _following(scene)
    drawn = scene[:ORDER]
    characters = list(drawn)
    for chance in np.random.RandomState(seed).random_sample(length - ORDER):
        choices = following[drawn]
        characters.append(choices[int(chance * len(choices))])
        drawn = drawn[1:] + characters[-1]
    return "".join(characters)


def _following(scene: str) -> dict[str, list[str]]:
    """For every ORDER characters of the scene, those that come next, as often as they do."""
    circle = scene + scene[:ORDER]
    following: dict[str, list[str]] = defaultdict(list)
    for start in range(len(scene)):
        following[circle[start : start + ORDER]].append(circle[start + ORDER])
    return following
