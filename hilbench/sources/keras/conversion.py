"""Conversion to .tflite in a child process, and what its result depends on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from hilbench.core import extras, hashing, modules, workers
from hilbench.core.artifacts import ConvertedModel, Network
from hilbench.core.deadline import Deadline
from hilbench.core.errors import ConvertError
from hilbench.sources.keras import symptoms
from hilbench.sources.keras.recipes import LOW_RANK
from hilbench.sources.keras.variants import Variant

TFLITE, EXPECTED = "model.tflite", "expected.npz"
UNROLLED_NOTE = (
    "recurrent loops are unrolled: the converter crashes on them in int8,"
    " TFLM computes them wrongly"
)

PLAIN_NOTE = "the LSTM is unrolled: the converter has no 16x8 form of it"


@dataclass(frozen=True)
class Request:
    """Convert `saved_model` to `variant`; `reference` gives the outputs to expect.

    With `low_rank` products with weights of low rank become two.
    """

    model: str
    variant: str
    saved_model: Path
    reference: Path
    vectors: Path
    notes: tuple[str, ...]
    low_rank: bool = False


@dataclass(frozen=True)
class Result:
    """What is said of the .tflite file in the folder."""

    model: str
    variant: str
    sha256: str
    converter: str
    notes: tuple[str, ...]


WORKER = workers.Worker(
    module="hilbench.sources.keras.conversion_worker",
    what="conversion",
    error=ConvertError,
    request=Request,
    result=Result,
    env=extras.TENSORFLOW_VARIABLES,
)


def convert(
    network: Network, vectors: Path, variant: Variant, out_dir: Path, deadline: Deadline
) -> ConvertedModel:
    """Write the .tflite file of `variant` into `out_dir`; the same bytes every time.

    The float reference's outputs for the samples in `vectors` are written beside it. A
    network with loops is converted unrolled, and a note says so. Raises ConvertError,
    also when the converter crashes; DeadlineExceeded.
    """
    plain = network.plain if variant.unrolls_lstm else None
    exported = plain or network.unrolled or network.saved_model
    if exported is None or network.saved_model is None:
        raise ConvertError(f"'{network.name}' is not a Keras model")
    request = Request(
        network.name,
        variant.name,
        exported.resolve(),
        network.saved_model.resolve(),
        vectors.resolve(),
        (*network.notes, *_notes(network, plain)),
        network.compression is not None and LOW_RANK in network.compression.recipes,
    )
    try:
        WORKER.call(request, out_dir, deadline)
    except ConvertError as error:
        log = ""
        with suppress(OSError):
            log = (out_dir / workers.LOG).read_text(errors="replace")
        raise symptoms.explained(error, log, variant.name, network.notes) from error
    return load(out_dir)


def _notes(network: Network, plain: Path | None) -> tuple[str, ...]:
    if plain is not None:
        return (PLAIN_NOTE,)
    return (UNROLLED_NOTE,) if network.unrolled is not None else ()


def load(out_dir: Path) -> ConvertedModel:
    """What `convert` left there. Raises ConvertError."""
    result = WORKER.read(out_dir)
    expected = out_dir / EXPECTED
    found = expected if expected.is_file() else None
    return ConvertedModel(tflite=out_dir / TFLITE, expected=found, **vars(result))


def fingerprint(network: Network, vectors: Path, variant: Variant) -> dict[str, object]:
    """JSON values that decide the result of `convert`.

    What was exported counts by its content: other code of a layer makes another graph of the same
    weights, and `sha256` knows only of these and of what layers say of themselves.
    """
    exported = (network.saved_model, network.unrolled, network.plain)
    return {
        "model": network.sha256,
        "network": asdict(replace(network, saved_model=None, unrolled=None, plain=None)),
        "exported": [hashing.of_tree(folder) if folder else None for folder in exported],
        "vectors": hashing.of_kept(vectors),
        "variant": asdict(variant),
        "source": modules.hashed({WORKER.module}),
        "tensorflow": extras.version("tensorflow"),
    }
