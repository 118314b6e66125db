"""Dense layers with the same weights are multiplied by two inputs at a time.

An unrolled RNN multiplies the inputs of all its steps with the same weights. None of them waits for
a result of the step before, so that weights can be loaded and unpacked once for two steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hilbench.engines.aot.headers import checked
from hilbench.engines.aot.ops.fully_connected import fits_two_vectors, two_vectors
from hilbench.engines.aot.placement import key_of
from hilbench.engines.aot.program import Call, Constant, Move, Step
from hilbench.tflite.graph import Graph, Operator

_BEFORE_ALL = -1


def pair_products(graph: Graph, steps: Mapping[int, Step]) -> tuple[Graph, tuple[Step, ...]]:
    """The same network with one operator for two products, and its steps in order.

    It stands where the first of the two stood, if the second's input is there already, or may
    be by moves alone: so every operator still comes behind those whose results it reads.
    Which two are next to each other is a matter of the order, and so how long results wait.
    """
    joined, kept = _joined(graph, steps, _seconds(graph, steps))
    return joined, tuple(kept[operator.index] for operator in joined.operators)


def _seconds(graph: Graph, steps: Mapping[int, Step]) -> dict[int, Operator]:
    """The second operator of each pair, by the number of the first."""
    # Behind which operator a tensor can be there; one that may change later is never taken before.
    there = {t.index: len(graph.operators) for t in graph.tensors if t.is_variable}
    waiting: dict[object, tuple[int, Operator]] = {}
    found: dict[int, Operator] = {}
    for place, operator in enumerate(graph.operators):
        step = steps[operator.index]
        needed = max((there.get(index, _BEFORE_ALL) for index in operator.inputs), default=-1)
        at = needed if isinstance(step, Move) else place
        there.update((index, max(at, there.get(index, at))) for index in operator.outputs)
        if isinstance(step, Move) or not fits_two_vectors(step):
            continue
        key = _kind(step)
        before = waiting.pop(key, None)
        if before is not None and needed < before[0]:
            found[before[1].index] = operator
        else:
            waiting[key] = place, operator
    return found


def _kind(call: Call) -> object:
    """Equal for two products of the same weights by inputs of the same scale."""
    fields = call.params.fields
    arrays = (fields["weights"], fields["bias"])
    return (
        fields["columns"],
        fields["input_zero_point"],
        *(key_of(array) if isinstance(array, Constant) else None for array in arrays),
    )


def _joined(
    graph: Graph, steps: Mapping[int, Step], seconds: Mapping[int, Operator]
) -> tuple[Graph, dict[int, Step]]:
    writers = {index: operator for operator in graph.operators for index in operator.outputs}
    calls = {index: step for index, step in steps.items() if isinstance(step, Call)}
    kept, order = dict(steps), list[Operator]()
    done = {second.index for second in seconds.values()}

    def moves_to(tensor: int) -> Iterator[Operator]:
        """What is still to be moved for this tensor."""
        writer = writers.get(tensor)
        if writer is None or writer.index in done:
            return
        done.add(writer.index)
        for index in writer.inputs:
            yield from moves_to(index)
        yield writer

    for operator in graph.operators:
        if operator.index in done:
            continue
        second = seconds.get(operator.index)
        if second is not None:
            order.extend(moves_to(second.inputs[0]))
            both = two_vectors(calls[operator.index], calls[second.index])
            kept[operator.index] = checked(both)
            del kept[second.index]
        done.add(operator.index)
        order.append(operator if second is None else _both(operator, second))
    return replace(graph, operators=tuple(order)), kept


def _both(first: Operator, second: Operator) -> Operator:
    """The operator of two products: the second's weights and bias are the first's."""
    inputs, outputs = first.inputs + second.inputs[:1], first.outputs + second.outputs
    return replace(first, inputs=inputs, outputs=outputs)
