"""Channels that are the same for every input are not computed.

With the range of the input known, so is that of each sum; where least and greatest sum give
one output, the channel is constant. A convolution takes a constant input into its bias,
unless padding stands beside it (where it is not the zero point), and a depthwise convolution
or a pool hands it on. What no operator reads any more is cut out of weights and tensors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.node import Node
from hilbench.engines.aot.numerics.sums import Bounds, Integers
from hilbench.engines.aot.ops.conv_2d import Conv2D, DepthwiseConv2D
from hilbench.engines.aot.ops.fully_connected import FullyConnected
from hilbench.engines.aot.ops.pool_2d import Pool2D
from hilbench.engines.aot.ops.reshape import Reshape
from hilbench.engines.aot.weighted import Weighted
from hilbench.tflite.graph import Graph, Operator, Quantization, Tensor

Mask = npt.NDArray[np.bool_]

_WEIGHTED: dict[str, type[Weighted]] = {
    "CONV_2D": Conv2D,
    "DEPTHWISE_CONV_2D": DepthwiseConv2D,
    "FULLY_CONNECTED": FullyConnected,
}
_AT_ONCE = 4  # channels in the kernels of convolutions
_CHANNELWISE = {"MAX_POOL_2D": Pool2D, "AVERAGE_POOL_2D": Pool2D, "RESHAPE": Reshape}


@dataclass(frozen=True)
class Link:
    """An operator that is understood: `weighted`, or one that hands channels on as they are."""

    operator: Operator
    weighted: Weighted | None

    @property
    def source(self) -> int:
        return self.operator.inputs[0]

    @property
    def target(self) -> int:
        return self.operator.outputs[0]

    @property
    def mixes(self) -> bool:
        """Whether an output channel sees all input channels."""
        return self.weighted is not None and not isinstance(self.weighted, DepthwiseConv2D)


def drop_constant_channels(graph: Graph) -> Graph:
    """The same outputs, bit for bit, without the channels that are constant."""
    links = {op.index: link for op in graph.operators if (link := _link(graph, op)) is not None}
    bounds = _bounds(graph, links)
    dropped = _dropped(graph, links, bounds)
    return _Rewriting(graph, bounds, dropped).all(links)


def _link(graph: Graph, operator: Operator) -> Link | None:
    try:
        node = Node(graph, operator)
        if operator.name in _WEIGHTED:
            weighted = _WEIGHTED[operator.name](node)
            weighted.check_form()
            return Link(operator, weighted) if weighted.sees_channels() else None
        if operator.name in _CHANNELWISE:
            lowering = _CHANNELWISE[operator.name](node)
            lowering.check()
            return Link(operator, None) if _hands_on(node) else None
    except Unsupported:
        pass  # which `lower` reports
    return None


def _hands_on(node: Node) -> bool:
    """Whether each channel of an int8 tensor stays a channel, and within its values."""
    source, target = node.input(0), node.output()
    same = source.dtype == target.dtype == "int8" and source.shape[-1:] == target.shape[-1:]
    return same and node.operator.options.get("fused_activation_function", "NONE") == "NONE"


def _channels(tensor: Tensor) -> int:
    return tensor.shape[-1] if tensor.shape else 1


def _anything(tensor: Tensor) -> Bounds:
    channels = _channels(tensor)
    return Bounds(np.full(channels, -128, np.int64), np.full(channels, 127, np.int64))


def _bounds(graph: Graph, links: dict[int, Link]) -> dict[int, Bounds]:
    """Of each channel of the tensors before and behind operators with weights.

    No other has constant channels, and these have as many as the file has weights for: a shape
    alone is only a claim, and may be of any size.
    """
    bounds: dict[int, Bounds] = {}
    for operator in graph.operators:
        link = links.get(operator.index)
        if link is None:
            continue
        if link.weighted is not None:
            source = graph.tensors[link.source]
            found = bounds.setdefault(link.source, _anything(source))
            bounds[link.target] = link.weighted.rescaling_s8().output_bounds(
                link.weighted.sums(found)
            )
        elif link.source in bounds:
            bounds[link.target] = bounds[link.source]
    return bounds


def _dropped(graph: Graph, links: dict[int, Link], bounds: Mapping[int, Bounds]) -> dict[int, Mask]:
    """The channels of tensors that nothing needs: the largest set that all operators allow."""
    dropped = {index: found.low == found.high for index, found in bounds.items()}
    for index in (*graph.inputs, *graph.outputs):
        _keep(dropped, index)
    before = -1
    while before != (before := sum(int(mask.sum()) for mask in dropped.values())):
        for operator in graph.operators:
            _restrict(operator, links.get(operator.index), bounds, dropped)
        for mask in dropped.values():
            _round_up(mask)
    return dropped


def _round_up(dropped: Mask) -> None:
    """Whole fours stay, or none would be left: fewer cost as much, or, where windows are
    gathered, more."""
    stay = len(dropped) - int(dropped.sum())
    more = -stay % _AT_ONCE if stay else _AT_ONCE
    dropped[np.flatnonzero(dropped)[:more]] = False


def _keep(dropped: Mapping[int, Mask], tensor: int) -> None:
    if tensor in dropped:
        dropped[tensor][:] = False


def _restrict(
    operator: Operator, link: Link | None, bounds: Mapping[int, Bounds], dropped: dict[int, Mask]
) -> None:
    if link is None:
        for index in (*operator.inputs, *operator.outputs):
            _keep(dropped, index)
    elif link.source not in dropped or link.target not in dropped:
        _keep(dropped, link.source)
        _keep(dropped, link.target)
    elif link.weighted is not None and link.mixes:
        if link.weighted.is_padded():
            dropped[link.source] &= bounds[link.source].low == link.weighted.zero_point()
    elif len(dropped[link.source]) == len(dropped[link.target]):
        both = dropped[link.source] & dropped[link.target]
        dropped[link.source], dropped[link.target] = both, both.copy()
    else:
        _keep(dropped, link.source)
        _keep(dropped, link.target)


class _Rewriting:
    """New tensors in place of those that lose channels; constants may have other readers."""

    def __init__(
        self, graph: Graph, bounds: Mapping[int, Bounds], dropped: Mapping[int, Mask]
    ) -> None:
        self.graph, self.bounds, self.dropped = graph, bounds, dropped
        self.tensors = [
            replace(tensor, shape=(*tensor.shape[:-1], int((~dropped[tensor.index]).sum())))
            if tensor.index in dropped and dropped[tensor.index].any()
            else tensor
            for tensor in graph.tensors
        ]

    def all(self, links: dict[int, Link]) -> Graph:
        operators = tuple(
            self._operator(op, links[op.index].weighted) if op.index in links else op
            for op in self.graph.operators
        )
        return replace(self.graph, tensors=tuple(self.tensors), operators=operators)

    def _operator(self, operator: Operator, weighted: Weighted | None) -> Operator:
        if weighted is None:
            return operator
        source, target = operator.inputs[0], operator.outputs[0]
        settled = _settle(weighted, self.bounds[source])
        keep = ~self.dropped[target]
        if not settled.channels[keep].any() and keep.all() and not self.dropped[source].any():
            return operator
        constant = np.where(self.dropped[source], self.bounds[source].low, weighted.zero_point())
        seen = ((constant[weighted.taps()] - weighted.zero_point()) * settled.rows).sum(axis=1)
        weights = weighted.without(settled.rows, keep, ~self.dropped[source])
        inputs = (
            source,
            self._constant(weights, _kept(settled.quantization, keep)),
            self._constant(_narrowed((settled.bias + seen)[keep]), None),
        )
        return replace(operator, inputs=inputs)

    def _constant(self, data: np.ndarray, quantization: Quantization | None) -> int:
        index = len(self.tensors)
        self.tensors.append(
            Tensor(index, "", data.shape, data.dtype.name, quantization, np.ascontiguousarray(data))
        )
        return index


@dataclass(frozen=True)
class _Settled:
    """Weights (channels, taps) and bias; `channels` is true where a bias is all that is left."""

    rows: Integers
    bias: Integers
    quantization: Quantization
    channels: Mask


def _settle(weighted: Weighted, inputs: Bounds) -> _Settled:
    """Constant channels get a bias alone, so that no kernel meets their sums, which may be too
    large, or their scales, which may be tiny: with one per channel, they have an ordinary one."""
    quantization = weighted.node.quantization(weighted.weights)
    outputs = weighted.rescaling_s8().output_bounds(weighted.sums(inputs))
    constant = outputs.low == outputs.high
    if quantization.per_channel:
        scales = np.where(constant, _ordinary_scale(weighted), quantization.scales)
        quantization = replace(quantization, scales=tuple(scales.tolist()))
    rescaling = weighted.rescaling_s8(quantization.scales)
    bias = rescaling.least_sums(outputs.low)
    settled = constant & (rescaling.outputs(bias) == outputs.low)
    return _Settled(
        np.where(settled[:, None], 0, weighted.weight_rows()),
        np.where(settled, bias, weighted.biases()),
        quantization,
        settled,
    )


def _ordinary_scale(weighted: Weighted) -> float:
    """Of weights, so that sums are sixteen times their outputs: each of those has a sum."""
    source, target = weighted.node.affine(weighted.source), weighted.node.affine(weighted.target)
    return float(np.float32(target.scale / source.scale / 16))


def _narrowed(bias: Integers) -> npt.NDArray[np.int32]:
    """int32, limited to it: sums as large as that are refused afterwards."""
    return np.clip(bias, -(1 << 31), (1 << 31) - 1).astype(np.int32)


def _kept(quantization: Quantization | None, keep: Mask) -> Quantization | None:
    if quantization is None or not quantization.per_channel:
        return quantization
    scales = tuple(np.array(quantization.scales)[keep].tolist())
    return Quantization(scales, quantization.zero_points[: len(scales)], quantization.dimension)
