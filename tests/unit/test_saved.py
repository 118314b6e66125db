"""A .keras or .h5 file is looked at before TensorFlow opens it, within limits."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from hilbench.core.errors import UsageError
from hilbench.sources.keras import saved

LAMBDA = {"class_name": "Lambda", "module": "keras.layers"}
FOREIGN = {"class_name": "Thing", "module": "os"}


def keras_file(path: Path, config: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("metadata.json", json.dumps({"keras_version": "2.15.0"}))
    return path


def nested(inner: object, depth: int) -> str:
    return (
        '{"class_name": "Sequential", "module": "keras", "a": [' * depth
        + json.dumps(inner)
        + "]}" * depth
    )


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (nested(LAMBDA, 300), "has a Lambda layer"),
        (nested(FOREIGN, 1), "needs 'Thing' of the module 'os'"),
        ("[" * 100_000, "corrupt, or not a .keras file"),
        ('{"a": "' + "x" * 3000 + '"}', "has more than 0 MiB"),
        ("[1]", "it describes no network"),
        ("{", "corrupt, or not a .keras file"),
    ],
)
def test_a_configuration_is_looked_at_first(
    config: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if len(config) < 5_000 and "xxx" in config:
        monkeypatch.setattr(saved, "LARGEST_CONFIG", 1_000)
    path = keras_file(tmp_path / "net.keras", config)
    with pytest.raises(UsageError, match=said):
        saved.load(None, path, allow_lambda=False)


def test_an_archive_with_a_damaged_member_is_one_line(tmp_path: Path) -> None:
    whole = keras_file(tmp_path / "net.keras", nested(LAMBDA, 1)).read_bytes()
    for place in range(0, len(whole), 7):
        (tmp_path / "net.keras").write_bytes(
            whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :]
        )
        with pytest.raises(UsageError):
            saved.load(None, tmp_path / "net.keras", allow_lambda=False)
