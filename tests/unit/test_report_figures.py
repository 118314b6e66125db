"""Figures: the files, what is readable in them, and what they must never do."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import report_rows as made
from figure_cases import (
    CASES,
    all_failed,
    axis_labels,
    check_texts,
    composed,
    many,
    named,
    small_rows,
    visible_texts,
)

from hilbench import report
from hilbench.core import extras
from hilbench.core.errors import StoreError, UsageError
from hilbench.core.text import printable
from hilbench.record import store
from hilbench.record.row import Row
from hilbench.report import drawing, fonts
from hilbench.report.by_hand import by_hand
from hilbench.report.campaign import campaign
from hilbench.report.drawing import kinds
from hilbench.report.kind import Kind
from hilbench.report.presets import STYLES, WEB, Asked, asked, localised
from hilbench.report.style import DARK, LIGHT, Look, Theme

NAMES = (
    "cores",
    "error",
    "exe",
    "flash",
    "flash_parts",
    "history",
    "limits",
    "params_macs",
    "pareto",
    "profile",
    "published",
    "ram",
    "spread",
)
DRAWN = ("error", "exe", "history", "params_macs", "ram", "spread")
"""One with each kind of panel."""
FILES = {
    f"{folder}{name}.{ending}"
    for folder in ("", "dark/")
    for name in DRAWN
    for ending in ("svg", *["png"] * (name == "exe"))
}
COARSE = Asked(replace(WEB, dpi=50))
"""Pixels cost most of the time, and layout does not depend on them."""
SVG_ALONE = Asked(formats=("svg",))
SVG = "{http://www.w3.org/2000/svg}"


def both_boards() -> list[Row]:
    return [r for row in made.campaign_rows() for r in (row, made.on_hardware(row))]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an experiment, drawn from a results file."""
    figures = tmp_path_factory.mktemp("figures")
    csv = figures / "small.csv"
    store.write_atomically(csv, store.to_csv(small_rows()))
    rows = store.read(csv)
    known = made.recorded(rows)
    paths = []
    for names, how in ((["exe"], COARSE), ([n for n in DRAWN if n != "exe"], SVG_ALONE)):
        paths += report.draw(
            rows, "small", "Small", ("simple_0",), figures, asked=how, names=names, recorded=known
        )
    assert {str(path.relative_to(figures / "small")) for path in paths} == FILES
    return figures / "small"


def svg_texts(path: Path) -> list[tuple[str, str]]:
    """(text, style) of every text in an SVG file."""
    return [
        ("".join(element.itertext()), element.get("style", ""))
        for element in ET.parse(path).getroot().iter(f"{SVG}text")
    ]


def test_a_line_of_a_core_has_a_dot_for_each_network() -> None:
    rows = [
        Row({**made.ok(model, variant), "board": board, "exe_instructions": per * 10, "macs": 10})
        for board, per in (("microbit", 6), ("mps2_an386", 2), ("of_nobody", 3))
        for model in ("lstm", "gru")
        for variant in ("basic", "int8_only")
    ]
    with composed(named("cores"), rows) as figure:
        said = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
        dots = [list(line.get_xdata()) for line in figure.axes[0].lines]
        texts = [text.get_text() for text in figure.axes[0].texts]
    assert said == ["basic", "int8 only"] * 3
    assert dots == [[6, 6]] * 2 + [[2, 2]] * 2 + [[3, 3]] * 2
    assert {"microbit (cortex-m0plus)", "of_nobody", "6", "2"} <= set(texts)
    assert not named("cores").can_show(campaign("", rows[:4]), rows[0])


def test_every_module_of_figures_is_a_figure_of_that_name() -> None:
    folder = Path(report.__file__).parent / "figures"
    modules = sorted(path.stem for path in folder.glob("[a-z]*.py"))
    assert [kind.name for kind in kinds()] == modules == sorted(NAMES)


def test_all_files_are_there_and_nothing_else(drawn: Path) -> None:
    found = {str(path.relative_to(drawn)) for path in drawn.rglob("*") if path.is_file()}
    assert found == {*FILES, ".drawn.json"}


def test_same_rows_same_bytes_whatever_the_users_settings(drawn: Path, tmp_path: Path) -> None:
    plt = extras.pyplot()
    with plt.rc_context({"font.size": 30, "axes.grid": True, "lines.linewidth": 9}):
        settings_before = dict(plt.rcParams)
        paths = report.draw(
            small_rows(), "again", "Small", ("simple_0",), tmp_path, asked=COARSE, names=["exe"]
        )
        assert dict(plt.rcParams) == settings_before
    assert plt.get_fignums() == []
    for name in (path.relative_to(tmp_path / "again") for path in paths):
        assert (tmp_path / "again" / name).read_bytes() == (drawn / name).read_bytes(), name


