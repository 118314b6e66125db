"""Another user without rights, a package that cannot be written, no home; a disk that fills up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import hilbench
from hilbench.core.paths import data_dir

NOBODY = 65534
SITE = Path(pytest.__file__).parents[1]
INTERPRETERS = (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}")
_CAN = """
import subprocess, sys, hilbench, numpy, pydantic_core
subprocess.run([sys.executable, "-c", ""], check=True)
"""
RUN = ("-m", "hilbench", "run", "smoke", "--no-plot")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Nobody's own, with a copy of the package as a wheel has it; pytest's are closed to others."""
    made = Path(tempfile.mkdtemp())
    shutil.copytree(
        Path(hilbench.__file__).parent,
        made / "package" / "hilbench",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("firmware", "experiments"):
        shutil.copytree(data_dir(name), made / "package" / "hilbench" / "_data" / name)
    made.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(made, NOBODY, NOBODY)  # the package in it stays root's: read-only for nobody
    yield made
    shutil.rmtree(made)


def as_nobody(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`arguments` of the first interpreter that nobody may start. Skips where there is none."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user, with setpriv")
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    path = f"{folder / 'package'}:{SITE}"
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": path, **environment}
    for interpreter in INTERPRETERS:
        try:
            started = subprocess.run(
                [*become, interpreter, "-c", _CAN],
                env=variables, cwd=folder, capture_output=True, check=False,
            )  # fmt: skip
        except OSError:
            continue
        if started.returncode == 0:
            return subprocess.run(
                [*become, interpreter, *arguments],
                env=variables, cwd=folder, capture_output=True, text=True, check=False,
            )  # fmt: skip
    pytest.skip("nobody may start no Python here that has hilbench's packages")


@pytest.mark.emulator
@pytest.mark.keras
@pytest.mark.timeout(600)
def test_another_user_runs_a_campaign_from_a_package_that_is_read_only(folder: Path) -> None:
    ended = as_nobody(folder, *RUN, HILBENCH_CACHE=str(folder / "cache"))
    assert ended.returncode == 0, ended.stderr
    assert "2 of 2 jobs ok" in ended.stdout + ended.stderr


def test_without_a_home_it_is_one_line(folder: Path) -> None:
    ended = as_nobody(folder, *RUN, HOME="/nonexistent")
    assert ended.returncode == 2
    assert ended.stderr == (
        "hilbench: cannot use the cache /nonexistent/.cache/hilbench: Permission denied"
        " (free space, or set HILBENCH_CACHE to another folder)\n"
    )


def test_the_cache_of_another_user_is_refused(folder: Path) -> None:
    cache = folder / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    ended = as_nobody(folder, *RUN, HILBENCH_CACHE=str(cache))
    assert ended.returncode == 2
    assert ended.stderr == (
        f"hilbench: the cache {cache} belongs to another user (uid 0)"
        " (set HILBENCH_CACHE to a folder of your own)\n"
    )


FILLED = """
import sys
from pathlib import Path
from hilbench.core.errors import ConvertError, StoreError
from hilbench.core.store import Store

def fill(folder):
    try:
        (folder / "large").write_bytes(bytes(1 << 20))
    except OSError as error:
        raise (ConvertError("exit status 1") if sys.argv[2] == "child" else error)
    return folder

try:
    Store(Path(sys.argv[1])).get("stage", "key", Path, fill)
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize("who", ["child", "hilbench"])
def test_a_full_disk_of_the_cache_is_one_line(tmp_path: Path, who: str) -> None:
    """A real one: a file system of 64 KiB in a mount namespace of its own."""
    mounted = 'mount -t tmpfs -o size=64k none "$1" && shift && exec "$@"'
    own = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted, "sh", str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run([*own, "true"], check=False).returncode:
        pytest.skip("this kernel lets nobody mount a file system of his own (unshare)")
    ended = subprocess.run(
        [*own, sys.executable, "-c", FILLED, str(tmp_path / "cache"), who],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.stderr == ""
    assert ended.stdout.startswith(f"the disk of the cache {tmp_path / 'cache'} is full")
    assert len(ended.stdout.splitlines()) == 1
