"""Compression while training: each recipe maps a matrix onto the nearest one that is small.

The second half of the epochs computes with the mapped matrices and applies its gradients to the
plain ones (the straight-through estimator: Courbariaux and others, arXiv 1511.00363), so that a
weight that was taken away can return. What is exported is mapped. Recipes compose, in their order.

NumPy only, but for the callback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil, log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core.artifacts import Compression

Matrix = NDArray[np.float32]

KEPT, RANK = 0.25, 0.5
"""Share of the weights that pruning leaves, and of a matrix' rank that is left."""
BLOCK = 4
"""Weights of a block: what one instruction of a dense int8 kernel reads."""
CLUSTERS, ROUNDS = 16, 8
LOW_RANK = "low_rank"


def pruned(w: Matrix) -> Matrix:
    """The largest quarter of the weights; Han and others, arXiv 1510.00149."""
    return np.where(_largest(np.abs(w)), w, 0).astype(np.float32)


def pruned_blocks(w: Matrix) -> Matrix:
    """The quarter of the blocks with the largest norms: of 4 inputs, and one output."""
    whole = len(w) // BLOCK * BLOCK
    norms = (w[:whole].reshape(-1, BLOCK, w.shape[1]) ** 2).sum(axis=1)
    kept = np.repeat(_largest(norms), BLOCK, axis=0)
    return np.concatenate([np.where(kept, w[:whole], 0), w[whole:]]).astype(np.float32)


def clustered(w: Matrix) -> Matrix:
    """16 values at most, by Lloyd's algorithm from evenly spaced ones; zeros stay zeros."""
    values = w[w != 0]
    if not len(values):
        return w
    centres = np.linspace(values.min(), values.max(), CLUSTERS)
    for _ in range(ROUNDS):
        nearest = np.abs(values[:, None] - centres).argmin(axis=1)
        counts = np.bincount(nearest, minlength=CLUSTERS)
        sums = np.bincount(nearest, values, minlength=CLUSTERS)
        centres = np.where(counts > 0, sums / np.maximum(counts, 1), centres)
    found = np.zeros_like(w)
    found[w != 0] = centres[np.abs(values[:, None] - centres).argmin(axis=1)]
    return found


