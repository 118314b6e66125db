"""Trained files of the user's: what is refused before Keras opens them, and in which words."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.sources.keras import saved, saved_folder, saved_words
from hilbench.sources.keras.cells import base, layer
from hilbench.sources.keras.loading import KerasSource

DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"activation": "relu"}}


def network(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"module": "keras", "class_name": "Functional", "config": {"layers": [DENSE, *layers]}}


def keras_file(path: Path, config: object, metadata: object = None) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", json.dumps(metadata or {"keras_version": "3.0"}))
    return path


def hdf5_file(path: Path, config: str) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["model_config"], file.attrs["keras_version"] = config, "2.15"
    return path


LAMBDA = {"module": "keras.layers", "class_name": "Lambda", "config": {"function": ["gA", None]}}
PICKLED = {"class_name": "__lambda__", "config": {"value": "4wAAAA=="}}
FUNCTION = {"module": "builtins", "class_name": "function", "config": "relu"}
FOREIGN = {"module": "os", "class_name": "system", "config": {}}
DISGUISED = {**FOREIGN, "registered_name": "Custom>system"}
OWN = {"module": None, "class_name": "Scale", "config": {}, "registered_name": "mine>Scale"}


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (LAMBDA, r"has a Lambda layer, whose code would run .*\(if you trust .*--allow-lambda\)"),
        ({**DENSE, "config": {"activation": PICKLED}}, "--allow-lambda"),
        (FOREIGN, r"needs 'system' of the module 'os', which is not Keras' \(name a function"),
        (DISGUISED, "needs 'system' of the module 'os'"),
        (OWN, r"needs 'Scale', which is not Keras' \(name a function that builds"),
        ({**FUNCTION, "module": "shutil", "config": "rmtree"}, "needs 'rmtree' of the module"),
    ],
)
def test_what_would_run_is_refused_before_it_is_opened(
    tmp_path: Path, layer: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        saved.load(None, keras_file(tmp_path / "net.keras", network(layer)), allow_lambda=False)
    if "__lambda__" not in str(layer) and "module" in layer and layer["module"] is None:
        return
    with pytest.raises(UsageError, match=message):
        path = hdf5_file(tmp_path / "net.h5", json.dumps(network(layer)))
        saved.load(None, path, allow_lambda=False)


def test_keras_own_functions_and_layers_are_let_through() -> None:
    for item in (FUNCTION, DENSE, {"class_name": "Dense", "config": {}}):
        saved._refuse_code(Path("net.keras"), network(item), allow_lambda=False)
    saved._refuse_code(Path("net.keras"), network(LAMBDA), allow_lambda=True)
    with pytest.raises(UsageError, match="'os'"):
        saved._refuse_code(Path("net.keras"), network(LAMBDA, FOREIGN), allow_lambda=True)


@pytest.mark.keras
@pytest.mark.parametrize("name", ["net.keras", "net.h5"])
def test_cells_of_hilbench_are_read_and_nothing_that_is_called_like_them(
    tmp_path: Path, name: str
) -> None:
    """Of two kinds, one of two directions, one that skips steps."""
    keras, x = extras.keras(), np.ones((1, 3, 4), np.float32)
    layers = [
        layer.recurrent(keras, "mgu", 3, 4, both=True, return_sequences=True),
        layer.recurrent(keras, "gru", 2, 6, both=False, delta=0.1),
    ]
    model = keras.Sequential([keras.layers.Input((3, 4)), *layers])
    model.save(tmp_path / name)
    found = saved.load(None, tmp_path / name, allow_lambda=False)
    np.testing.assert_allclose(found(x), model(x), atol=1e-7)
    cell = {"class_name": "RecurrentCell", "registered_name": "hilbench>RecurrentCell"}
    saved._refuse_code(Path(name), {**cell, "module": base.__name__}, allow_lambda=False)
    for change in ({"module": "os"}, {"module": base.__name__, "registered_name": "mine>Other"}):
        with pytest.raises(UsageError, match="needs 'RecurrentCell'"):
            saved._refuse_code(Path(name), {**cell, **change}, allow_lambda=False)


@pytest.mark.parametrize(("config", "metadata"), [([1], [2]), (None, {"a": 1}), ("net", None)])
def test_files_that_describe_no_network(tmp_path: Path, config: object, metadata: object) -> None:
    for path in (
        keras_file(tmp_path / "net.keras", config, metadata),
        hdf5_file(tmp_path / "net.h5", json.dumps(config)),
    ):
        with pytest.raises(UsageError, match="corrupt: it describes no network"):
            saved.load(None, path, allow_lambda=False)
    for name in ("net.keras", "net.h5"):
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(UsageError, match=r"corrupt, or not an? "):
            saved.load(None, tmp_path / name, allow_lambda=False)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("Unknown layer: 'Bare'. Please ensure you are using a `keras...`", "needs 'Bare', which"),
        ("Could not locate class 'Sub'. Make sure custom classes", "needs 'Sub', which is not"),
        ("Cannot assign value: Shape mismatch.The variable shape (5, 9)", "its weights do not fit"),
        ("Unable to synchronously open file (truncated file: eof = 6)", "corrupt: its weights are"),
        (
            "__init__() got an unexpected keyword argument 'quirk'",
            "a layer has the setting 'quirk'",
        ),
        (
            "'NoneType' object is not callable",
            "Keras cannot build the network of this file, written",
        ),
        ("'str' object is not callable", "has a layer that this Keras does not know"),
        ("('Keyword argument not understood:', 'quirk')", "a layer has the setting 'quirk'"),
        (
            "Unknown activation function '{'module': 'builtins', 'class_name': 'function', "
            "'config': 'myact', 'registered_name': 'function'}' cannot be deserialized.",
            "needs 'myact', which is not Keras'",
        ),
    ],
)
def test_the_words_of_keras_do_not_reach_the_user(said: str, line: str) -> None:
    outer = ValueError("<class 'keras.src.models.functional.Functional'> could not be made")
    outer.__cause__ = TypeError(said)
    error = saved_words.explained(Path("net.keras"), outer, "3.0")
    assert error.message.startswith(f"net.keras: {line}") and error.remedy
    assert "functional" not in str(error)


def test_other_weights_in_the_file_are_another_network(tmp_path: Path) -> None:
    path = keras_file(tmp_path / "net.keras", network())
    source = KerasSource(name="net", file=path)
    before = source.fingerprint()
    assert source.fingerprint() == before
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("model.weights.h5", b"other weights")
    after = source.fingerprint()
    assert {key for key in after if after[key] != before[key]} == {"content"}


def raw_file(path: Path, config: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", config)
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.0"}))
    return path


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('{"a": [' * 300 + json.dumps(LAMBDA) + "]}" * 300, "has a Lambda layer"),
        ("[" * 100_000, "corrupt, or not a .keras file"),
        ('{"a": "' + "x" * 300_000 + '"}', "has more than 0 MiB"),
    ],
)
def test_depth_and_size_of_a_configuration_are_bounded(
    config: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes of an archive can stand for gigabytes."""
    monkeypatch.setattr(saved, "LARGEST_CONFIG", 200_000)
    with pytest.raises(UsageError, match=said):
        saved.load(None, raw_file(tmp_path / "net.keras", config), allow_lambda=False)


