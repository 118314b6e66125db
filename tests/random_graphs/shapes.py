"""Operators that move values."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from random_graphs.maker import MOST_ELEMENTS, Maker
from random_graphs.registry import rule


@rule("RESHAPE", "TRANSPOSE", "EXPAND_DIMS", "SQUEEZE")
def _reshape(m: Maker, name: str) -> bool:
    source = m.pick()
    if source is None:
        return False
    shape = m.shape_of(source)
    if name == "TRANSPOSE":
        order = m.rng.sample(range(len(shape)), len(shape))
        out = m.like(source, [shape[axis] for axis in order])
        return m.value(name, [source, m.ints(*order)], out)
    if name == "EXPAND_DIMS":
        axis = m.rng.randint(0, len(shape))
        if len(shape) > 4:
            return False
        wider = (*shape[:axis], 1, *shape[axis:])
        return m.value(name, [source, m.ints(axis, shape=())], m.like(source, wider))
    if name == "SQUEEZE":
        axes = [axis for axis, n in enumerate(shape) if n == 1][: len(shape) - 1]
        if not axes:
            return False
        kept = [n for axis, n in enumerate(shape) if axis not in axes]
        return m.value(name, [source], m.like(source, kept))
    new = list(shape)
    m.rng.shuffle(new)
    if m.rng.random() < 0.5 and len(new) > 1:
        new = [new[0] * new[1], *new[2:]]
    elif len(new) < 4:
        new.insert(m.rng.randint(0, len(new)), 1)
    return m.value(name, [source, m.ints(*new)], m.like(source, new))


@rule("SLICE", "STRIDED_SLICE")
def _slice(m: Maker, name: str) -> bool:
    source = m.pick()
    if source is None:
        return False
    shape = m.shape_of(source)
    begin = [m.rng.randrange(n) for n in shape]
    ends = [m.rng.randint(first + 1, n) for first, n in zip(begin, shape, strict=True)]
    if name == "SLICE":
        sizes = [last - first for first, last in zip(begin, ends, strict=True)]
        given = [
            -1 if first + size == n and m.rng.random() < 0.5 else size
            for first, size, n in zip(begin, sizes, shape, strict=True)
        ]
        return m.value(name, [source, m.ints(*begin), m.ints(*given)], m.like(source, sizes))
    steps = [m.rng.choice((1, 1, 2)) for _ in shape]
    sizes = [len(range(a, b, s)) for a, b, s in zip(begin, ends, steps, strict=True)]
    shrink = 0
    if len(shape) > 1 and m.rng.random() < 0.4:
        axis = m.rng.randrange(len(shape))
        shrink, sizes[axis] = 1 << axis, 0
        ends[axis], steps[axis] = begin[axis] + 1, 1
    inputs = [source, m.ints(*begin), m.ints(*ends), m.ints(*steps)]
    out = m.like(source, [n for n in sizes if n])
    return m.value(name, inputs, out, shrink_axis_mask=shrink)


@rule("SPLIT", "SPLIT_V", "UNPACK")
def _split(m: Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) > 1 and max(shape) > 1)
    if source is None:
        return False
    shape = m.shape_of(source)
    axis = m.rng.choice([axis for axis, n in enumerate(shape) if n > 1])
    n = shape[axis]

    def part(length: int) -> int:
        return m.like(source, (*shape[:axis], length, *shape[axis + 1 :]))

    if name == "UNPACK":
        if n > 5:
            return False
        parts = [m.like(source, shape[:axis] + shape[axis + 1 :]) for _ in range(n)]
        m.op(name, [source], *parts, num=n, axis=axis)
    elif name == "SPLIT":
        count = m.rng.choice([c for c in range(2, n + 1) if n % c == 0])
        parts = [part(n // count) for _ in range(count)]
        m.op(name, [m.ints(axis, shape=()), source], *parts, num_splits=count)
    else:
        first = m.rng.randint(1, n - 1)
        parts = [part(first), part(n - first)]
        sizes = m.ints(first, n - first if m.rng.random() < 0.7 else -1)
        m.op(name, [source, sizes, m.ints(axis, shape=())], *parts, num_splits=2)
    m.values += m.rng.sample(parts, m.rng.randint(1, len(parts)))
    return True


@rule("CONCATENATION", "PACK")
def _join(m: Maker, name: str) -> bool:
    source = m.pick(lambda shape: prod(shape) < MOST_ELEMENTS // 2)
    if source is None:
        return False
    first, shape = m.specs[source], m.shape_of(source)
    axis = m.rng.randrange(len(shape))

    def fits(index: int) -> bool:
        spec = m.specs[index]
        others = [n for k, n in enumerate(spec.shape) if k != axis]
        same = len(spec.shape) == len(shape) and (spec.shape == shape or name != "PACK")
        return (
            same
            and others == [n for k, n in enumerate(shape) if k != axis]
            and (spec.scale, spec.zero_point) == (first.scale, first.zero_point)
            and prod(spec.shape) < MOST_ELEMENTS // 2
        )

    others = [index for index in m.values if fits(index)]
    parts = [source, *m.rng.choices(others, k=m.rng.randint(0, 2))]
    m.rng.shuffle(parts)
    if name == "PACK":
        if len(shape) > 3:
            return False
        out = m.like(source, (*shape[:axis], len(parts), *shape[axis:]))
        return m.value(name, parts, out, values_count=len(parts), axis=axis)
    length = sum(m.shape_of(index)[axis] for index in parts)
    out = m.like(source, (*shape[:axis], length, *shape[axis + 1 :]))
    return m.value(name, parts, out, axis=axis)


@rule("PAD", "PADV2", "MIRROR_PAD", "SPACE_TO_BATCH_ND", "SPACE_TO_DEPTH", "DEPTH_TO_SPACE")
def _spread(m: Maker, name: str) -> bool:
    source = m.pick(lambda shape: 2 <= len(shape) <= 4 and prod(shape) < MOST_ELEMENTS // 3)
    if source is None:
        return False
    shape = m.shape_of(source)
    if name in ("SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "SPACE_TO_BATCH_ND"):
        return _blocks(m, name, source)
    edge = [min(2, n - 1) if name == "MIRROR_PAD" else 2 for n in shape]
    widths = [m.rng.randint(0, e) for e in edge for _ in range(2)]
    out = [
        n + before + after
        for n, before, after in zip(shape, widths[::2], widths[1::2], strict=True)
    ]
    inputs = [source, m.ints(*widths, shape=(len(shape), 2))]
    if name == "PADV2":
        value = m.constant(())
        if m.is_int8:
            spec = m.specs[source]
            m.specs[value] = replace(m.specs[value], scale=spec.scale, zero_point=spec.zero_point)
        inputs.append(value)
    options = {"mode": m.rng.choice(("REFLECT", "SYMMETRIC"))} if name == "MIRROR_PAD" else {}
    return m.value(name, inputs, m.like(source, out), **options)


def _blocks(m: Maker, name: str, source: int) -> bool:
    shape = m.shape_of(source)
    if len(shape) != 4:
        return False
    n, h, w, c = shape
    if name == "SPACE_TO_BATCH_ND":
        block = [2, m.rng.choice((1, 2, 3))]
        # Without a border, which TFLM fills from memory that nobody wrote.
        block = [1 if n % length else length for n, length in zip((h, w), block, strict=True)]
        out = (n * prod(block), h // block[0], w // block[1], c)
        inputs = [source, m.ints(*block), m.ints(0, 0, 0, 0, shape=(2, 2))]
        return m.value(name, inputs, m.like(source, out))
    if name == "SPACE_TO_DEPTH" and h % 2 == w % 2 == 0:
        return m.value(name, [source], m.like(source, (n, h // 2, w // 2, 4 * c)), block_size=2)
    if name == "DEPTH_TO_SPACE" and c % 4 == 0:
        return m.value(name, [source], m.like(source, (n, 2 * h, 2 * w, c // 4)), block_size=2)
    return False


@rule("GATHER", "GATHER_ND")
def _gather(m: Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) <= 4)
    if source is None:
        return False
    shape = m.shape_of(source)
    count = m.rng.randint(1, 4)
    if name == "GATHER":
        axis = m.rng.randrange(len(shape))
        ids = m.ints(*(m.rng.randrange(shape[axis]) for _ in range(count)))
        out = m.like(source, (*shape[:axis], count, *shape[axis + 1 :]))
        return m.value(name, [source, ids], out, axis=axis)
    depth = m.rng.randint(1, len(shape))
    rows = [m.rng.randrange(n) for _ in range(count) for n in shape[:depth]]
    out = m.like(source, (count, *shape[depth:]))
    return m.value(name, [source, m.ints(*rows, shape=(count, depth))], out)


@rule("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")
def _resize(m: Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) == 4 and prod(shape) < MOST_ELEMENTS // 4)
    if source is None:
        return False
    n, _, _, c = m.shape_of(source)
    size = m.rng.randint(1, 7), m.rng.randint(1, 7)
    option = m.rng.choice(({}, {"align_corners": True}, {"half_pixel_centers": True}))
    return m.value(name, [source, m.ints(*size)], m.like(source, (n, *size, c)), **option)
