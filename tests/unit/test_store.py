"""Stage results appear whole or not at all, are made once, and are checked when they are read."""

from __future__ import annotations

import logging
import os
import random
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hilbench.core.artifacts import EngineSources
from hilbench.core.errors import ConvertError, Interrupted, JobError, StoreError
from hilbench.core.owner import Owner
from hilbench.core.store import ARTIFACT, MANIFEST, Store

OUTSIDE = Path(os.devnull)


@dataclass(frozen=True)
class Made:
    """A stand-in for a stage's artifact."""

    text: str
    file: Path
    others: tuple[Path, ...] = ()


def maker(content: str, calls: list[str] | None = None) -> Callable[[Path], Made]:
    def make(folder: Path) -> Made:
        if calls is not None:
            calls.append(content)
        (folder / "inner").mkdir()
        (folder / "inner" / "out").write_text(content)
        return Made(content, folder / "inner" / "out", (OUTSIDE,))

    return make


def get(store: Store, content: str, stage: str = "stage", key: str = "key") -> tuple[str, bool]:
    made, cached = store.get(stage, key, Made, maker(content))
    assert made.file.read_text() == made.text
    assert made.others == (OUTSIDE,)
    return made.text, cached


def test_second_time_the_result_is_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert get(store, "one") == ("one", False)
    assert get(store, "two") == ("one", True)
    assert get(Store(tmp_path), "two") == ("one", True)
    assert get(store, "two", key="other") == ("two", False)


@dataclass(frozen=True)
class Ranged:
    low: float


def test_the_first_result_is_what_will_be_read_again(tmp_path: Path) -> None:
    """Keys of later stages are made of it: they must not change with the second run."""
    first, again = (
        Store(tmp_path).get("stage", "key", Ranged, lambda _: Ranged(-1))[0] for _ in "ab"
    )
    assert repr(first) == repr(again) == "Ranged(low=-1.0)"


def test_fresh_stages_are_made_again_once(tmp_path: Path) -> None:
    get(Store(tmp_path), "old")
    store = Store(tmp_path, fresh=["stage"])
    assert get(store, "new") == ("new", False)
    assert get(store, "newer") == ("new", True)


def test_a_failed_stage_leaves_its_logs_but_no_result(tmp_path: Path) -> None:
    def make(folder: Path) -> Made:
        (folder / "convert.log").write_text("boom")
        raise ConvertError("the converter crashed")

    store = Store(tmp_path)
    with pytest.raises(ConvertError) as caught:
        store.get("stage", "key", Made, make)
    assert (Path(caught.value.log_dir) / "convert.log").read_text() == "boom"
    assert get(store, "good") == ("good", False)


def test_an_os_error_of_a_stage_ends_its_job_and_is_not_the_caches_fault(tmp_path: Path) -> None:
    def make(folder: Path) -> Made:
        (folder / "none" / "x").write_text("")
        return Made("", folder)

    with pytest.raises(JobError, match=r"^stage failed: .*No such file or directory: .*none/x'"):
        Store(tmp_path).get("stage", "key", Made, make)


