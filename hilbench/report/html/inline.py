"""A figure's SVG as a part of an HTML page, in the colours of the page's theme."""

from __future__ import annotations

import re
from html import escape

from hilbench.report.style import DARK, LIGHT, Theme


def _colours(theme: Theme) -> list[str]:
    own = (theme.background, theme.text, theme.muted, theme.grid)
    return [colour.lower() for colour in (*own, *theme.palette, *theme.parts)]


_PAIRS = dict(zip(_colours(LIGHT), _colours(DARK), strict=True))
_NAMES = {colour: f"--c{colour[1:]}" for colour in _PAIRS}
_IN_LIGHT = "".join(f"{_NAMES[light]}:{light};" for light in _PAIRS)
_IN_DARK = "".join(f"{_NAMES[light]}:{dark};" for light, dark in _PAIRS.items())
VARIABLES = (
    f":root{{color-scheme:light;{_IN_LIGHT}}}\n"
    f"@media screen and (prefers-color-scheme:dark){{"
    f":root:not([data-theme=light]){{color-scheme:dark;{_IN_DARK}}}}}\n"
    f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{_IN_DARK}}}}}\n"
)
"""CSS: each colour of the light theme by a name that stands for its like in the other theme."""

_HEAD = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>\s*", re.DOTALL)
_SPACES = re.compile(r' xmlns(:\w+)?="[^"]*"')
_ID = re.compile(r'(\sid="|href="#|url\(#)')
_IN_STYLE = re.compile(r"((?:fill|stroke): )(#[0-9a-f]{6})")
_ATTRIBUTE = re.compile(r'(fill|stroke)="(#[0-9a-f]{6})"')
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"')


def svg(text: str, name: str, heading: str) -> str:
    """`text` as matplotlib writes it, for inside of HTML: no prolog, no address, ids of its own.

    `name` is of letters, digits and _; several figures of a page have different ones.
    """
    text = _SIZE.sub(r"\1", _SPACES.sub("", _HEAD.sub("", text)), count=1)
    text = _ID.sub(rf"\g<1>{name}-", text)
    text = _IN_STYLE.sub(lambda found: f"{found[1]}{_variable(found[2])}", text)
    text = _ATTRIBUTE.sub(lambda found: f'style="{found[1]}: {_variable(found[2])}"', text)
    return text.replace("<svg", f'<svg role="img" aria-label="{escape(heading)}"', 1)


def _variable(colour: str) -> str:
    """An attribute knows none, a style does."""
    return f"var({_NAMES[colour]})" if colour in _NAMES else colour
