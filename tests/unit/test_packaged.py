"""Networks with the weights of packages: Keras computes what the equations say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hilbench.core import extras
from hilbench.core.errors import MissingTool, TrainError
from hilbench.sources.keras import catalogue
from hilbench.sources.keras.families import packaged

RNG = np.random.default_rng(0)
SILERO = {
    "stft_conv.weight": (258, 1, 256),
    **{f"conv{i}.weight": (n, m, 3) for i, m, n in ((1, 129, 128), (2, 128, 64), (3, 64, 64))},
    "conv4.weight": (128, 64, 3),
    **{f"conv{i}.bias": (n,) for i, n in ((1, 128), (2, 64), (3, 64), (4, 128))},
    **{f"lstm_cell.weight_{of}": (512, 128) for of in ("ih", "hh")},
    **{f"lstm_cell.bias_{of}": (512,) for of in ("ih", "hh")},
    "final_conv.weight": (1, 128, 1),
    "final_conv.bias": (1,),
}
G2P = {
    "dec_emb": (74, 256), "dec_w_ih": (768, 256), "dec_w_hh": (768, 256),
    "dec_b_ih": (768,), "dec_b_hh": (768,), "fc_w": (74, 256), "fc_b": (74,),
}  # fmt: skip


def drawn(shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    return {n: RNG.normal(0, 0.1, shape).astype(np.float32) for n, shape in shapes.items()}


def safetensors(arrays: dict[str, Any]) -> bytes:
    ends = np.cumsum([0, *(each.nbytes for each in arrays.values())]).tolist()
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    for (name, each), start, end in zip(arrays.items(), ends, ends[1:], strict=False):
        header[name] = {"dtype": "F32", "shape": each.shape, "data_offsets": [start, end]}
    said = json.dumps(header).encode()
    return (
        len(said).to_bytes(8, "little") + said + b"".join(map(np.ndarray.tobytes, arrays.values()))
    )


def installed(folder: Path, name: str, file: str) -> Path:
    """A package of which there is one file, to be written."""
    about = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
    path = folder / file
    path.parent.mkdir(parents=True)
    return path


def network(name: str) -> Any:
    spec, keras = catalogue.find(name), extras.keras()
    found = spec.build(keras, export=True)
    spec.hand_over(spec.build(keras, export=False), found)
    return found


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


@pytest.mark.keras
def test_silero_hears_what_its_equations_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    w = drawn(SILERO)
    monkeypatch.syspath_prepend(tmp_path)
    path = installed(tmp_path, "silero-vad", "silero_vad/data/silero_vad_16k.safetensors")
    with pytest.raises(MissingTool, match=r"pip install --no-deps silero-vad"):
        network("silero_vad")
    path.write_bytes(safetensors({"stft_conv.weight": w["stft_conv.weight"]}))
    with pytest.raises(TrainError, match=r"16k\.safetensors: other weights .*conv1\.weight"):
        network("silero_vad")
    path.write_bytes(safetensors(w))
    model, h, c = network("silero_vad"), np.zeros(128), np.zeros(128)
    for _ in range(2):
        x = RNG.normal(0, 0.1, 640).astype(np.float32)
        spectrum = (
            np.stack([x[i : i + 256] for i in range(0, 385, 128)]) @ w["stft_conv.weight"][:, 0].T
        )
        z = np.hypot(spectrum[:, :129], spectrum[:, 129:]).T
        for i, stride in ((1, 1), (2, 2), (3, 2), (4, 1)):
            z, last = np.pad(z, ((0, 0), (1, 1))), z.shape[1]
            taken = [z[:, k : k + 3] for k in range(0, last, stride)]
            kernel, bias = w[f"conv{i}.weight"], w[f"conv{i}.bias"]
            z = np.stack([np.tensordot(kernel, each, 2) + bias for each in taken], 1).clip(0)
        gates = w["lstm_cell.weight_ih"] @ z[:, 0] + w["lstm_cell.bias_ih"]
        gates = gates + w["lstm_cell.weight_hh"] @ h + w["lstm_cell.bias_hh"]
        i, f, g, o = np.split(gates, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        heard = sigmoid(w["final_conv.weight"][0, :, 0] @ h.clip(0) + w["final_conv.bias"])
        np.testing.assert_allclose(model(x[None, None]).numpy()[0], heard, atol=1e-6)


@pytest.mark.keras
def test_g2p_spells_what_its_equations_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    w = drawn(G2P)
    monkeypatch.syspath_prepend(tmp_path)
    np.savez(installed(tmp_path, "g2p-en", "g2p_en/checkpoint20.npz"), **w)
    model, h = network("g2p_decoder"), np.zeros(256)
    for symbol in (2, 73, 5):
        x = w["dec_emb"][symbol]
        given = np.split(w["dec_w_ih"] @ x + w["dec_b_ih"], 3)
        kept = np.split(w["dec_w_hh"] @ h + w["dec_b_hh"], 3)
        reset, update = (sigmoid(given[i] + kept[i]) for i in (0, 1))
        h = (1 - update) * np.tanh(given[2] + reset * kept[2]) + update * h
        found = model(np.array([[symbol + 0.5]], np.float32)).numpy()[0]
        np.testing.assert_allclose(found, w["fc_w"] @ h + w["fc_b"], atol=1e-5)


def test_both_halves_have_the_parameters_of_the_file() -> None:
    halves = [catalogue.find(f"g2p_{half}oder").counts().parameters for half in ("enc", "dec")]
    assert sum(halves) == 834_890
    twice = 4 * 128  # both biases of the LSTM, which are one here
    assert catalogue.find("silero_vad").counts().parameters + twice == 309_633
    assert packaged.CHUNK == 64 + 512 + 64
