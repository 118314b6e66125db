"""Pages are complete: every key of every file, every page in the index, links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from hilbench.config.bench import Bench
from hilbench.config.board import Board
from hilbench.config.chip import Chip
from hilbench.config.core import Core
from hilbench.config.experiment import Experiment
from hilbench.config.load import models_in
from hilbench.report.claims import Ledger

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FORMATS = re.sub(
    r"```.*?```", "", (DOCS / "file-formats.md").read_text(encoding="utf-8"), flags=re.DOTALL
)
PAGES = [*sorted(DOCS.glob("*.md")), *sorted(ROOT.glob("*.md"))]


def keys(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Dotted, without what is inside of lists and mappings: boards.probe."""
    for name, field in model.model_fields.items():
        key = f"{before}{field.alias or name}"
        inside = models_in(field.annotation)
        for inner in inside:
            yield from keys(inner, f"{key}.")
        if not inside:
            yield key


MODELS = (Experiment, Board, Bench, Chip, Core, Ledger)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    said = set(re.findall(r"`([^`]+)`", FORMATS))
    missing = [k for k in keys(model) if k not in said and not re.match(r"rules\..*\.source", k)]
    assert missing == []


def test_no_key_is_explained_that_does_not_exist() -> None:
    known = {key for model in MODELS for key in keys(model)}
    above = {key.rsplit(".", depth)[0] for key in known for depth in range(1, key.count(".") + 1)}
    tables = re.findall(r"^\| (`.*?) \|", FORMATS, re.MULTILINE)
    named = {name for row in tables for name in re.findall(r"`([^`]+)`", row)}
    assert {name for name in named if name not in known | above} <= {"rules.*.source"}


def test_the_index_names_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    pages = {path.name for path in DOCS.glob("*.md")} - {"index.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", index)) == pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_no_page_for_users_asks_for_a_clone(page: Path) -> None:
    """A reader of the wheel has no tests; pages for contributors say `make test`."""
    assert not re.search(r"pytest .*tests/", page.read_text(encoding="utf-8"))
