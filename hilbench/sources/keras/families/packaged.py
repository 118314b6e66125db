"""Networks that somebody has trained, with the weights of the Python packages that bring them.

`silero_vad` hears voices (silero-vad, MIT): the spectrum of a chunk of 512 samples at 16 kHz, four
convolutions and an LSTM, whose state is kept. `g2p_encoder` and `g2p_decoder` (g2p-en, Apache-2.0)
are GRUs that read letters and write phonemes, a symbol a step. Of the packages the files with the
weights are read, and nothing is imported. They are not trained here, whatever an experiment says.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras
from hilbench.core.errors import TrainError
from hilbench.sources.keras.model import Counts, ModelSpec

Arrays = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class PackagedSpec(ModelSpec):
    """`file` is in the package; `version` is that of the package, which the weights depend on."""

    package: str
    file: str
    version: str = field(default="", compare=False)
    loss: str = "mse"
    batch_size: int = 64

    @property
    def invocation_shape(self) -> tuple[int, ...]:
        return (1, *self.input_shape[1:])

    @abstractmethod
    def network(self, layers: Any, source: Any) -> Any:
        """The output of `source`, which is one step."""

    @abstractmethod
    def weights(self, given: Arrays) -> list[NDArray[np.float32]]:
        """In the order of the Keras network, of the arrays of the file."""

    def build(self, keras: Any, *, export: bool) -> Any:
        """What is trained has no weights: there is nothing to train."""
        layers = keras.layers
        if not export:
            source = layers.Input(self.input_shape)
            return keras.Model(
                source, layers.GlobalAveragePooling1D()(layers.Reshape((-1, 1))(source))
            )
        source = layers.Input(self.invocation_shape, batch_size=1)
        return keras.Model(source, self.network(layers, source))

    def begin(self, trained: Any, exported: Any) -> None:
        del trained, exported

    def hand_over(self, trained: Any, exported: Any) -> None:
        """The exported network has the package's weights. Raises MissingTool, TrainError."""
        del trained
        path = extras.file_of(self.package, Path(self.file))
        try:
            exported.set_weights(self.weights(read(path)))
        except (KeyError, ValueError, OSError) as error:
            raise TrainError(f"{path}: other weights than those of this network: {error}") from None


def read(path: Path) -> Arrays:
    """Arrays by name of an .npz or of float32 .safetensors, which is a length, JSON and bytes.

    Raises KeyError, ValueError, OSError for another file.
    """
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as found:
            return dict(found)
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    return {
        name: np.frombuffer(
            data[slice(*(start + at for at in each["data_offsets"]))], "<f4"
        ).reshape(each["shape"])
        for name, each in header.items()
        if name != "__metadata__"
    }


CHUNK, WINDOW, HOP = 640, 256, 128
"""Samples of an invocation: 64 before the chunk, its 512, and its last 64 mirrored. Of a frame."""
BINS = WINDOW // 2 + 1
_CONVOLUTIONS = ((128, 1), (64, 2), (64, 2), (128, 1))
"""Filters of three frames, and the stride."""
_HEARS = 128
"""Units of the LSTM."""