@pytest.mark.parametrize(("folder", "theme"), [("", LIGHT), ("dark", DARK)])
def test_images_fill_a_page_in_the_colour_of_the_theme(
    drawn: Path, folder: str, theme: Theme
) -> None:
    assert DARK.background == "#1E2129"
    assert (WEB.width_pt, WEB.dpi) == (504, 300)
    wanted = tuple(int(theme.background[i : i + 2], 16) / 255 for i in (1, 3, 5))
    paths = list((drawn / folder).glob("*.png"))
    assert paths
    for path in paths:
        pixels = extras.pyplot().imread(path)
        assert pixels.shape[1] == 504 * COARSE.style.dpi // 72
        for corner in (pixels[0, 0], pixels[0, -1], pixels[-1, 0], pixels[-1, -1]):
            assert tuple(corner[:3]) == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize(("folder", "theme"), [("", LIGHT), ("dark", DARK)])
def test_every_text_is_in_a_colour_of_the_theme(drawn: Path, folder: str, theme: Theme) -> None:
    """Tick labels of the published dark figures had stayed black."""
    allowed = {f"fill: {colour.lower()}" for colour in (theme.text, theme.muted)}
    for path in (drawn / folder).glob("*.svg"):
        texts = svg_texts(path)
        assert len(texts) > 5
        for text, style in texts:
            assert any(colour in style for colour in allowed), (path.name, text, style)


def test_no_date_and_no_version_in_the_files(drawn: Path) -> None:
    for name in FILES:
        data = (drawn / name).read_bytes()
        assert not [w for w in (b"Matplotlib", b"Software", b"dc:date") if w in data], name


def test_jobs_that_are_missing_are_named(drawn: Path) -> None:
    for name in ("error", "exe", "ram"):
        said = " ".join(text for text, _ in svg_texts(drawn / f"{name}.svg"))
        assert "Not shown: lstm basic, does not fit (ram overflows by 9 bytes)." in said
        assert "Left out by the experiment: simple_0." in said
        assert "Board mps2_an386 at 25 MHz. Engine aot, compiled by arm-none-eabi-gcc" in said
    sizes = " ".join(text for text, _ in svg_texts(drawn / "params_macs.svg"))
    assert "Not shown" not in sizes
    assert "2,702,400" in sizes


