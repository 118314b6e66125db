"""A sequence step by step is the sequence at once, bit by bit, and TFLM's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import aot_host
import numpy as np
import pytest
import small_graphs
import test_kernels_lstm as lstm
from tflite_builder import Op, Spec

from hilbench.core.extras import tflite_micro_runtime

STEPS = 100


def _fused(inputs: list[Spec | None], steps: int) -> bytes:
    source = inputs[0]
    assert source is not None
    return lstm.model([replace(source, shape=(1, steps, lstm.INPUTS)), *inputs[1:]])


@pytest.mark.parametrize("cell_power", [-12, None], ids=["int8", "float32"])
def test_a_fused_lstm(cell_power: int | None, tmp_path: Path) -> None:
    inputs = lstm.operands(3, cell_power=cell_power)
    whole = aot_host.build(_fused(inputs, STEPS), _folder(tmp_path, "whole"))
    step = aot_host.build(_fused(inputs, 1), _folder(tmp_path, "step"))
    (sequence,) = whole.random_samples(1)[0]
    steps = [[sequence[:, t : t + 1]] for t in range(STEPS)]
    streamed = np.concatenate([out for (out,) in step.run(steps, stream=True)], axis=1)
    np.testing.assert_array_equal(streamed, whole.run([[sequence]], stream=True)[0][0])
    tflm = _tflm(step.model, steps)
    if cell_power is None:
        np.testing.assert_allclose(streamed, tflm, rtol=1e-5, atol=1e-6)
    else:
        np.testing.assert_array_equal(streamed, tflm)
    assert len(np.unique(streamed)) > 30


def test_a_cell_of_int8_operators(tmp_path: Path) -> None:
    """A gated cell whose state is a variable, beside the same cell unrolled over the sequence."""
    step = aot_host.build(small_graphs.stateful_cell(), _folder(tmp_path, "step"))
    whole = aot_host.build(small_graphs.stateful_cell(STEPS), _folder(tmp_path, "whole"))
    samples = step.random_samples(STEPS)
    streamed = np.concatenate([out for (out,) in step.run(samples, stream=True)])
    sequence = np.concatenate([x for (x,) in samples])[None]
    np.testing.assert_array_equal(streamed, whole.run([[sequence]], stream=True)[0][0][0])
    np.testing.assert_array_equal(streamed, _tflm(step.model, samples, axis=0))
    assert len(np.unique(streamed)) > 30


@pytest.mark.parametrize("zero", [0, 9])
@pytest.mark.parametrize("read_in", [1 / 64, 1 / 63])
def test_a_state_in_float_of_a_cell_in_integers(zero: int, read_in: float, tmp_path: Path) -> None:
    """It is kept as the integers that it is, unless what is read has another scale."""
    step = aot_host.build(small_graphs.stateful_cell(zero=zero, in_float=read_in), tmp_path)
    samples = step.random_samples(STEPS)
    streamed = np.concatenate([out for (out,) in step.run(samples, stream=True)])
    np.testing.assert_array_equal(streamed, _tflm(step.model, samples, axis=0))
    assert len(np.unique(streamed)) > 30
    kernels = (tmp_path / "model.c").read_text()
    assert ("quantize_" in kernels) == ("float" in kernels) == (read_in != 1 / 64)


def _tflm(model: bytes, steps: list[list[np.ndarray]], axis: int = 1) -> np.ndarray:
    """TFLM's reference kernels keep the state between invocations."""
    interpreter = tflite_micro_runtime().Interpreter.from_bytes(model, arena_size=1 << 20)
    outputs = []
    for (x,) in steps:
        interpreter.set_input(x, 0)
        interpreter.invoke()
        outputs.append(np.array(interpreter.get_output(0)))
    return np.concatenate(outputs, axis=axis)


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def test_parts_of_a_state_that_outlive_it(tmp_path: Path) -> None:
    """Outputs that are views of a variable, and two variables that swap what they hold."""
    state = Spec((1, 2, 3), "int8", 1 / 64, 9)
    g = small_graphs.GraphBuilder("int8")
    x = g.add(state)
    reads, handles = [], []
    for name in ("a", "b"):
        handles.append(g.op("VAR_HANDLE", [], g.typed("resource", ()), shared_name=name))
        reads.append(g.op("READ_VARIABLE", [handles[-1]], g.add(state)))
    parts = [g.add(replace(state, shape=(1, 3))) for _ in range(2)]
    g.op("UNPACK", [reads[0]], *parts, num=2, axis=1)
    flat = g.op("RESHAPE", [reads[1]], g.add(replace(state, shape=(6,))))
    back = g.op("RESHAPE", [flat], g.add(state))
    turned = g.op("RESHAPE", [reads[0]], g.add(replace(state, shape=(1, 3, 2))))
    mixed = g.op("ADD", [x, g.op("RESHAPE", [turned], g.add(state))], g.add(state))
    for handle, value in zip(handles, (back, mixed), strict=True):
        g.operators.append(Op("ASSIGN_VARIABLE", [handle, value], []))
    step = aot_host.build(g.build([x], [*parts, flat]), tmp_path)
    samples = step.random_samples(8)
    for ours, tflm in zip(step.run(samples, stream=True), step.run_tflm(samples), strict=True):
        for a, b in zip(ours, tflm, strict=True):
            np.testing.assert_array_equal(a, b)
