"""docs/security.md: every sentence names a test that exists, and no attempt is left out."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def rows() -> dict[int, str]:
    found = re.findall(r"^\| (\d+) \| (.*) \|$", PAGE, re.MULTILINE)
    return {int(number): rest for number, rest in found}


def test_every_attempt_has_a_test() -> None:
    assert sorted(rows()) == list(range(1, 26))
    for number, row in rows().items():
        assert NAMED.search(row), number


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 40
    for path, test in named:
        assert not test or test in functions_of(path), f"{path}::{test}"


def test_the_limits_are_those_of_the_code() -> None:
    from hilbench.config import experiment, yaml
    from hilbench.core.files import MIB
    from hilbench.data import shakespeare
    from hilbench.record import store
    from hilbench.tflite import reader

    for said in (
        f"| YAML | {yaml.LARGEST_FILE // MIB} MiB, lines of {yaml.LONGEST_LINE:,} characters, "
        f"{yaml.MOST_NODES:,} values, {yaml.DEEPEST} deep, texts of {yaml.LONGEST_TEXT:,} ",
        f"| names | {experiment.NAME_MAX} characters",
        f"| results file | {store.LARGEST_FILE // MIB} MiB",
        f"| .tflite | {reader.LARGEST_FILE // MIB} MiB",
        f"| `data.text` | {shakespeare.LARGEST_TEXT // MIB} MiB",
    ):
        assert said in PAGE