def circulant(w: Matrix) -> Matrix:
    """Blocks of 4 x 4 with the mean of each wrapped diagonal; what fills no block stays.

    Ding and others, CirCNN, arXiv 1708.08917.
    """
    rows, columns = (size // BLOCK * BLOCK for size in w.shape)
    found = w.copy()
    blocks = w[:rows, :columns].reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
    at = np.arange(BLOCK)
    mean = [blocks[:, at, :, (at + k) % BLOCK].mean(axis=0) for k in range(BLOCK)]
    which = (at - at[:, None]) % BLOCK
    wide = np.stack(mean)[which].transpose(2, 0, 3, 1)
    found[:rows, :columns] = wide.reshape(rows, columns)
    return found


def low_rank(w: Matrix) -> Matrix:
    """Half of the singular values, where two factors of that rank are smaller."""
    rank = _rank(w.shape)
    if rank * sum(w.shape) >= w.size:
        return w
    u, s, v = np.linalg.svd(w.astype(np.float64), full_matrices=False)
    found: Matrix = ((u[:, :rank] * s[:rank]) @ v[:rank]).astype(np.float32)
    return found


def shifts(w: Matrix) -> Matrix:
    """0, 1/4, 1/2 and 1 of a power of two, of either sign: a product is a shift.

    eGRU's 3 bits (arXiv 1902.05026) by the rule of its released code: round(log2 |w|), zero under
    2**-2.5. The paper's values are within 1; here the matrix' largest weight says which power.
    """
    largest = float(np.abs(w).max(initial=0))
    if not largest:
        return w
    unit = 2.0 ** round(log2(largest))
    size = np.maximum(np.abs(w) / unit, 1e-30)
    power = np.minimum(np.rint(np.log2(size)), 0)
    return np.where(size < 2**-2.5, 0, np.sign(w) * unit * 2.0**power).astype(np.float32)


def int8_weights(w: Matrix) -> Matrix:
    """Quantization-aware training of weights: 255 values, one scale for a matrix.

    Jacob and others, arXiv 1712.05877; activations stay float while training.
    """
    scale = np.float32(np.abs(w).max(initial=0) / 127)
    return (np.rint(w / scale) * scale).astype(np.float32) if scale else w


RECIPES: Mapping[str, Callable[[Matrix], Matrix]] = {
    recipe.__name__: recipe
    for recipe in (pruned, pruned_blocks, clustered, circulant, low_rank, shifts, int8_weights)
}


def _largest(sizes: Matrix) -> NDArray[np.bool_]:
    """Which are the largest quarter, at least one; earlier ones where they are equal."""
    kept = np.zeros(sizes.size, bool)
    kept[np.argsort(-sizes, axis=None, kind="stable")[: max(1, round(KEPT * sizes.size))]] = True
    return kept.reshape(sizes.shape)


def _rank(shape: tuple[int, ...]) -> int:
    return max(1, round(RANK * min(shape)))


def mapped(names: Sequence[str], value: Matrix) -> Matrix:
    """A kernel of any shape, its outputs last, through these recipes."""
    matrix = value.reshape(-1, value.shape[-1])
    for name in names:
        matrix = RECIPES[name](matrix)
    return matrix.reshape(value.shape)


def kernels(model: Any) -> list[Any]:
    """The trained variables of a Keras model that products are with: no biases, no embeddings."""
    return [
        v
        for v in model.trainable_variables
        if len(v.shape) > 1 and not re.search("bias|embedding", v.name)  # a GRU's bias has two rows
    ]


def apply(model: Any, names: Sequence[str]) -> None:
    for variable in kernels(model):
        variable.assign(mapped(names, variable.numpy()))


def callback(keras: Any, names: Sequence[str], epochs: int) -> Any:
    """For fit: each batch of the second half of `epochs` sees mapped kernels."""

    class StraightThrough(keras.callbacks.Callback):  # type: ignore[misc]
        compresses = False

        def on_epoch_begin(self, epoch: int, _logs: object = None) -> None:
            self.compresses = 2 * epoch >= epochs

        def on_train_batch_begin(self, _batch: int, _logs: object = None) -> None:
            if self.compresses:
                self.plain = [v.numpy() for v in kernels(self.model)]
                apply(self.model, names)
                self.used = [v.numpy() for v in kernels(self.model)]

        def on_train_batch_end(self, _batch: int, _logs: object = None) -> None:
            if self.compresses:
                changes = zip(kernels(self.model), self.plain, self.used, strict=True)
                for variable, plain, used in changes:
                    variable.assign(plain + (variable.numpy() - used))

    return StraightThrough()


def packed_bytes(value: Matrix) -> int:
    """Of a kernel in int8, in the smallest of the forms that hold it, indices included."""
    matrix = value.reshape(-1, value.shape[-1])
    return min(_forms(matrix))


def _forms(w: Matrix) -> Iterator[int]:
    scale = np.abs(w).max(initial=0) / 127
    q = np.rint(w / scale).astype(int) if scale else np.zeros(w.shape, int)
    inputs, outputs = w.shape
    index = 1 if inputs <= 256 else 2
    starts = 2 * (outputs + 1)
    yield q.size
    yield (index + 1) * int(np.count_nonzero(q)) + starts
    whole = inputs // BLOCK * BLOCK
    used = int((q[:whole].reshape(-1, BLOCK, outputs) != 0).any(axis=1).sum())
    yield (index + BLOCK) * used + (inputs - whole) * outputs + starts
    distinct = len(np.unique(q))
    yield ceil(q.size * ceil(log2(max(distinct, 2))) / 8) + distinct
    if np.array_equal(circulant(w), w):
        rows, columns = (size // BLOCK * BLOCK for size in w.shape)
        yield rows * columns // BLOCK + q.size - rows * columns
    rank = int(np.linalg.matrix_rank(w, tol=1e-4 * float(np.linalg.norm(w)) or None))
    yield max(1, rank) * (inputs + outputs)


def left(model: Any, names: Sequence[str]) -> Compression:
    """What recipes left of a model's kernels."""
    return Compression(tuple(names), sum(packed_bytes(v.numpy()) for v in kernels(model)))


def note(found: Compression) -> str:
    """What becomes of them is for the converter (sources/factors.py) and the engine to say."""
    return f"trained with {' + '.join(found.recipes)}"
