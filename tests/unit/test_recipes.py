"""Compression while training: what each recipe leaves of a matrix, and what that would take."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from hilbench.config.experiment import Training
from hilbench.config.recipes import RECIPES, undone
from hilbench.core import extras
from hilbench.sources.keras import catalogue, options, recipes, training_worker

RNG = np.random.default_rng(5)
W = RNG.normal(size=(18, 12)).astype(np.float32)


def test_an_experiment_names_the_recipes_that_there_are() -> None:
    assert set(RECIPES) == set(recipes.RECIPES)


def test_each_recipe_is_a_projection() -> None:
    """What is mapped already stays; zeros, and shapes that fill no block, are no trouble."""
    for name, recipe in recipes.RECIPES.items():
        once = recipe(W)
        assert once.shape == W.shape and once.dtype == np.float32
        assert not np.array_equal(once, W), name
        again = once if name == "pruned" else recipe(once)
        np.testing.assert_allclose(again, once, atol=1e-5, err_msg=name)
        for shape in ((1, 1), (3, 2), (4, 1), (1, 7)):
            assert not recipe(np.zeros(shape, np.float32)).any()
            assert np.isfinite(recipe(np.ones(shape, np.float32))).all()


def test_pruning_keeps_the_largest_quarter() -> None:
    kept = recipes.pruned(W) != 0
    assert kept.sum() == W.size // 4
    assert np.abs(W[kept]).min() > np.abs(W[~kept]).max()
    norms = (recipes.pruned_blocks(W)[:16].reshape(4, 4, 12) ** 2).sum(axis=1)
    wanted = np.sort((W[:16].reshape(4, 4, 12) ** 2).sum(axis=1), axis=None)[-12:]
    np.testing.assert_allclose(np.sort(norms[norms > 0]), wanted, rtol=1e-6)


def test_circulant_blocks_are_one_row_turned() -> None:
    block = recipes.circulant(W)[4:8, 8:12]
    for row in range(4):
        np.testing.assert_array_equal(block[row], np.roll(block[0], row))
    np.testing.assert_allclose(block[0, 1], np.mean([W[4 + i, 8 + (i + 1) % 4] for i in range(4)]))


def test_values_of_shifts_clusters_and_ranks() -> None:
    given = np.array([[0.1, 0.17, 0.18, 0.3, 0.36, 0.7, -0.8, 1.0, 1.3]], np.float32)
    wanted = [0, 0, 0.25, 0.25, 0.5, 0.5, -1, 1, 1]
    np.testing.assert_array_equal(recipes.shifts(given)[0], wanted)
    assert len(np.unique(recipes.clustered(W))) <= 16
    assert np.linalg.matrix_rank(recipes.low_rank(W), tol=1e-4) == 6
    both = recipes.mapped(["pruned", "clustered"], W)
    assert np.count_nonzero(both) == W.size // 4 and len(np.unique(both)) <= 17


def test_packed_bytes_count_indices() -> None:
    """216 weights, of 18 inputs and 12 outputs; where a form saves nothing dense is the size."""
    taken = {name: recipes.packed_bytes(recipe(W)) for name, recipe in recipes.RECIPES.items()}
    assert recipes.packed_bytes(W) == 216
    assert taken["pruned"] == 54 * 2 + 26
    assert taken["pruned_blocks"] == 12 * 5 + 2 * 12 + 26
    assert taken["clustered"] == 216 // 2 + 16
    assert taken["circulant"] == 16 * 12 // 4 + 2 * 12
    assert taken["low_rank"] == 6 * (18 + 12)
    assert taken["shifts"] == 216 * 3 // 8 + 7
    assert taken["int8_weights"] == 216


@pytest.mark.keras
def test_a_network_learns_with_a_recipe_and_is_exported_by_it() -> None:
    """Which of two features is larger: with three of four weights gone, and 3-bit ones."""
    spec = options.applied(
        catalogue.find("cell_fastgrnn"), {"units": 4, "steps": 2, "features": 2, "classes": 2}, "t"
    )
    x = np.random.default_rng(0).normal(size=(256, 2, 2)).astype(np.float32)
    y = (x[:, 1, 0] > x[:, 1, 1]).astype(np.float32)
    training = Training(epochs=24, batch_size=32, learning_rate=0.03, recipes=("pruned", "shifts"))
    model = training_worker.train(extras.keras(), spec, training, x, y)
    for variable in recipes.kernels(model):
        value = variable.numpy()
        assert np.count_nonzero(value) <= max(1, round(value.size / 4))
        np.testing.assert_array_equal(recipes.shifts(value), value)
    found = np.concatenate([model(each[None]).numpy() for each in x[:40]]).argmax(axis=1)
    assert (found == y[:40]).mean() > 0.9
    left = recipes.left(model, training.recipes)
    assert left.packed_bytes < sum(v.numpy().size for v in recipes.kernels(model))
    assert recipes.note(left) == "trained with pruned + shifts"


@pytest.mark.keras
def test_recipes_leave_biases_and_embeddings_as_they_are() -> None:
    """A GRU of Keras has a bias of two rows."""
    keras = extras.keras()
    layers = [keras.layers.Embedding(5, 4), keras.layers.GRU(3), keras.layers.Dense(2)]
    model = keras.Sequential([keras.layers.Input((2,), batch_size=1), *layers])
    arrays = [np.random.default_rng(0).normal(size=w.shape) for w in model.get_weights()]
    model.set_weights(arrays)
    recipes.apply(model, ["pruned", "shifts"])
    unchanged = [np.allclose(w, a) for w, a in zip(model.get_weights(), arrays, strict=True)]
    assert unchanged == [True, False, False, True, False, True]


def has_few_blocks(w: np.ndarray) -> bool:
    used = (w.reshape(-1, recipes.BLOCK, w.shape[1]) != 0).any(axis=1)
    return bool(used.sum() <= used.size / 4)


IS = {
    "pruned": lambda w: np.count_nonzero(w) <= w.size / 4,
    "pruned_blocks": has_few_blocks,
    "clustered": lambda w: len(np.unique(w[w != 0])) <= recipes.CLUSTERS,
    "low_rank": lambda w: np.linalg.matrix_rank(w, tol=1e-4 * np.linalg.norm(w)) <= 8,
    **{
        name: lambda w, again=recipes.RECIPES[name]: np.allclose(again(w), w, atol=1e-6)
        for name in ("circulant", "shifts", "int8_weights")
    },
}
"""Whether a matrix is as a recipe leaves it."""


def test_two_recipes_are_refused_where_the_second_undoes_the_first() -> None:
    w = np.random.default_rng(0).normal(size=(24, 16)).astype(np.float32)
    for first, second in permutations(RECIPES, 2):
        both = recipes.mapped([first, second], w)
        assert IS[second](both)
        reason = undone([first, second])
        if reason is None:
            assert IS[first](both), (first, second)
        elif (first, second) != ("shifts", "int8_weights"):  # a half is 64 / 127, which is near
            assert not IS[first](both), (first, second)
        both_ways = undone([second, first]) is None
        assert reason is None or (f"name {second} first" in reason) == both_ways
    assert undone(["pruned_blocks", "clustered"]) is undone(["pruned", "shifts"]) is None
    assert undone(["pruned", "pruned"]) == "pruned is named twice"
    with pytest.raises(ValueError, match="low_rank after pruned undoes it: take one of them"):
        Training(recipes=("pruned", "low_rank"))
