"""Networks of int16 activations and of dynamic range, on the emulated board end to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tflite_builder import Op, Spec, model

import hilbench

pytestmark = pytest.mark.emulator


def network(activations: str) -> bytes:
    """A layer, TANH, and another layer; int8 weights with a scale per row."""
    rng = np.random.default_rng(0)
    wide = activations == "int16"

    def value(size: int, scale: float) -> Spec:
        return Spec((1, size), "int16", scale) if wide else Spec((1, size))

    def weights(rows: int, columns: int) -> Spec:
        data = rng.integers(-127, 128, (rows, columns)).astype(np.int8)
        return Spec(data.shape, "int8", [0.01 + row / 999 for row in range(rows)], data=data)

    def bias(rows: int) -> Spec:
        data = rng.integers(-50, 50, rows)
        kind = "int64" if wide else "float32"
        return Spec((rows,), kind, 1e-5 if wide else None, data=data.astype(kind))

    specs = [value(12, 1e-3), weights(16, 12), bias(16), value(16, 2e-3), value(16, 2.0**-15)]
    specs += [weights(4, 16), bias(4), value(4, 5e-3)]
    options = {"asymmetric_quantize_inputs": True}
    layers = [Op("FULLY_CONNECTED", [0, 1, 2], [3], options), Op("TANH", [3], [4])]
    return model(specs, [*layers, Op("FULLY_CONNECTED", [4, 5, 6], [7], options)], [0], [7])


def test_int16_and_dynamic_range(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("int16", "float32"):
        Path(f"{name}.tflite").write_bytes(network(name))
    wide, dynamic = (
        hilbench.measure(f"{name}.tflite", board="mps2_an386", samples=3)
        for name in ("int16", "float32")
    )
    assert (wide["status"], wide["variant"], wide["oracle_max_lsb"]) == ("ok", "int16x8_only", 0)
    assert (dynamic["status"], dynamic["variant"]) == ("ok", "dynamic"), dynamic["reason"]
    assert "FLOAT32 with filter type: INT8 not supported" in dynamic["oracle"]
    assert dynamic["reference"] == "TensorFlow Lite on the host"
    assert dynamic["error_mae"] < 1e-5
