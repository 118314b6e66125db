"""What figures have to cope with, and what must be true of every one of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import report_rows as made

from hilbench.core import extras
from hilbench.record.row import Row
from hilbench.report import fonts
from hilbench.report.campaign import campaign
from hilbench.report.drawing import kinds
from hilbench.report.kind import Kind
from hilbench.report.page import compose
from hilbench.report.panels import Axis
from hilbench.report.presets import Asked
from hilbench.report.style import LIGHT, Theme, settings

TITLE = "SimpleRNN, LSTM and GRU, trained as published"


@contextmanager
def composed(
    kind: Kind, rows: list[Row], theme: Theme = LIGHT, asked: Asked | None = None
) -> Iterator[Any]:
    """The figure as it is laid out on the page, of rows with a journal."""
    plt = extras.pyplot()
    asked = asked or Asked()
    shown = campaign(TITLE, rows, (), made.recorded(rows))
    families = fonts.needed(shown.texts).families
    with plt.style.context(["default", settings(theme, families, asked.style)], after_reset=True):
        figure = compose(kind, shown, theme, asked).figure
        try:
            yield figure
        finally:
            plt.close(figure)


def named(name: str) -> Kind:
    return next(kind for kind in kinds() if kind.name == name)


def axis_labels(kind: Kind, rows: list[Row]) -> list[str]:
    shown = campaign("t", rows)
    panels = kind.panels(shown, shown.rows)
    axes = [axis for panel in panels for axis in vars(panel).values() if isinstance(axis, Axis)]
    return [" ".join(axis.label.split()) for axis in axes]


def small_rows() -> list[Row]:
    """Two models on an emulated board; one job does not fit."""
    rows = [made.ok(model, v) for model in ("simple_0", "lstm") for v in ("basic", "int8_only")]
    rows[2] = made.failed(rows[2], "does_not_fit", "does not fit: ram overflows by 9 bytes")
    return rows


def all_failed() -> list[Row]:
    return [made.failed(row, "failed", "the compiler crashed") for row in made.campaign_rows()]


def many(count: int, name: str = "model_{:03d}") -> list[Row]:
    """`count` models of several sizes under both variants; some errors are exactly 0."""
    rows = []
    for n in range(count):
        for row in (made.ok("lstm", "basic"), made.ok("lstm", "int8_only")):
            size = int(2000 * 1.13 ** (n % 60)) + 37 * n
            exact = n % 11 == 0 and row["variant"] == "basic"
            instructions = size * (9 + 5 * n % 7)
            rows.append(Row({
                **row, "model": name.format(n), "macs": size * 100, "parameters": size,
                "exe_instructions": instructions, "exe_instructions_min": instructions,
                "exe_instructions_max": instructions + 9,
                "error_mae": 0.0 if exact else float(row["error_mae"]) * (1 + n % 5),
            }))  # fmt: skip
    return rows


def boards_and_engines() -> list[Row]:
    """Two boards, three engines, three kinds of number."""
    kinds = {"aot": "measured", "tflm": "measured", "tvm": "modelled"}
    return [
        row
        for engine, kind in kinds.items()
        for model in ("simple_1", "lstm", "gru")
        for emulated in (made.ok(model, "basic", engine), made.ok(model, "int8_only", engine))
        for row in (emulated, made.on_hardware(emulated, kind=kind))
    ]


CASES: dict[str, Callable[[], list[Row]]] = {
    "one row": lambda: [made.ok("shakespeare_2", "int8_only")],
    "1 model": lambda: [made.ok("lstm", variant) for variant in ("basic", "int8_only")],
    "7 models": made.campaign_rows,
    "40 models": lambda: many(40),
    "60 characters": lambda: many(5, "a_long_name_" * 5 + "{:d}"),
    "CJK": lambda: many(5, "手写数字识别网络" * 4 + "{:d}"),
    "markup": lambda: many(5, "a_b $x$ 50 % {:d}"),
    "troubled": made.troubled_rows,
    "boards and engines": boards_and_engines,
    "all failed": all_failed,
    "no rows": list,
    "300 models": lambda: many(300),
}


def check_texts(figure: Any, where: str) -> None:
    texts = visible_texts(figure)
    said = [text.get_text() for text in texts]
    extents = [text.get_window_extent() for text in texts]
    boxes = np.array([(box.x0, box.y0, box.x1, box.y1) for box in extents])
    page = figure.bbox
    outside = (boxes < (page.x0, page.y0, page.x0, page.y0)).any(axis=1)
    outside |= (boxes > (page.x1, page.y1, page.x1, page.y1)).any(axis=1)
    assert not outside.any(), f"{where}: leaves the page: {np.array(said)[outside]}"
    left, bottom, right, top = boxes.T
    beside = (left[:, None] < right) & (right[:, None] > left)
    over = beside & (bottom[:, None] < top) & (top[:, None] > bottom)
    pairs = [(said[i], said[j]) for i, j in np.argwhere(np.triu(over, 1))]
    assert not pairs, f"{where}: {pairs}"
    for legend, axes in itertools.product(figure.legends, figure.axes):
        assert not legend.get_window_extent().overlaps(axes.get_window_extent()), where
    assert min(text.get_fontsize() for text in texts) >= 7, where


def visible_texts(figure: Any) -> list[Any]:
    """All texts but those of ticks outside an axis, which matplotlib keeps and never draws."""
    figure.draw_without_rendering()
    unseen = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            first, last = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not (axes.axison and first <= tick.get_loc() <= last):
                    unseen |= {tick.label1, tick.label2}
    texts = figure.findobj(type(figure.text(0, 0, "")))
    return [t for t in texts if t.get_visible() and t.get_text().strip() and t not in unseen]
