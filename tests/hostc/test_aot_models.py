"""Whole graphs through the engine aot and the host's compiler, against TensorFlow Lite Micro."""

from __future__ import annotations

from pathlib import Path

import aot_host
import pytest
import small_graphs

DTYPES = ("float32", "int8")
GRAPHS = (
    small_graphs.simple_rnn,
    small_graphs.gated_rnn,
    small_graphs.skip_connection,
    small_graphs.residual_cnn,
    small_graphs.embedding,
    small_graphs.odds_and_ends,
)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
def test_outputs_are_those_of_tflm(graph, dtype, tmp_path: Path) -> None:
    model = aot_host.build(graph(dtype), tmp_path)
    aot_host.assert_matches(model, model.random_samples(50))
