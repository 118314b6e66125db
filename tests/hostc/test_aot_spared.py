"""Calls whose results a choice throws away rest while it does, beside TensorFlow Lite Micro."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import aot_host
import numpy as np
import pytest
from tflite_builder import Op, Spec, model

N = 6
X, LAST, MOVED_BY, LARGEST, LEAST, MOVED, WEIGHTS, NEW, BENT, KEPT, TOO = range(11)
AXIS, NUMBER, BOTH, SCALAR = 11, 12, 13, 14


def skipping(dtype: str, *, gathered: bool = False, read_elsewhere: bool = False) -> bytes:
    """KEPT is TANH of a product of X, or LAST where no X is far above it; TOO reads the product."""
    rng = np.random.default_rng(0)

    def values(shape: tuple[int, ...]) -> Spec:
        return Spec(shape, "int8", 1 / 64, 3) if dtype == "int8" else Spec(shape)

    weights = rng.integers(-90, 90, (N, N)).astype(np.int8)
    held = np.full((1, 1), 40, np.int8)
    specs = [values((1, N)) for _ in range(11)]
    specs[LARGEST] = values((1, 1))
    specs[MOVED] = Spec((1, 1), "bool")
    specs.append(Spec((1,), "int32", data=np.array([-1], np.int32)))
    if dtype == "int8":
        specs[WEIGHTS] = Spec((N, N), "int8", 0.01, data=weights)
        specs[LEAST] = Spec((1, 1), "int8", 1 / 64, 3, data=held)
        for bent in (BENT, KEPT, LAST):
            specs[bent] = Spec((1, N), "int8", 1 / 128, 0)
    else:
        specs[WEIGHTS] = Spec((N, N), data=weights.astype(np.float32) / 64)
        specs[LEAST] = Spec((1, 1), data=held.astype(np.float32) / 64)
    operators = [
        Op("FULLY_CONNECTED", [X, WEIGHTS, -1], [NEW]),
        Op("TANH", [NEW], [BENT]),
        Op("SUB", [X, LAST], [MOVED_BY]),
        Op("REDUCE_MAX", [MOVED_BY, AXIS], [LARGEST], {"keep_dims": True}),
        Op("GREATER", [LARGEST, LEAST], [MOVED]),
        Op("SELECT_V2", [MOVED, BENT, LAST], [KEPT]),
    ]
    if gathered:
        specs += [Spec((), "int32"), replace(specs[KEPT], shape=(2, 1, N)), Spec((), "bool")]
        operators[-1:] = [
            Op("RESHAPE", [MOVED], [SCALAR]),
            Op("CAST", [SCALAR], [NUMBER]),
            Op("PACK", [LAST, BENT], [BOTH], {"values_count": 2, "axis": 0}),
            Op("GATHER", [BOTH, NUMBER], [KEPT], {"axis": 0, "batch_dims": 0}),
        ]
    outputs = [KEPT]
    if read_elsewhere:
        operators.append(Op("ABS", [NEW], [TOO]))
        outputs.append(TOO)
    return model(specs, operators, [X, LAST], outputs)


@pytest.mark.parametrize("gathered", [False, True], ids=["selected", "gathered"])
@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_what_a_choice_throws_away_is_not_computed(
    dtype: str, gathered: bool, tmp_path: Path
) -> None:
    found = aot_host.build(skipping(dtype, gathered=gathered), tmp_path)
    text = found.sources.sources[0].read_text()
    inside = text.partition("if (*AT(uint8_t, ")[2].partition("\n    }")[0]
    assert f".item_bytes = {N if dtype == 'int8' else 4 * N}," in text, "one item"
    assert "FULLY_CONNECTED" in inside and "TANH" in inside and "SELECT" not in inside
    assert text.index(" REDUCE_MAX ") < text.index(" FULLY_CONNECTED "), "the bool comes first"
    assert found.sources.notes == ("2 of 6 calls rest while their results are not taken",)
    rested = [line.macs for line in found.sources.operators if line.operator == "FULLY_CONNECTED"]
    assert rested == [None]
    samples = found.random_samples(40)
    low = [[np.full_like(x, -100), last] for x, last in found.random_samples(10)]
    aot_host.assert_matches(found, [*samples, *low])
    kept = [np.array_equal(outputs[0], last) for (_, last), outputs in zip(
        [*samples, *low], found.run([*samples, *low]), strict=True)]  # fmt: skip
    assert 10 <= sum(kept) < 50


def test_what_somebody_else_reads_is_computed_always(tmp_path: Path) -> None:
    found = aot_host.build(skipping("int8", read_elsewhere=True), tmp_path)
    text = found.sources.sources[0].read_text()
    inside = text.partition("if (*AT(uint8_t, ")[2].partition("\n    }")[0]
    assert "TANH" in inside and "FULLY_CONNECTED" not in inside
    aot_host.assert_matches(found, found.random_samples(20))
