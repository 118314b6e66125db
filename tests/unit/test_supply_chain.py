"""What set-up installs is exactly what the locks name, each file by its hash."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CI = ROOT / ".ci"
LOCKS = sorted(CI.glob("*.lock"))


def pinned(lock: Path) -> dict[str, str]:
    """The requirement of each package, by its name, with its hashes."""
    whole = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in whole.splitlines() if line.strip() and not line.startswith("#")]
    return {_name(line): line for line in lines}


def _name(requirement: str) -> str:
    name = re.split(r"[\[<>=~!; ]", requirement.strip())[0]
    return re.sub(r"[-_.]+", "-", name.lower())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_exact_and_has_hashes(lock: Path) -> None:
    assert pinned(lock)
    for requirement in pinned(lock).values():
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!]+ ", requirement), requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}( |$)", requirement), requirement
        assert "://" not in requirement


def test_the_locks_hold_all_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        asked += extra
    names = {_name(requirement) for requirement in asked} - {"hilbench"}
    assert names <= set(pinned(CI / "requirements.lock"))
    build = {_name(requirement) for requirement in project["build-system"]["requires"]}
    assert build <= set(pinned(CI / "build.lock"))


def test_the_locks_are_of_the_versions_in_constraints() -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    exact = dict(re.findall(r"^([\w.-]+)==(\S+)", constraints, re.MULTILINE))
    exact = {_name(name): version for name, version in exact.items()}
    for name, requirement in pinned(CI / "requirements.lock").items():
        assert f"=={exact[name]} " in requirement, name


def test_setup_installs_nothing_else() -> None:
    """Every installation is by a lock with its hashes, or of the project without anything more."""
    lines = (CI / "setup").read_text(encoding="utf-8").splitlines()
    installs = [line for line in lines if line.startswith("install ")]
    assert len(installs) > 1
    for line in installs:
        assert "--require-hashes" in line or re.search(r"--no-deps .*-e \.$", line), line
        assert "--no-build-isolation" in line or "--only-binary :all:" in line, line
