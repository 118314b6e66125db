"""The child that loads the user's network: python -m <this module> FOLDER/request.json"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import confinement, extras, usercode, workers
from hilbench.core.errors import UsageError
from hilbench.sources.keras import copies, export, loops, network, saved, streaming
from hilbench.sources.keras.network import LoadingRequest


def work(request: LoadingRequest, folder: Path) -> network.Result:
    """Load or build one network and export it into `folder`."""
    if request.function is None:
        confinement.change_nothing_but(folder)
    tf = extras.tensorflow()
    extras.keras().utils.set_random_seed(request.seed)
    whole = _model(tf, request)
    model, note = _streamed(tf, whole, request)
    exported = export.trace(tf, model, request.shapes)
    export.save(tf, exported, folder / network.SAVED_MODEL)
    notes = (*note, *exported.notes, *_save_unrolled(tf, exported, folder))
    return network.Result(
        request.name,
        export.digest(model),
        exported.inputs,
        exported.outputs,
        sum(int(np.prod(variable.shape)) for variable in whole.variables),
        notes=notes,
    )


def _model(tf: Any, request: LoadingRequest) -> Any:
    if request.function is None:
        return saved.load(tf, request.path, request.allow_lambda)
    named = usercode.Named(request.path, request.function)
    model = usercode.call(named, request.options)
    if not export.is_model(model):
        kind = type(model).__name__
        raise UsageError(f"{named}: returned a {kind}", remedy="it must return a Keras model")
    return model


def _streamed(tf: Any, whole: Any, request: LoadingRequest) -> tuple[Any, tuple[str, ...]]:
    """The network's streaming form where one is asked for and it keeps nothing yet, and a note."""
    if not request.stream or not streaming.needed(whole):
        return whole, ()
    found = streaming.of(tf, whole, request.stream, request.shapes)
    return found.model, (found.note,)


def _save_unrolled(tf: Any, exported: export.Exported, folder: Path) -> tuple[str, ...]:
    """Beside a model with loops, the same without: many converters and engines need it."""
    model = exported.model
    left, every = loops.found(model), loops.found(model, fused=True)
    never = [layer for layer in left if not loops.can_be_unrolled(layer)]
    if len(every) > len(left) and not never and exported.longest <= loops.LONGEST_UNROLLED:
        _save(tf, exported, folder / network.PLAIN, fused=True)
    if not left:
        return ()
    if exported.steps > loops.LONGEST_UNROLLED:
        why = f"which takes about {exported.steps * loops.SECONDS_EACH / 60:.0f} min"
        return (f"loops of {exported.steps} steps are not unrolled, {why}",)
    if never:
        return (f"Keras 2 cannot unroll {type(never[0]).__name__}",)
    return () if _save(tf, exported, folder / network.UNROLLED) else (ANOTHER,)


ANOTHER = "unrolled, Keras' loops compute something else: they stay loops"


def _save(tf: Any, exported: export.Exported, folder: Path, *, fused: bool = False) -> bool:
    """Unrolled, if that computes the same."""
    shapes = {spec.name: spec.shape[1:] for spec in exported.inputs}
    with loops.unrolled(exported.model, fused):
        other = export.trace(tf, exported.model, shapes)
    if not copies.alike(tf, exported.function, other.function, exported.inputs, exported.model):
        return False
    export.save(tf, other, folder)
    return True


if __name__ == "__main__":
    workers.serve(LoadingRequest, network.Result, work)