def test_a_full_disk_is_named_whatever_failed_because_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(folder: Path) -> Made:
        raise ConvertError("conversion failed: exit status 1")

    usage = type("usage", (), {"free": 4096})
    monkeypatch.setattr("hilbench.core.files.shutil.disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match=r"^the disk of the cache .* is full .*HILBENCH_CACHE"):
        Store(tmp_path).get("stage", "key", Made, make)


def test_a_scratch_folder_stays_only_after_a_failure(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.scratch("measure", "job") as folder:
        (folder / "qemu.log").write_text("fine")
    assert not folder.exists()
    with pytest.raises(ConvertError) as caught, store.scratch("measure", "job") as folder:
        (folder / "qemu.log").write_text("lock-up")
        raise ConvertError("the emulator died")
    assert (Path(caught.value.log_dir) / "qemu.log").read_text() == "lock-up"


def test_threads_wait_for_the_first(tmp_path: Path) -> None:
    store, calls, results = Store(tmp_path), [], []
    make = maker("x", calls)
    threads = [
        threading.Thread(target=lambda: results.append(store.get("s", "k", Made, make)[0].text))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["x"] * 8
    assert calls == ["x"]


def test_who_waits_for_another_can_be_stopped(tmp_path: Path) -> None:
    begun, end = threading.Event(), threading.Event()

    def slow(folder: Path) -> Made:
        begun.set()
        end.wait(20)
        return Made("", folder)

    first = threading.Thread(target=lambda: Store(tmp_path).get("s", "k", Made, slow))
    first.start()
    begun.wait(20)
    owner = Owner()
    threading.Timer(0.2, owner.stop).start()
    with pytest.raises(Interrupted):
        Store(tmp_path, owner=owner).get("s", "k", Made, maker("x"))
    end.set()
    first.join()


def test_what_was_interrupted_leaves_nothing(tmp_path: Path) -> None:
    owner = Owner()

    def make(folder: Path) -> Made:
        (folder / "half").write_text("x")
        owner.stop()
        raise ConvertError("killed by SIGKILL")

    store = Store(tmp_path, owner=owner)
    with pytest.raises(ConvertError):
        store.get("stage", "key", Made, make)
    with pytest.raises(KeyboardInterrupt), store.scratch("measure", "job"):
        raise KeyboardInterrupt
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["in_use", "key.lock", "stage"]


def test_a_store_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    blocker = tmp_path / "cache"
    blocker.write_text("")
    with pytest.raises(StoreError, match=r"cannot use the cache .*HILBENCH_CACHE"):
        get(Store(blocker), "x")


def test_a_store_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StoreError, match=r"belongs to another user \(uid \d+\) \(set HILBENCH_"):
        get(Store(tmp_path), "x")


def test_everything_is_its_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        (tmp_path / "cache").mkdir()
        get(Store(tmp_path / "cache"), "x")
    finally:
        os.umask(before)
    open_ = [p for p in (tmp_path / "cache").rglob("*") if p.stat().st_mode & 0o077]
    assert open_ == []
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_artifacts_find_their_files_after_the_store_moved(tmp_path: Path) -> None:
    def make(folder: Path) -> EngineSources:
        (folder / "m.c").write_text("int m;")
        return EngineSources("aot", "ab" * 32, (folder / "m.c",), ("add_s8",), (shared,), 12, 34)

    shared = tmp_path / 'sh"a\\red.h'
    shared.touch()
    (tmp_path / 'be"f\\ore').mkdir()
    Store(tmp_path / 'be"f\\ore').get("compile", "key", EngineSources, make)
    (tmp_path / 'be"f\\ore').rename(tmp_path / "after")
    found, cached = Store(tmp_path / "after").get("compile", "key", EngineSources, make)
    assert cached
    assert found.sources == (tmp_path / "after/compile/key/m.c",)
    assert found.include_dirs == (shared,)
    assert (found.weights_bytes, found.arena_bytes) == (12, 34)


def test_what_an_entry_needs_elsewhere_may_be_gone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kernels").mkdir()
    store = tmp_path / "cache"

    def make(_: Path) -> Path:
        return tmp_path / "kernels"

    Store(store).get("compile", "key", Path, make)
    assert Store(store).get("compile", "key", Path, make) == (tmp_path / "kernels", True)
    (tmp_path / "kernels").rmdir()
    with caplog.at_level(logging.WARNING):
        assert Store(store).get("compile", "key", Path, make)[1] is False
    assert f"needs {tmp_path}/kernels, which is gone" in caplog.text


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: (entry / ARTIFACT).write_bytes(b""),
        lambda entry: (entry / ARTIFACT).unlink(),
        lambda entry: (entry / MANIFEST).write_bytes(b""),
        lambda entry: (entry / MANIFEST).write_text("[]"),
        lambda entry: (entry / MANIFEST).write_text('{"stage": 1, "key": 2, "files": []}'),
        lambda entry: (entry / MANIFEST).unlink(),
        lambda entry: (entry / "inner/out").unlink(),
        lambda entry: (entry / "inner/out").write_text("two"),
        lambda entry: (entry / "inner/out").chmod(0o000),
        lambda entry: (entry / "inner/another").write_text(""),
        lambda entry: ((entry / "inner/out").unlink(), (entry / "inner/out").symlink_to("x")),
        lambda entry: (entry / MANIFEST).write_text(
            (entry / MANIFEST).read_text().replace("stage", "stagf")
        ),
    ],
)
def test_a_broken_entry_is_named_and_made_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], object]
) -> None:
    get(Store(tmp_path), "one")
    damage(tmp_path / "stage" / "key")
    with caplog.at_level(logging.WARNING):
        made = get(Store(tmp_path), "one")
    if made == ("one", True):  # root may read what nobody may
        assert os.geteuid() == 0
        return
    assert made == ("one", False)
    assert "cache entry stage/key " in caplog.text
    assert get(Store(tmp_path), "two") == ("one", True)


