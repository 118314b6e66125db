"""A job's results as the values of its row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median

from hilbench.config.board import Board
from hilbench.config.experiment import ModelEntry
from hilbench.core.artifacts import BenchUse, Compression, EngineSources, Measurement, Sizes
from hilbench.pipeline import accuracy, modelled, skipping, survey
from hilbench.pipeline.measuring import Measured
from hilbench.pipeline.stages import Prepared
from hilbench.record.metrics import Value
from hilbench.tflite import opinfo, state


def row_values(prepared: Prepared, measured: Measured) -> dict[str, Value]:
    """Every column that is known; what was not measured is left out."""
    board = prepared.job.board
    predicted = accuracy.predictions(prepared, measured.measurement)
    compared = prepared.samples.expected, prepared.oracle.outputs
    accuracy.require_numbers(*compared, predicted)
    optional = {
        **_model(prepared),
        **accuracy.values(prepared, predicted),
        **_execution(measured.measurement, measured.counter_unit, board),
        **_stream(prepared, predicted),
        **_counted(measured, board),
        **_bounds(measured),
        "exe_window": prepared.job.measure.window,
        **_memory(prepared.firmware.sizes, prepared.base.sizes),
        **_arena(prepared.sources),
        **_provenance(prepared, measured),
        "notes": "; ".join(_all_notes(prepared, measured, predicted)) or None,
        **_bench(measured.facts.use),
    }
    known = {name: value for name, value in optional.items() if value is not None}
    return {**known, **survey.values(known)}


def _stream(prepared: Prepared, predicted: Sequence[accuracy.Array]) -> dict[str, Value | None]:
    if not prepared.job.measure.stream:
        return {}
    steps, at_once = prepared.samples.steps, prepared.whole
    equals = None if at_once is None else accuracy.against_whole(at_once, predicted, steps)
    return {"stream_steps": steps, "stream_whole": equals}


def _model(prepared: Prepared) -> dict[str, Value | None]:
    entry = prepared.job.entry
    return {
        "base_model": Path(entry.model).name if entry else None,
        "options": _options(entry) if entry else None,
        "parameters": prepared.network.parameters or opinfo.parameters(prepared.graph),
        "macs": opinfo.matrix_macs(prepared.graph),
        "nonzero_share": opinfo.nonzero_share(prepared.graph),
        **_compression(prepared.network.compression),
        "skipped_share": skipping.share(prepared),
        "profiler_macs": prepared.network.profiler_macs,
        "profiler_macs_ratio": _profiler_ratio(prepared),
        "tflite_bytes": prepared.converted.tflite.stat().st_size,
        "tflm_arena_x86_bytes": prepared.oracle.arena_bytes,
    }


def _compression(left: Compression | None) -> dict[str, Value | None]:
    if left is None:
        return {}
    return {
        "recipes": " + ".join(left.recipes),
        "packed_weights_bytes": left.packed_bytes,
    }


def _options(entry: ModelEntry) -> str | None:
    return ", ".join(f"{name} {value}" for name, value in sorted(entry.options.items())) or None


def _profiler_ratio(prepared: Prepared) -> float | None:
    """TensorFlow's count over that of the graph which runs."""
    macs, profiled = opinfo.matrix_macs(prepared.graph), prepared.network.profiler_macs
    return profiled / macs if macs and profiled is not None else None


def _execution(measurement: Measurement, unit: str, board: Board) -> dict[str, Value | None]:
    counts = [_per_inference(ticks, measurement, board) for ticks in measurement.ticks]
    values: dict[str, Value | None] = {
        f"exe_{unit}": round(median(counts)),
        f"exe_{unit}_min": min(counts),
        f"exe_{unit}_max": max(counts),
        f"exe_{unit}_mean": fmean(counts),
        f"cold_{unit}": measurement.cold_ticks * board.counter.per_tick,
        "repetitions": len(counts),
        "iterations": measurement.iterations,
        "stack_used_bytes": measurement.stack_used_bytes,
        "link_retransmissions": measurement.retransmissions,
        "self_test": measurement.self_test,
        "counter": measurement.device.counter,
        "counter_hz": measurement.device.counter_hz,
        "clock_hz": board.clock_hz,
    }
    if unit == "instructions":
        return {**values, "exe_kind": "instructions"}
    return {
        **values,
        "exe_kind": "measured",
        "exe_ms": median(counts) / board.clock_hz * 1e3,
    }


def _counted(measured: Measured, board: Board) -> dict[str, Value | None]:
    """What the plugin saw on an emulated board."""
    if measured.counts is None:
        return {}
    if not measured.watch.model:
        return dict(modelled.counted(measured.counts, measured.measurement, board))
    return {
        **modelled.values(measured.counts, measured.measurement, board, measured.watch.functions),
        "exe_kind": "modelled",
    }


def _bounds(measured: Measured) -> dict[str, Value | None]:
    """Of the modelled cycles, in the ratio of the first invocation."""
    if measured.counts is None or measured.bounds is None:
        return {}
    bounds, cycles = measured.bounds, modelled.cycles(measured.counts, measured.measurement)
    return {
        "exe_cycles_lower": math.floor(cycles * bounds.lower),
        "exe_cycles_upper": math.ceil(cycles * bounds.upper),
        "uncertainty": bounds.describe() or None,
    }


def _per_inference(ticks: int, measurement: Measurement, board: Board) -> int:
    return round(ticks * board.counter.per_tick / measurement.iterations)


