"""Colours: apart for everybody, and what they follow; axes that are readable at any range."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import report_rows as made
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hilbench.core.errors import UsageError
from hilbench.report.campaign import campaign
from hilbench.report.panels import Axis, logscale, names
from hilbench.report.presets import asked
from hilbench.report.style import LIGHT, THEMES, Look, Theme
from hilbench.report.text import short

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
    assert len(theme.palette) >= 12
    for colours, apart in ((theme.palette, 22), (theme.parts, 18)):
        seen = {colour: cielab(SIGHT[sight] @ linear(colour)) for colour in colours}
        for one, other in itertools.combinations(colours, 2):
            assert np.linalg.norm(seen[one] - seen[other]) >= apart, (one, other)


@given(st.lists(st.floats(1e-6, 1e12), min_size=1, max_size=20))
def test_logarithmic_axes_hold_the_values_and_have_ticks(values: list[float]) -> None:
    low, high = logscale.limits(values)
    assert low < min(values) <= max(values) < high
    assert 2 <= len(logscale.ticks((low, high))) <= 30
    assert 1 <= len(logscale.ticks((low, high), 4)) <= 4


Boxes = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 150)), min_size=1, max_size=40)


@given(Boxes, st.floats(4, 90))
def test_names_find_free_places_or_none(points: list[tuple[float, float]], width: float) -> None:
    labels = [names.Label(str(n), width, (point,)) for n, point in enumerate(points)]
    placed = names.place(labels, np.array(points), [], (200.0, 150.0), 9.0, 6.0)
    boxes = [(p.left, p.bottom, p.left + width, p.bottom + 9.0) for p in placed]
    for left, bottom, right, top in boxes:
        assert left >= 0 and bottom >= 0 and right <= 200 and top <= 150
        assert not any(left < x < right and bottom < y < top for x, y in points)
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_name_stands_on_a_line_where_it_has_no_other_place() -> None:
    """One that has to be there; any other is left out."""
    point, across = np.array([(50.0, 50.0)]), np.array([(0.0, 50.0), (100.0, 50.0)])

    def place(needed: bool, lines: list[names.Boxes]) -> list[names.Placed]:
        label = names.Label("a", 20, ((50.0, 50.0),), needed)
        return names.place([label], point, lines, (100.0, 100.0), 9.0, 6.0)

    assert place(needed=False, lines=[across])[0].bottom > 50
    everywhere = [across + np.array([0, dy]) for dy in range(-50, 50, 4)]
    assert len(place(needed=True, lines=everywhere)) == 1
    assert not place(needed=False, lines=everywhere)


def test_a_narrow_axis_is_not_made_wide() -> None:
    low, high = logscale.limits([14.0, 19.0])
    assert high / low < 2.2
    assert logscale.ticks((low, high)) == [15.0, 20.0]
    assert logscale.ticks((0.2, 0.3)) == [0.2, 0.22, 0.24, 0.26, 0.28]


def test_ticks_are_powers_of_ten_where_one_needs_an_exponent() -> None:
    look, axis = Look(LIGHT, campaign("t", [])), Axis("Error", short)
    assert logscale.written(axis, [0.001, 0.01, 1], look) == ["0.001", "0.01", "1"]
    assert logscale.written(axis, [1e-5, 2e-5], look) == ["10⁻⁵", "2·10⁻⁵"]
    assert logscale.written(axis, [1e-9, 1e-8, 1, 10], look, 1e-9) == ["0", "10⁻⁸", "1", "10¹"]


def test_themes_have_as_many_colours() -> None:
    assert len({(len(theme.palette), len(theme.parts)) for theme in THEMES}) == 1


def test_colour_and_fill_follow_engine_and_board_marker_follows_variant() -> None:
    variants = ("basic", "int8_only")
    rows = [made.ok("lstm", variant, engine) for variant in variants for engine in ("aot", "tflm")]
    look = Look(LIGHT, campaign("t", rows))
    aot, tflm, aot8, tflm8 = look.campaign.series
    assert look.colour(aot) == look.colour(aot8) != look.colour(tflm) == look.colour(tflm8)
    assert look.fill(aot) == look.fill(aot8) != look.fill(tflm) == look.fill(tflm8)
    assert look.marker(aot) == look.marker(tflm) != look.marker(aot8) == look.marker(tflm8)


def test_with_one_engine_and_board_colour_follows_variant() -> None:
    look = Look(LIGHT, campaign("t", made.campaign_rows()))
    basic, int8 = look.campaign.series
    assert look.colour(basic) != look.colour(int8)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"style": "colunm"}, "did you mean 'column'"),
        ({"formats": "png,gif"}, "unknown format 'gif'"),
        ({"formats": ","}, "unknown format"),
        ({"width_pt": 3.0}, "cannot be 3 pt wide"),
        ({"numbers": "xx"}, "unknown language of numbers 'xx'"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_line(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked(**wrong)
    assert said in str(caught.value) and "\n" not in str(caught.value)
