"""Colours that everybody can tell apart, and axes that are readable at any range."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hilbench.report.panels import logscale
from hilbench.report.panels.scatter import spread
from hilbench.report.style import THEMES, Theme

Floats = NDArray[np.float64]

# Linear RGB as a person without one kind of cone sees it: Machado, Oliveira and
# Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", 2009, severity 1.0.
SIGHT = {
    "full": np.eye(3),
    "red-blind": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "green-blind": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "blue-blind": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
TO_XYZ = np.array(  # sRGB, D65 (IEC 61966-2-1)
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)
WHITE = np.array([0.9505, 1.0, 1.089])


def linear(colour: str) -> Floats:
    """#RRGGBB to linear RGB, 0 to 1."""
    coded = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def cielab(rgb: Floats) -> Floats:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio."""
    dark, light = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_everything_stands_out_from_the_background(theme: Theme) -> None:
    for colour in theme.palette:
        assert contrast(colour, theme.background) >= 3, colour
    for colour in theme.parts:
        assert contrast(colour, theme.background) >= 1.8, colour
    for colour in (theme.text, theme.muted):
        assert contrast(colour, theme.background) >= 4.5, colour


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_colours_are_told_apart(theme: Theme, sight: str) -> None:
    for colours in (theme.palette, theme.parts):
        seen = {colour: cielab(SIGHT[sight] @ linear(colour)) for colour in colours}
        for one, other in itertools.combinations(colours, 2):
            assert np.linalg.norm(seen[one] - seen[other]) >= 18, (one, other)


@given(st.lists(st.floats(1e-6, 1e12), min_size=1, max_size=20))
def test_logarithmic_axes_hold_the_values_and_have_ticks(values: list[float]) -> None:
    low, high = logscale.limits(values)
    assert low < min(values) <= max(values) < high
    assert 2 <= len(logscale.ticks((low, high))) <= 20


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.001, 0.1))
def test_names_keep_their_order_and_distance(wanted: list[float], gap: float) -> None:
    places = spread(sorted(wanted), gap)
    assert len(places) == len(wanted)
    assert all(b - a >= gap * (1 - 1e-6) for a, b in itertools.pairwise(places))


def test_names_move_only_when_they_must() -> None:
    assert spread([0.1, 0.5, 0.52, 0.9], 0.1) == pytest.approx([0.1, 0.46, 0.56, 0.9])
