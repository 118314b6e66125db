"""Shared memory, memory used again, another order: the values must stay what they are.

Random graphs are laid out and executed on a numpy arena, call by call at the
planned addresses, and compared with the same graph evaluated without any sharing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import small_graphs
from hypothesis import given, settings
from hypothesis import strategies as st

from hilbench.engines.aot.layout import Layout, lay_out, smallest_layout
from hilbench.engines.aot.lower import lower
from hilbench.engines.aot.passes.prune import drop_dead_operators, drop_shape_operands
from hilbench.engines.aot.passes.schedule import deepest_first
from hilbench.engines.aot.program import Call, Operand
from hilbench.tflite.graph import Graph, Operator, Tensor
from hilbench.tflite.reader import parse

Shape = tuple[int, int]


class RandomGraph:
    """Grows a graph of two-dimensional float tensors, by choices of hypothesis."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.tensors: list[Tensor] = []
        self.operators: list[Operator] = []
        self.values: list[int] = []  # tensors that operators may read

    def tensor(self, shape: tuple[int, ...], data: np.ndarray | None = None) -> int:
        index = len(self.tensors)
        dtype = "float32" if data is None else data.dtype.name
        self.tensors.append(Tensor(index, f"t{index}", shape, dtype, data=data))
        return index

    def value(self, shape: Shape) -> int:
        self.values.append(self.tensor(shape))
        return self.values[-1]

    def constant(self, values: list[int]) -> int:
        data = np.array(values, np.int32)
        return self.tensor(data.shape, data)

    def op(self, name: str, inputs: list[int], outputs: list[int], **options: int | str) -> None:
        index = len(self.operators)
        self.operators.append(Operator(index, name, tuple(inputs), tuple(outputs), options))

    def pick(self, shape: Shape | None = None, axis: int | None = None) -> int:
        """A tensor of this shape, or of this shape but for one axis."""

        def fits(index: int) -> bool:
            other = self.tensors[index].shape
            return shape is None or all(
                i == axis or a == b for i, (a, b) in enumerate(zip(shape, other, strict=True))
            )

        return self.draw(st.sampled_from([v for v in self.values if fits(v)]))

    def grow(self) -> None:
        steps = [self.relu, self.add, self.reshape, self.split, self.join, self.turn, self.cut_out]
        step: Callable[[], None] = self.draw(st.sampled_from(steps))
        step()

    def relu(self) -> None:
        source = self.pick()
        self.op("RELU", [source], [self.value(self.tensors[source].shape)])

    def add(self) -> None:
        a = self.pick()
        b = self.pick(self.tensors[a].shape)
        target = self.value(self.tensors[a].shape)
        self.op("ADD", [a, b], [target], fused_activation_function="NONE")

    def reshape(self) -> None:
        source = self.pick()
        rows, columns = self.tensors[source].shape
        self.op("RESHAPE", [source], [self.value((columns, rows))])

    def split(self) -> None:
        source = self.pick()
        axis = self.draw(st.sampled_from([0, 1]))
        shape = list(self.tensors[source].shape)
        if shape[axis] < 2:
            return
        cut = self.draw(st.integers(1, shape[axis] - 1))
        extents = [cut, shape[axis] - cut]
        parts = [self.value((e, shape[1]) if axis == 0 else (shape[0], e)) for e in extents]
        axis_id = self.constant([axis])
        self.op("SPLIT_V", [source, self.constant(extents), axis_id], parts, num_splits=2)

    def join(self) -> None:
        axis = self.draw(st.sampled_from([0, 1]))
        a = self.pick()
        b = self.pick(self.tensors[a].shape, axis)
        shape = list(self.tensors[a].shape)
        shape[axis] += self.tensors[b].shape[axis]
        if shape[axis] > 16:
            return
        target = self.value((shape[0], shape[1]))
        self.op("CONCATENATION", [a, b], [target], axis=axis, fused_activation_function="NONE")

    def turn(self) -> None:
        source = self.pick()
        rows, columns = self.tensors[source].shape
        self.op("TRANSPOSE", [source, self.constant([1, 0])], [self.value((columns, rows))])

    def cut_out(self) -> None:
        """A range along each axis, forwards or backwards."""
        source = self.pick()
        begin, end, strides, shape = [], [], [], []
        for extent in self.tensors[source].shape:
            first, last = sorted(self.draw(st.integers(0, extent - 1)) for _ in range(2))
            forwards = self.draw(st.booleans())
            begin.append(first if forwards else last)
            end.append(last + 1 if forwards else first - 1 - extent)
            strides.append(1 if forwards else -1)
            shape.append(last - first + 1)
        target = self.value((shape[0], shape[1]))
        operands = [self.constant(values) for values in (begin, end, strides)]
        masks = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
        self.op("STRIDED_SLICE", [source, *operands], [target], **dict.fromkeys(masks, 0), offset=0)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    random = RandomGraph(draw)
    inputs = [random.value((draw(st.integers(1, 4)), draw(st.integers(1, 4)))) for _ in range(2)]
    for _ in range(draw(st.integers(1, 12))):
        random.grow()
    outputs = draw(st.lists(st.sampled_from(random.values), min_size=1, max_size=3, unique=True))
    return Graph(tuple(random.tensors), tuple(random.operators), tuple(inputs), tuple(outputs))


