"""One HTML file that holds a whole campaign: needs no network, and no script to be read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hilbench.core import extras
from hilbench.core.text import printable
from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, campaign, provenance
from hilbench.report.drawing import chosen_kinds, picture
from hilbench.report.html import contents, inline
from hilbench.report.page import nothing_of
from hilbench.report.presets import WEB, Asked
from hilbench.report.recorded import Recorded
from hilbench.report.style import LIGHT
from hilbench.report.verdict import Change

_HERE = Path(__file__).parent
_FIGURES = ("pareto", "exe", "error", "published", "limits", "flash_parts", "ram", "params_macs")
"""First these, in the order in which people ask; then the others."""
_INLINE = Asked(replace(WEB, titled=False, captioned=False), formats=("svg",))

Progress = Callable[[str, int, int], None]


def page(
    rows: Sequence[Row],
    title: str,
    leave_out: Sequence[str] = (),
    changes: Sequence[Change] = (),
    baseline: str = "",
    progress: Progress | None = None,
    recorded: Recorded | None = None,
    logs: Path | None = None,
    live: str = "",
) -> str:
    """The page of `rows`, with what changed against `baseline` where there is one.

    `recorded` is what the journal knows of them; logs of failures are read below the folder
    `logs`. A `live` page asks its server whether `live` is still the state of the rows.
    The same rows give the same text. Raises MissingTool, UsageError.
    """
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    shared, figures = _figures(campaign(title, rows, leave_out, recorded), progress)
    return printable(
        _template().render(
            report=contents.of(rows, title, changes, baseline, recorded or Recorded(), logs),
            shared=shared,
            figures=figures,
            style=inline.VARIABLES + style,
            live=live,
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _template() -> Any:
    """Everything that it is given is escaped; what is missing is an error."""
    jinja = extras.jinja2()
    environment = jinja.Environment(
        loader=jinja.FileSystemLoader(_HERE), autoescape=True, undefined=jinja.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    return environment.get_template("page.html.j2")


def _figures(
    wanted: Campaign, progress: Progress | None
) -> tuple[list[str], list[contents.Figure]]:
    """Those that have something to show; before them the lines below all of them, said once."""
    first = {name: index for index, name in enumerate(_FIGURES)}
    found = sorted(chosen_kinds(()), key=lambda kind: (first.get(kind.name, len(first)), kind.name))
    shown = [kind for kind in found if not nothing_of(kind, wanted)]
    figures = []
    for before, kind in enumerate(shown):
        if progress:
            progress(kind.name, before, len(shown))
        ((_, svg),), caption = picture(kind, wanted, LIGHT, _INLINE)
        heading = kind.heading[:1].upper() + kind.heading[1:]
        text = inline.svg(svg.decode(), kind.name, heading)
        figures.append(contents.Figure(kind.name, heading, text, caption[1:]))
    return _said_once(figures, " ".join(provenance([row for row in wanted.rows if row.ok])))


def _said_once(
    figures: list[contents.Figure], origin: str
) -> tuple[list[str], list[contents.Figure]]:
    """Captions without where the numbers are from, and without what all that say it have."""
    told = [each for each in figures if origin and each.caption and origin in each.caption[0]]
    lines = [[line.replace(origin, "").strip() for line in each.caption] for each in told]
    shared = (
        [line for line in lines[0] if line and all(line in own for own in lines)] if told else []
    )
    briefer = {
        each.name: replace(each, caption=tuple(x for x in own if x and x not in shared))
        for each, own in zip(told, lines, strict=True)
    }
    return [*([origin] if told else []), *shared], [briefer.get(f.name, f) for f in figures]