def test_an_archive_with_a_damaged_byte_is_one_line(tmp_path: Path) -> None:
    path = raw_file(tmp_path / "net.keras", json.dumps(network(LAMBDA)))
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        with pytest.raises(UsageError):
            saved.load(None, path, allow_lambda=False)


def test_what_never_ends_is_refused_before_it_is_hashed(tmp_path: Path) -> None:
    """In the parent, where no stage's limit counts."""
    pipe, folder = tmp_path / "p.keras", tmp_path / "saved"
    os.mkfifo(pipe)
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").touch()
    (tmp_path / "z.h5").symlink_to("/dev/zero")
    KerasSource(name="net", file=folder).check()
    (folder / "variables" / "data").symlink_to("/dev/zero")
    large = tmp_path / "large.keras"
    large.touch()
    os.truncate(large, 3 << 30)
    for path, said in (
        (pipe, "a pipe"),
        (tmp_path / "z.h5", "a device"),
        (folder, "a device"),
        (large, "more than 2048 MiB"),
    ):
        with pytest.raises(UsageError, match=said):
            KerasSource(name="net", file=path).check()


@pytest.mark.parametrize(
    "operator",
    ["EagerPyFunc", "WholeFileReaderV2", "TFRecordDataset", "DataServiceDataset", "ImmutableConst",
     "InitializeTableFromTextFileV2", "CreateSummaryFileWriter", "DebugIdentityV2", "Abort"],
)  # fmt: skip
def test_operators_that_reach_out_of_a_saved_model_are_refused(operator: str) -> None:
    """In a function as well; what every SavedModel has is let through."""

    def content(name: str) -> SimpleNamespace:
        usual = [SimpleNamespace(op=op) for op in ("RestoreV2", "SaveV2", "ReadVariableOp")]
        function = SimpleNamespace(node_def=[*usual, SimpleNamespace(op=name)])
        library = SimpleNamespace(function=[function])
        graph = SimpleNamespace(node=usual, library=library)
        return SimpleNamespace(meta_graphs=[SimpleNamespace(graph_def=graph)])

    saved_folder._refuse_operators(Path("net"), content("MatMul"))
    with pytest.raises(UsageError, match=f"has the operator {operator}, which reaches out of it"):
        saved_folder._refuse_operators(Path("net"), content(operator))
