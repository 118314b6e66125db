"""Every figure of every case in every style: checked, and on sheets to be looked at.

    python tools/figure_sheets.py FOLDER [--figure NAME ...] [--style NAME ...] [--theme dark]

Cases are those of tests/figure_cases.py. Prints where a text covers another or leaves the page, and
writes FOLDER/<style>-<case>.png, the figures of a case beside each other. Ends with 1 where
something is wrong.
"""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import replace
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import report_rows as made
from figure_cases import CASES, check_texts, composed

from hilbench.report.campaign import campaign
from hilbench.report.drawing import chosen_kinds
from hilbench.report.page import nothing_of
from hilbench.report.presets import STYLES, Asked
from hilbench.report.style import THEMES

_DPI = 100
_GAP_PX = 14
_WIDEST_PX = 2600


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """In rows, one picture beside the other."""
    widest = max([_WIDEST_PX, *(3 * each.width + 2 * _GAP_PX for each in pictures)])
    x = y = tall = 0
    places = []
    for each in pictures:
        if x and x + each.width > widest:
            x, y, tall = 0, y + tall + _GAP_PX, 0
        places.append((x, y))
        x, tall = x + each.width + _GAP_PX, max(tall, each.height)
    width = max(left + each.width for (left, _), each in zip(places, pictures, strict=True))
    whole = Image.new("RGB", (width, y + tall), "#ff00ff")
    for place, each in zip(places, pictures, strict=True):
        whole.paste(each, place)
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--figure", action="append", default=[])
    parser.add_argument("--style", action="append", default=[])
    parser.add_argument("--case", action="append", default=[])
    parser.add_argument("--theme", choices=[theme.name for theme in THEMES], default="light")
    given = parser.parse_args()
    theme = next(each for each in THEMES if each.name == given.theme)
    given.folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for style in [
        each for each in STYLES if each.name in (given.style or [s.name for s in STYLES])
    ]:
        for case in given.case or CASES:
            rows, pictures = CASES[case](), []
            for kind in chosen_kinds(given.figure):
                if kind.optional and nothing_of(kind, campaign("", rows, (), made.recorded(rows))):
                    continue
                where = f"{style.name}, {kind.name}, {case}"
                with composed(kind, rows, theme, Asked(replace(style, dpi=_DPI))) as figure:
                    try:
                        check_texts(figure, where)
                    except AssertionError as error:
                        print(str(error).splitlines()[0], flush=True)
                        wrong += 1
                    buffer = io.BytesIO()
                    figure.savefig(buffer, format="png", dpi=_DPI)
                pictures.append(Image.open(buffer).convert("RGB"))
            if pictures:
                sheet(pictures).save(given.folder / f"{style.name}-{case.replace(' ', '_')}.png")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