def test_an_entry_under_another_key_is_not_taken(tmp_path: Path) -> None:
    get(Store(tmp_path), "one")
    (tmp_path / "stage" / "key").rename(tmp_path / "stage" / "other")
    assert get(Store(tmp_path), "two", key="other") == ("two", False)


def test_flipped_bits_are_noticed(tmp_path: Path) -> None:
    get(Store(tmp_path), "one")
    files = [path for path in (tmp_path / "stage" / "key").rglob("*") if path.is_file()]
    chance = random.Random(11)
    for _ in range(60):
        path = chance.choice(files)
        before = path.read_bytes()
        place = chance.randrange(len(before))
        changed = bytearray(before)
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        text, _ = get(Store(tmp_path), "one")
        assert text == "one"
        get(Store(tmp_path, fresh=["stage"]), "one")


CRASHES = """
    import os, signal, sys
    from pathlib import Path
    sys.path[:0] = sys.argv[2:3]
    import test_store as t
    from hilbench.core import processes

    class Nobody:  # as after a power cut, nothing is cleaned up
        def __getattr__(self, name):
            return lambda *_: None

    processes._watchdog = Nobody()
    root = Path(sys.argv[1])
    WRITING = {"open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.utime",
               "os.fwalk", "os.listdir", "os.scandir", "shutil.rmtree", "os.link", "os.truncate"}

    def crashing(step, content, fresh):
        child = os.fork()
        if child:
            return os.waitpid(child, 0)[1]
        left = [step]
        def hook(event, arguments):
            if event in WRITING and str(root) in str(arguments):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        t.get(t.Store(root, fresh=["stage"] if fresh else []), content)
        os._exit(0)

    for fresh in (False, True):
        step = 0
        while crashing(step, "new" if fresh else "one", fresh):
            found = t.get(t.Store(root), "one")[0]
            assert found in ({"one", "new"} if fresh else {"one"}), found
            if not fresh:
                import shutil
                shutil.rmtree(root)
            step += 1
        print(step)
"""


def test_a_crash_between_any_two_steps_leaves_nothing_that_is_taken_for_a_result(
    tmp_path: Path,
) -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent(CRASHES),
            str(tmp_path / "cache"),
            str(Path(__file__).parent),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.returncode == 0, ended.stderr
    assert min(map(int, ended.stdout.split())) > 20, "so many steps were cut"


def test_usage_and_pruning_by_age_and_size(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number, name in enumerate(("old", "middle", "new")):
        get(store, name, key=name)
        used = time.time() - 1000 * (2 - number)
        os.utime(tmp_path / "stage" / name, (used, used))
    with pytest.raises(StoreError, match="is in use by a run"):
        Store(tmp_path).prune(older_than=0)
    del store
    assert [entry.folder.name for entry in Store(tmp_path).entries()] == ["old", "middle", "new"]
    assert [e.folder.name for e in Store(tmp_path).prune(older_than=1500)] == ["old"]
    size = Store(tmp_path).entries()[-1].size
    (tmp_path / "stage" / ".gone.abc").mkdir()
    assert [e.folder.name for e in Store(tmp_path).prune(keep=size)] == ["middle"]
    assert [p.name for p in (tmp_path / "stage").iterdir()] == ["new"]
    assert get(Store(tmp_path), "x", key="new") == ("new", True)