def _memory(sizes: Sizes, base: Sizes) -> dict[str, Value | None]:
    return {
        "flash_bytes": sizes.flash_bytes,
        "ram_bytes": sizes.ram_bytes,
        "model_flash_bytes": sizes.flash_bytes - base.flash_bytes,
        "model_ram_bytes": sizes.ram_bytes - base.ram_bytes,
        "weights_bytes": sizes.weights_bytes,
        "code_bytes": sizes.code_bytes,
        "arena_bytes": sizes.arena_bytes,
        "stack_bytes": sizes.stack_bytes,
    }


def _arena(sources: EngineSources) -> dict[str, Value | None]:
    parts = dict(sources.arena_parts)
    return {
        "arena_nonpersistent_bytes": parts.pop("non_persistent", None),
        "arena_persistent_bytes": parts.pop("persistent", None),
        "arena_purposes": ", ".join(f"{name} {size}" for name, size in parts.items()) or None,
    }


def _bench(use: BenchUse | None) -> dict[str, Value | None]:
    if use is None:
        return {}
    return {
        "probe": use.probe,
        "chip": use.chip or None,
        "failed_attempts": use.attempts,
        "retries": use.retries or None,
    }


def _provenance(prepared: Prepared, measured: Measured) -> dict[str, Value | None]:
    training = prepared.job.training if prepared.job.model.stage == "train" else None
    return {
        "decided_by": prepared.decided_by,
        "data": prepared.data,
        "epochs": training.epochs if training else None,
        "seed": training.seed if training else None,
        "model_sha256": prepared.network.sha256,
        "tflite_sha256": prepared.converted.sha256,
        "elf_sha256": prepared.firmware.sha256,
        "target": measured.target,
        "cycle_model": measured.watch.model or measured.watch.reason or None,
        "converter": prepared.converted.converter,
        "oracle": prepared.oracle.runtime,
        "library": prepared.sources.library or None,
        "library_build": prepared.sources.library_build or None,
        "c_library": prepared.firmware.c_library or None,
        "compiler": prepared.firmware.compiler,
        "flags": prepared.firmware.flags,
    }


CLIPPED = 0.05
"""Share of clipped values from which a row says so."""
WHOLE = {"int8_weights", "low_rank"}
"""Recipes that leave nothing out: one rounds, of the other the conversion says what it became."""
DENSE = "what could be left out is computed all the same: it runs dense"
REST = "of steps that rest and weights that are left out that is one: the other runs dense"

PROFILER_AGREES = (0.5, 1.5)
"""Ratios of the profiler's MACs to the graph's that activations alone can make."""


def _all_notes(
    prepared: Prepared, measured: Measured, predicted: Sequence[accuracy.Array]
) -> list[str]:
    return [*_notes(prepared, predicted), *_stream_notes(prepared, measured)]


def _notes(prepared: Prepared, predicted: Sequence[accuracy.Array]) -> list[str]:
    """What a reader of the row must know."""
    notes = [*prepared.converted.notes, *_spared(prepared)]
    notes += accuracy.without_range(prepared, predicted)
    found = prepared.samples
    for what, share in (("inputs", found.clipped_inputs), ("reference", found.clipped_expected)):
        if share is not None and share > CLIPPED:
            notes.append(f"{share:.0%} of the {what} are beyond the type's range and are clipped")
    if note := _profiler_note(prepared):
        notes.append(note)
    outputs = prepared.oracle.outputs
    if note := accuracy.wrong_oracle(found.expected, outputs, predicted):
        notes.append(note)
    rounded_off = accuracy.LIBRARY_LSB if prepared.sources.library else 0
    if note := accuracy.far_from_oracle(found.expected, outputs, predicted, rounded_off):
        notes.append(note)
    if not found.expected and not outputs:
        why = prepared.reference.why
        notes.append("the outputs are compared with nothing" + (f": {why}" if why else ""))
    return notes


def _spared(prepared: Prepared) -> Sequence[str]:
    """What the engine spares the device; of what a network leaves out, also that it does not."""
    network, spared = prepared.network, prepared.sources.notes
    recipes = network.compression.recipes if network.compression else ()
    steps, weights = bool(network.least_move), bool(set(recipes) - WHOLE)
    if steps and weights and len(spared) == 1:
        return (*spared, REST)
    return spared if spared or not (steps or weights) else (DENSE,)


def _stream_notes(prepared: Prepared, measured: Measured) -> list[str]:
    """What became of the network's state where that is not what one would think."""
    stream, kept = prepared.job.measure.stream, state.kept(prepared.graph)
    if not stream:
        lost = "state that is kept between invocations began anew with each sample; a stream keeps"
        return [f"{lost} it (measure.stream: true)"] if kept.meant else []
    if not kept.any:
        return ["a stream of a network that keeps no state: its steps are samples of their own"]
    if prepared.sources.engine != "tflm" or not kept.fused or not prepared.oracle.outputs:
        return []
    predicted = accuracy.predictions(prepared, measured.measurement)
    if not accuracy.oracle_difference(prepared.oracle.outputs, predicted).max_lsb:
        return []
    return [
        "the steps differ from those of TFLM's reference kernels on the host: builds with "
        "CMSIS-NN clear the state of UNIDIRECTIONAL_SEQUENCE_LSTM at each invocation"
    ]


def _profiler_note(prepared: Prepared) -> str:
    """That TensorFlow's profiler counts something else than what runs, "" where it does not."""
    ratio = _profiler_ratio(prepared)
    low, high = PROFILER_AGREES
    if ratio is None or low <= ratio <= high:
        return ""
    counted, macs = prepared.network.profiler_macs, opinfo.matrix_macs(prepared.graph)
    return f"TensorFlow's profiler counts {counted} MACs, the graph has {macs}"
