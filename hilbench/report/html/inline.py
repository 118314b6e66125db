"""A figure's SVG as a part of an HTML page, in the colours of the page's theme."""

from __future__ import annotations

import re
from collections import Counter
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
    text = _brief(_SIZE.sub(r"\1", _SPACES.sub("", _HEAD.sub("", text)), count=1))
    text = _ID.sub(rf"\g<1>{name}-", text)
    text = _IN_STYLE.sub(lambda found: f"{found[1]}{_variable(found[2])}", text)
    text = _ATTRIBUTE.sub(lambda found: f'style="{found[1]}: {_variable(found[2])}"', text)
    text, classes = _classed(text, name)
    head = f'<svg role="img" aria-label="{escape(heading)}"'
    return classes + text.replace("<svg", head, 1)


def _brief(text: str) -> str:
    """Less than half of it, which looks the same: the page names the font, nobody needs the ids of
    groups, and a hundredth of a point is not seen."""
    used = set(_USED.findall(text))
    text = _ID_OF.sub(lambda found: found[0] if found[1] in used else "", text)
    for unneeded in (_FONT, _LEVEL, _BETWEEN):
        text = unneeded.sub("", text)
    text = _TAG.sub(lambda tag: _LONG.sub(_rounded, tag[0]), text)
    while (less := _EMPTY.sub("", text)) != text:
        text = less
    return text


_USED = re.compile(r'(?:href="#|url\(#)([^")]*)')
_ID_OF = re.compile(r' id="([^"]*)"')
_FONT = re.compile(r"(?<=; )font-family: [^;\"]*; ?")
_LEVEL = re.compile(r' transform="rotate\(-0 [^"]*\)"')
_BETWEEN = re.compile(r"(?<=>)\s+(?=<)")
_TAG = re.compile(r"<[^>]*>")
_LONG = re.compile(r"\d+\.\d{3,}")
_EMPTY = re.compile(r"<g ?/>|<g></g>")


def _classed(text: str, name: str) -> tuple[str, str]:
    """Each style that is there more than once as a class, and these classes."""
    counts = Counter(_STYLE.findall(text))
    classes = {style: f"{name}-{n}" for n, style in enumerate(counts) if counts[style] > 1}
    if not classes:
        return text, ""
    text = _STYLE.sub(lambda f: f' class="{classes[f[1]]}"' if f[1] in classes else f[0], text)
    rules = "".join(f".{each}{{{style}}}" for style, each in classes.items())
    return text, f"<style>{rules}</style>"


_STYLE = re.compile(r' style="([^"]*)"')


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _variable(colour: str) -> str:
    """An attribute knows none, a style does."""
    return f"var({_NAMES[colour]})" if colour in _NAMES else colour
