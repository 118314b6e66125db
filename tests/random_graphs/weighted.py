"""Operators with weights, and windows that slide."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from random_graphs.maker import ACTIVATIONS, Maker
from random_graphs.registry import rule


@rule("FULLY_CONNECTED")
def _dense(m: Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) >= 2)
    if source is None:
        return False
    *outer, columns = m.shape_of(source)
    rows = m.rng.randint(1, 12)
    weights, scales = m.weights((rows, columns), 0)
    bias = m.bias(rows, source, scales)
    scale = m.scale_of(source) * scales[0] * 60 * columns**0.5
    keep = len(outer) > 1
    out = m.activation((*outer, rows) if keep else (prod(outer), rows), scale)
    activation = m.rng.choice(ACTIVATIONS)
    return m.value(
        name, [source, weights, bias], out, fused_activation_function=activation, keep_num_dims=keep
    )


def _window(m: Maker, shape: Sequence[int], size: int) -> dict[str, object] | None:
    """Options of a window that fits, and the size of the output as `out`."""
    padding = m.rng.choice(("SAME", "VALID"))
    strides = m.rng.randint(1, 2), m.rng.randint(1, 2)
    out = [
        -(-n // s) if padding == "SAME" else (n - size) // s + 1
        for n, s in zip(shape[1:3], strides, strict=True)
    ]
    if min(out) < 1:
        return None
    return {"padding": padding, "stride_h": strides[0], "stride_w": strides[1], "out": out}


@rule("CONV_2D", "DEPTHWISE_CONV_2D")
def _convolution(m: Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) == 4)
    if source is None:
        return False
    n, _, _, channels = m.shape_of(source)
    size = m.rng.randint(1, 3)
    options = _window(m, m.shape_of(source), size)
    if options is None:
        return False
    height, width = options.pop("out")  # type: ignore[misc]
    if name == "CONV_2D":
        groups = m.rng.choice([g for g in (1, 1, 2, 3, channels) if channels % g == 0])
        outputs = groups * m.rng.randint(1, 5)
        weights, scales = m.weights((outputs, size, size, channels // groups), 0)
    else:
        multiplier = m.rng.choice((1, 1, 2))
        outputs = channels * multiplier
        options["depth_multiplier"] = multiplier
        weights, scales = m.weights((1, size, size, outputs), 3)
    bias = m.bias(outputs, source, scales)
    scale = m.scale_of(source) * scales[0] * 60 * size * channels**0.5
    out = m.activation((n, height, width, outputs), scale)
    options["fused_activation_function"] = m.rng.choice(ACTIVATIONS)
    return m.value(name, [source, weights, bias], out, **options)


@rule("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D")
def _pool(m: Maker, name: str) -> bool:
    if name == "L2_POOL_2D" and m.dtype != "float32":
        return False
    source = m.pick(lambda shape: len(shape) == 4)
    size = m.rng.randint(1, 3)
    options = None if source is None else _window(m, m.shape_of(source), size)
    if source is None or options is None:
        return False
    height, width = options.pop("out")  # type: ignore[misc]
    shape = m.shape_of(source)
    return m.value(
        name,
        [source],
        m.like(source, (shape[0], height, width, shape[3])),
        filter_width=size,
        filter_height=size,
        fused_activation_function=m.rng.choice(ACTIVATIONS),
        **options,
    )