def test_a_failed_job_keeps_its_place_among_the_bars() -> None:
    with composed(named("ram"), small_rows()) as figure:
        assert "does not fit" in [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_cut_off_and_nothing_overlaps(case: str) -> None:
    """Each case in two styles and three figures, so that all styles and figures have a turn."""
    nth, rows = list(CASES).index(case), CASES[case]()
    for turn, name in enumerate((("exe", "error")[nth % 2], NAMES[nth % len(NAMES)])):
        style = STYLES[(nth + 2 * turn + nth // 4) % len(STYLES)]
        wanted = Asked(style, captioned=True if (nth + turn) % 2 else None)
        with composed(named(name), rows, asked=wanted) as figure:
            assert figure.get_size_inches()[0] == pytest.approx(style.width_in)
            check_texts(figure, f"{style.name}, {name}, {case}")


def test_a_slide_has_room_for_many_series() -> None:
    """Panels go below each other where names are long, and a legend ends with how many more."""
    rows, slide = CASES["boards and engines"](), Asked(asked("slide").style)
    with composed(named("history"), rows, asked=slide) as figure:
        check_texts(figure, "history on a slide")
        assert re.search(r"and \d+ more", said_in(figure))
    with composed(named("published"), rows, asked=slide) as figure:
        check_texts(figure, "published on a slide")
        assert len({axes.get_position().x0 for axes in figure.axes}) == 1


def test_empty_figures_say_so() -> None:
    for rows, said in ((all_failed(), "None of the jobs"), ([], "no results to show")):
        with composed(named("exe"), rows) as figure:
            assert any(said in text.get_text() for text in visible_texts(figure))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "small").write_text("in the way")
    with pytest.raises(StoreError, match="cannot write"):
        report.draw(small_rows(), "small", "Small", (), tmp_path)


def test_a_text_is_a_text(tmp_path: Path) -> None:
    """No markup of matplotlib's, and a well-formed SVG whatever others wrote."""
    texts = ["Cost $\\bad$ x", "a_b ^2 {c} 50 % \\frac", "<b>&amp;</b>", "\x00\x1b]0;t\x07 \u202ex"]
    rows = [Row({**small_rows()[0], "model": text}) for text in texts]
    rows.append(made.failed(small_rows()[1], "failed", texts[0]))
    for title in texts[1::2]:
        for path in report.draw(
            rows, "x", title, (), tmp_path, asked=SVG_ALONE, names=["exe", "ram"]
        ):
            said = " ".join(" ".join(found for found, _ in svg_texts(path)).split())
            for text in (*texts, title):
                assert " ".join(printable(text).split()) in said, path.name


def test_characters_of_other_scripts_get_a_font_that_has_them(tmp_path: Path) -> None:
    """matplotlib brings U+20DD, but not in its usual font; nobody has a private character."""
    found = fonts.needed(["plain", "\u20dd"])
    assert len(found.families) == 1
    assert (found.lacking, found.note) == ("", "")
    assert fonts.needed(["plain \u00b5 \u03b1 \u0416"]) == fonts.Fonts()
    nobody = fonts.needed(["\U0010fffd"])
    assert (nobody.families, nobody.lacking) == ((), "\U0010fffd")
    rows = [Row({**small_rows()[0], "model": "m\U0010fffd"})]
    report.draw(rows, "small", "T", (), tmp_path, asked=SVG_ALONE, names=["exe"])
    said = " ".join(text for text, _ in svg_texts(tmp_path / "small" / "exe.svg"))
    assert "No font on this computer has U+10FFFD" in said


def test_what_has_not_changed_is_not_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, few = small_rows(), ["exe", "params_macs", "ram"]
    drawn_now: list[str] = []

    def picture(kind: Kind, *_: Any) -> tuple[list[tuple[str, bytes]], tuple[str, ...]]:
        drawn_now.append(kind.name)
        return [(ending, kind.name.encode()) for ending in ("png", "svg")], ()

    def redrawn(rows: list[Row]) -> list[str]:
        drawn_now.clear()
        paths = report.draw(rows, "small", "T", (), tmp_path, names=few)
        assert len(paths) == 4 * len(few)
        return sorted(set(drawn_now))

    monkeypatch.setattr(drawing, "picture", picture)
    assert redrawn(rows) == few
    assert redrawn([Row({**row, "timestamp": "2027-01-01T00:00:00+00:00"}) for row in rows]) == []
    (tmp_path / "small" / "exe.svg").write_text("somebody's")
    (tmp_path / "small" / "dark" / "ram.png").unlink()
    assert redrawn(rows) == ["exe", "ram"]
    assert redrawn(rows[:-1]) == few
    (tmp_path / "small" / ".drawn.json").write_text("[]")
    assert redrawn(rows[:-1]) == few


def said_in(figure: Any) -> str:
    return " ".join(" ".join(text.get_text().split()) for text in visible_texts(figure))


def test_a_large_campaign_shows_its_first_models_and_says_so() -> None:
    rows = many(200)
    for name in ("error", "params_macs"):
        with composed(named(name), rows) as figure:
            said = said_in(figure)
            assert re.search(
                r"Room for the first \d+ of 400 jobs; the results file has all\.", said
            )
            assert "model_020" in said
            assert "model_199" not in said
            assert figure.get_size_inches()[1] <= Asked().style.tallest_in
    with composed(named("exe"), rows) as figure:
        assert "200 models are too many to name here" in said_in(figure)
    with composed(named("exe"), many(40)) as figure:
        assert "39 model_038" in said_in(figure)


def test_a_figure_that_shows_nothing_takes_its_old_files_away(tmp_path: Path) -> None:
    report.draw(small_rows(), "x", "T", (), tmp_path, asked=SVG_ALONE, names=["limits"])
    assert (tmp_path / "x" / "limits.svg").is_file()
    why: dict[str, str] = {}
    report.draw(all_failed(), "x", "T", (), tmp_path, None, SVG_ALONE, ["limits"], why.__setitem__)
    assert why == {"limits": "no job is ok"}
    assert not (tmp_path / "x" / "limits.svg").exists()


def test_captions_beside_pictures_and_other_formats(tmp_path: Path) -> None:
    """The picture holds no caption; .txt and .tex do, and a PDF's bytes repeat."""
    column = asked("column", formats="pdf,svg", numbers="de")
    rows = many(3, "50 % of a_b{:d}")
    for folder in ("one", "two"):
        paths = report.draw(rows, folder, "A & B", (), tmp_path, asked=column, names=["exe"])
    found = sorted(str(path.relative_to(tmp_path / "two")) for path in paths)
    assert found == ["dark/exe.pdf", "dark/exe.svg", "exe.pdf", "exe.svg", "exe.tex", "exe.txt"]
    one = (tmp_path / "one" / "exe.pdf").read_bytes()
    assert one == (tmp_path / "two" / "exe.pdf").read_bytes()
    assert b"/FontFile2" in one
    text = (tmp_path / "two" / "exe.txt").read_text()
    assert text.startswith("A & B: cost of one inference.")
    assert "arm-none-eabi-gcc 12.2.1 -O3" in text
    tex = (tmp_path / "two" / "exe.tex").read_text()
    assert tex.startswith("\\caption{A \\& B: ") and "\\label{fig:exe}" in tex
    said = " ".join(t for t, _ in svg_texts(tmp_path / "two" / "exe.svg"))
    assert "gcc" not in said and "A & B" not in said


def test_a_list_that_is_cut_is_said_beside_the_picture(tmp_path: Path) -> None:
    slide = asked("slide", formats="svg")
    report.draw(many(60), "cut", "T", (), tmp_path, asked=slide, names=["error"])
    said = (tmp_path / "cut" / "error.txt").read_text()
    assert re.search(r"Room for the first \d+ of 120 jobs; the results file has all\.", said)


def test_numbers_in_other_languages() -> None:
    assert [localised("1,234.5", language) for language in ("en", "de", "si")] == [
        "1,234.5", "1.234,5", "1\u202f234.5",
    ]  # fmt: skip
    with composed(named("ram"), made.campaign_rows(), asked=asked(numbers="de")) as figure:
        assert "7,2" in said_in(figure)


def test_a_figure_that_nobody_has(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown figure 'exee'"):
        report.draw(small_rows(), "x", "T", (), tmp_path, names=["exee"])


def test_axes_chosen_by_hand() -> None:
    """Of one kind of number alone, and of a column that is a number."""
    rows = made.campaign_rows()
    kind = by_hand("macs", "exe_instructions", rows)
    assert axis_labels(kind, rows)[0].startswith("MACs")
    assert "emulated" in axis_labels(kind, rows)[1] or "instructions" in axis_labels(kind, rows)[1]
    row = made.on_hardware(rows[0])
    both = [row, made.on_hardware(rows[1], "twin", "modelled")]
    with pytest.raises(UsageError, match="exe_ms has two kinds of number here"):
        by_hand("macs", "exe_ms", both)
    with pytest.raises(UsageError, match="exe_ms has two windows here"):
        by_hand("macs", "exe_ms", [row, Row({**row, "exe_window": "with_copies"})])
    with pytest.raises(UsageError, match="unknown metric 'exe_mss'"):
        by_hand("macs", "exe_mss", rows)


def test_panels_of_one_quality_say_its_axis_once() -> None:
    with composed(named("pareto"), made.campaign_rows()) as figure:
        assert [axes.get_ylabel() != "" for axes in figure.axes] == [True, False, False]
        assert len({axes.get_ylim() for axes in figure.axes}) == 1
        assert len({axes.get_position().y0 for axes in figure.axes}) == 1


def test_points_say_their_names_in_an_svg(drawn: Path) -> None:
    titles = [e.text or "" for e in ET.parse(drawn / "exe.svg").getroot().iter(f"{SVG}title")]
    assert any(title.startswith("lstm int8 only: 2.702e+06, ") for title in titles)


def test_more_series_than_colours_are_told_apart() -> None:
    """In grey print too: of a dozen series no two have the same marker and fill."""
    rows = [made.ok("lstm", "basic", f"engine{n}") for n in range(3 * len(LIGHT.palette))]
    look = Look(LIGHT, campaign("t", rows))
    assert len({(look.colour(s), look.filled(s).get("hatch")) for s in look.campaign.series}) == 24
    for engines, variants in ((1, 12), (2, 6), (3, 4), (6, 2)):
        rows = [
            made.ok("lstm", f"v{v}", f"engine{e}") for e in range(engines) for v in range(variants)
        ]
        look = Look(LIGHT, campaign("t", rows))
        assert len({(look.marker(s), look.fill(s)) for s in look.campaign.series}) == 12