def evaluate(graph: Graph, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """The outputs, each operator with arrays of its own."""
    values = {t.index: t.data for t in graph.tensors if t.data is not None}
    values |= dict(zip(graph.inputs, inputs, strict=True))
    for operator in graph.operators:
        operands = [values[index] for index in operator.inputs]
        results = reference(operator, operands, graph.tensors[operator.outputs[0]].shape)
        values |= dict(zip(operator.outputs, results, strict=True))
    return [values[index] for index in graph.outputs]


def reference(operator: Operator, x: list[np.ndarray], shape: tuple[int, ...]) -> list[np.ndarray]:
    match operator.name:
        case "RELU":
            return [np.maximum(x[0], 0)]
        case "ADD":
            return [x[0] + x[1]]
        case "RESHAPE":
            return [x[0].reshape(shape)]
        case "SPLIT_V":
            return np.split(x[0], [x[1][0]], axis=x[2][0])
        case "CONCATENATION":
            return [np.concatenate(x, axis=operator.options["axis"])]
        case "TRANSPOSE":
            return [x[0].T]
        case "SLICE":
            return [x[0][x[1][0] : x[1][0] + x[2][0]]]
        case "STRIDED_SLICE":
            return [x[0][tuple(slice(*range_) for range_ in zip(*x[1:], strict=True))]]
    raise NotImplementedError(operator.name)


class Arena:
    """Executes the calls of a layout on one block of memory."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.memory = np.full(layout.plan.size // 4, np.nan, np.float32)

    def start(self, operand: Operand) -> int:
        return (self.layout.arena_offset(operand.tensor) + operand.offset) // 4

    def tensor(self, index: int) -> np.ndarray:
        found, start = self.layout.graph.tensors[index], self.start(Operand(index))
        return self.memory[start : start + found.elements].reshape(found.shape)

    def run(self) -> None:
        for number, call in enumerate(self.layout.calls):
            if call.scratch:  # a kernel may write all of it, before and after anything else
                start = self.layout.scratch_offset(number) // 4
                self.memory[start : start + call.scratch // 4] = np.nan
            if call.kernel == "hb_copy":
                self.copy(call)
            else:
                self.elementwise(call)

    def elementwise(self, call: Call) -> None:
        """Element by element, as the kernels do."""
        inputs, output = [self.start(operand) for operand in call.inputs], self.start(call.output)
        for i in range(call.params.fields["count"]):
            x = [self.memory[start + i] for start in inputs]
            assert call.kernel in ("add_f32", "clamp_f32")
            self.memory[output + i] = sum(x) if call.kernel == "add_f32" else max(x[0], 0)

    def copy(self, call: Call) -> None:
        fields = call.params.fields
        run = fields["run_bytes"] // 4
        for index in np.ndindex(fields["shape"]):
            a, b = (
                start + sum(i * n for i, n in zip(index, fields[strides], strict=True)) // 4
                for start, strides in (
                    (self.start(call.inputs[0]), "in_stride"),
                    (self.start(call.output), "out_stride"),
                )
            )
            self.memory[b : b + run] = self.memory[a : a + run].copy()


def smallest(graph: Graph) -> Layout:
    return smallest_layout(graph, (graph.inputs, ()), outside=False)


def check(graph: Graph) -> None:
    steps = [
        replace(step, scratch=20 * (number % 3)) if isinstance(step, Call) else step
        for number, step in enumerate(lower(graph))
    ]
    for keep_inputs in (True, False):
        check_layout(lay_out(graph, steps, graph.inputs if keep_inputs else ()))


def check_layout(layout: Layout) -> None:
    graph = layout.graph
    arena = Arena(layout)
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=graph.tensors[i].shape).astype(np.float32) for i in graph.inputs]
    for invocation in range(2):
        if invocation == 0 or not layout.keeps_inputs:
            for index, array in zip(graph.inputs, inputs, strict=True):
                arena.tensor(index)[...] = array
        arena.run()
        for index, expected in zip(graph.outputs, evaluate(graph, inputs), strict=True):
            np.testing.assert_array_equal(arena.tensor(index), expected)


@settings(max_examples=300)
@given(graphs())
def test_layouts_compute_the_same_values(graph: Graph) -> None:
    check(drop_dead_operators(graph))


@settings(max_examples=100)
@given(graphs())
def test_deepest_first_computes_the_same_values(graph: Graph) -> None:
    pruned = drop_dead_operators(graph)
    ordered = deepest_first(pruned)
    assert sorted(op.index for op in ordered.operators) == [op.index for op in pruned.operators]
    check(ordered)


def test_an_operand_that_overlaps_in_part_is_not_written_over() -> None:
    """y = x[1:3] + x[0:2]: writing y over x[1:3] would change x[0:2] before it is read."""
    shapes = ((3,), (3,), (2,), (2,), (2,))
    floats = [Tensor(index, f"t{index}", shape, "float32") for index, shape in enumerate(shapes)]
    begins = [(5, [1]), (6, [0]), (7, [2])]
    constants = [
        Tensor(index, "c", (1,), "int32", data=np.array(data, np.int32)) for index, data in begins
    ]
    operators = (
        Operator(0, "RELU", (0,), (1,)),
        Operator(1, "SLICE", (1, 5, 7), (2,)),
        Operator(2, "SLICE", (1, 6, 7), (3,)),
        Operator(3, "ADD", (2, 3), (4,), {"fused_activation_function": "NONE"}),
    )
    check(Graph((*floats, *constants), operators, (0,), (4,)))


def test_thousands_that_write_over_one_another_take_no_time() -> None:
    """Quadratic it was 18 s."""
    b = small_graphs.GraphBuilder("float32")
    first = last = b.tensor((8,))
    for number in range(4000):
        last = b.op("NEG" if number % 2 else "TANH", [last], b.tensor((8,)))
    graph = parse(b.build([first], [last]))
    started = time.process_time()
    assert smallest(graph).plan.size == 32
    assert time.process_time() - started < 4


def test_an_unrolled_rnn_copies_nothing_and_keeps_only_its_states() -> None:
    steps, features, units = 20, 16, 32
    graph = parse(small_graphs.simple_rnn("float32", steps, features, units))
    layout = smallest(drop_shape_operands(graph))
    assert "hb_copy" not in {call.kernel for call in layout.calls}
    tensors = 4 * steps * (units + features)  # the states, and input or output
    assert not layout.keeps_inputs
    assert tensors <= layout.plan.lower_bound == layout.plan.size < 1.1 * tensors


def test_the_order_of_the_file_stays_where_another_does_not_save_memory() -> None:
    graph = parse(small_graphs.residual_cnn("int8"))
    layout = smallest(drop_shape_operands(graph))
    order = [call.operator.index for call in layout.calls]
    assert order == sorted(order)


def test_inputs_are_kept_where_that_costs_nothing() -> None:
    kept, written_over = (
        smallest(drop_shape_operands(parse(model)))
        for model in (small_graphs.simple_rnn("int8"), small_graphs.residual_cnn("int8"))
    )
    assert kept.keeps_inputs
    assert not written_over.keeps_inputs