@dataclass(frozen=True, kw_only=True)
class SileroSpec(PackagedSpec):
    """16,000 samples a second; an invocation gives whether there is a voice in its chunk."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (8, CHUNK)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (1,)

    def counts(self) -> Counts:
        frames, channels = (CHUNK - WINDOW) // HOP + 1, BINS
        macs, parameters = frames * WINDOW * 2 * BINS, WINDOW * 2 * BINS
        for filters, stride in _CONVOLUTIONS:
            frames = (frames - 1) // stride + 1
            macs += frames * 3 * channels * filters
            parameters += (3 * channels + 1) * filters
            channels = filters
        macs += 4 * _HEARS * (channels + _HEARS) + _HEARS
        parameters += 4 * _HEARS * (channels + _HEARS + 1) + _HEARS + 1
        return Counts(parameters=parameters, macs=macs, matrix_macs=macs)

    def network(self, layers: Any, source: Any) -> Any:
        signal = layers.Reshape((CHUNK, 1))(source)
        parts = [layers.Conv1D(BINS, WINDOW, HOP, use_bias=False)(signal) for _ in range(2)]
        power = layers.Add()([layers.Multiply()([part, part]) for part in parts])
        x = layers.Lambda(extras.tensorflow().sqrt)(power)
        for filters, stride in _CONVOLUTIONS:
            x = layers.ZeroPadding1D(1)(x)
            x = layers.Conv1D(filters, 3, stride, activation="relu")(x)
        x = layers.LSTM(_HEARS, stateful=True, unroll=True)(x)
        return layers.Dense(1, "sigmoid")(layers.ReLU()(x))

    def weights(self, given: Arrays) -> list[NDArray[np.float32]]:
        """Those of convolutions are (filters, inputs, width) there; both biases are added."""
        spectrum = given["stft_conv.weight"].transpose(2, 1, 0)
        found = [spectrum[..., :BINS], spectrum[..., BINS:]]
        for number in range(1, len(_CONVOLUTIONS) + 1):
            found += [given[f"conv{number}.weight"].transpose(2, 1, 0), given[f"conv{number}.bias"]]
        found += [given["lstm_cell.weight_ih"].T, given["lstm_cell.weight_hh"].T]
        found += [given["lstm_cell.bias_ih"] + given["lstm_cell.bias_hh"]]
        return [*found, given["final_conv.weight"][..., 0].T, given["final_conv.bias"]]


UNITS = 256
"""Of the embedding and the GRU of either half."""


@dataclass(frozen=True, kw_only=True)
class SpellingSpec(PackagedSpec):
    """A half of g2p-en: `symbols` that it reads, and `outputs`, 0 for the state itself.

    Decoding begins with the state of the encoder; here both begin with zeros.
    """

    half: str
    symbols: int
    outputs: int

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (16,)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (self.outputs or UNITS,)

    def counts(self) -> Counts:
        macs = 3 * UNITS * 2 * UNITS + UNITS * self.outputs
        table, biases = self.symbols * UNITS, 6 * UNITS + self.outputs
        return Counts(parameters=table + macs + biases, macs=macs, matrix_macs=macs)

    def network(self, layers: Any, source: Any) -> Any:
        x = layers.Embedding(self.symbols, UNITS)(source)
        x = layers.GRU(UNITS, stateful=True, unroll=True)(x)
        return layers.Dense(self.outputs)(x) if self.outputs else x

    def weights(self, given: Arrays) -> list[NDArray[np.float32]]:
        """Gates are reset, update, candidate there, and Keras has the update first."""

        def gates(name: str) -> NDArray[np.float32]:
            reset, update, candidate = np.split(given[f"{self.half}_{name}"], 3)
            return np.concatenate([update, reset, candidate])

        kernels = [gates("w_ih").T, gates("w_hh").T]
        found = [given[f"{self.half}_emb"], *kernels, np.stack([gates("b_ih"), gates("b_hh")])]
        return [*found, given["fc_w"].T, given["fc_b"]] if self.outputs else found


def _spelling(half: str, symbols: int, outputs: int, dataset: str) -> SpellingSpec:
    return SpellingSpec(
        name=f"g2p_{half}oder",
        family="packaged",
        dataset=dataset,
        package="g2p-en",
        file="g2p_en/checkpoint20.npz",
        version=extras.version("g2p-en") or "",
        half=half,
        symbols=symbols,
        outputs=outputs,
    )


MODELS = (
    SileroSpec(
        name="silero_vad",
        family="packaged",
        dataset="random_tensors",
        package="silero-vad",
        file="silero_vad/data/silero_vad_16k.safetensors",
        version=extras.version("silero-vad") or "",
    ),
    _spelling("enc", 29, 0, "random_letters"),
    _spelling("dec", 74, 74, "random_symbols"),
)
