"""Stage results appear whole or not at all, and are made once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hilbench.core.artifacts import EngineSources
from hilbench.core.errors import ConvertError, StoreError
from hilbench.pipeline import shelf
from hilbench.pipeline.cache import Cache


def text(folder: Path) -> str:
    return (folder / "out").read_text()


def writer(content: str, calls: list[str] | None = None) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        if calls is not None:
            calls.append(content)
        (folder / "out").write_text(content)

    return make


def test_second_time_the_result_is_there(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.get("stage", "key", writer("one"), text) == ("one", False)
    assert cache.get("stage", "key", writer("two"), text) == ("one", True)
    assert cache.get("stage", "other", writer("two"), text) == ("two", False)


def test_fresh_stages_are_made_again_once(tmp_path: Path) -> None:
    Cache(tmp_path).get("build", "key", writer("old"), text)
    cache = Cache(tmp_path, fresh=["build"])
    assert cache.get("build", "key", writer("new"), text) == ("new", False)
    assert cache.get("build", "key", writer("newer"), text) == ("new", True)


def test_a_failed_stage_leaves_its_logs_but_no_result(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "convert.log").write_text("boom")
        raise ConvertError("the converter crashed")

    cache = Cache(tmp_path)
    with pytest.raises(ConvertError) as caught:
        cache.get("convert", "key", make, text)
    assert (Path(caught.value.log_dir) / "convert.log").read_text() == "boom"
    assert cache.get("convert", "key", writer("good"), text) == ("good", False)


def test_a_scratch_folder_stays_only_after_a_failure(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with cache.scratch("measure", "job") as folder:
        (folder / "qemu.log").write_text("fine")
    assert not folder.exists()
    with pytest.raises(ConvertError) as caught, cache.scratch("measure", "job") as folder:
        (folder / "qemu.log").write_text("lock-up")
        raise ConvertError("the emulator died")
    assert (Path(caught.value.log_dir) / "qemu.log").read_text() == "lock-up"


def test_threads_wait_for_the_first(tmp_path: Path) -> None:
    cache, calls, results = Cache(tmp_path), [], []
    make = writer("x", calls)
    threads = [
        threading.Thread(target=lambda: results.append(cache.get("s", "k", make, text)[0]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["x"] * 8
    assert calls == ["x"]


def test_a_cache_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    blocker = tmp_path / "cache"
    blocker.write_text("")
    with pytest.raises(StoreError, match=r"cannot use the cache .*HILBENCH_CACHE"):
        Cache(blocker).get("stage", "key", writer("x"), text)


def test_artifacts_find_their_files_after_the_folder_moved(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    outside = tmp_path / "shared.h"
    sources = EngineSources("aot", "ab" * 32, (before / "m.c",), ("add_s8",), (outside,), 12, 34)
    shelf.put(sources, before)
    before.rename(after)
    found = shelf.take(EngineSources, after)
    assert found.sources == (after / "m.c",)
    assert found.include_dirs == (outside,)
    assert (found.weights_bytes, found.arena_bytes) == (12, 34)
