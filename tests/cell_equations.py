"""The cells of the literature in plain numpy, as their papers write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace

import numpy as np

Array = np.ndarray
W = Mapping[str, Array]
M, N, STEPS = 3, 8, 5


def sigma(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def soft(x: Array) -> Array:
    return x / (1 + np.abs(x))


def convolved(maps: Array, kernel: Array) -> Array:
    """(b, places, maps) with a kernel (k, maps, new maps), zeros beyond both ends."""
    reach, places = len(kernel) // 2, maps.shape[1]
    padded = np.pad(maps, ((0, 0), (reach, reach), (0, 0)))
    return sum(padded[:, k : k + places] @ kernel[k] for k in range(len(kernel)))  # type: ignore[return-value]


OPS = SimpleNamespace(
    matmul=np.matmul, sigmoid=sigma, tanh=np.tanh, relu=lambda x: np.maximum(x, 0), softsign=soft,
    maps=lambda x, maps: x.reshape(len(x), -1, maps), convolve=convolved,
    flat=lambda x: x.reshape(len(x), -1),
)  # fmt: skip


def joined(w: W, gate: str, h: Array, x: Array) -> Array:
    """W [h, x] + b with one matrix (n, n + m), as papers write it."""
    matrix = np.concatenate([w[f"u{gate}"], w[f"w{gate}"]]).T
    return matrix @ np.concatenate([h, x]) + w[f"b{gate}"]


def mgu(w: W, x: Array, h: Array) -> Array:
    f = sigma(joined(w, "f", h, x))
    return (1 - f) * h + f * np.tanh(joined(w, "c", f * h, x))


def old_and_new(w: W, x: Array, h: Array, gate: str, act: Callable[[Array], Array]) -> Array:
    z = sigma(joined(w, gate, h, x) + (1 if gate == "g" else 0))
    return z * h + (1 - z) * act(joined(w, "c", h, x))


def fastgrnn(w: W, x: Array, h: Array) -> Array:
    wide = w["w"] if "w" in w else w["w1"] @ w["w2"]
    deep = w["u"] if "u" in w else w["u1"] @ w["u2"]
    z = sigma(wide.T @ x + deep.T @ h + w["bz"])
    candidate = np.tanh(wide.T @ x + deep.T @ h + w["bc"])
    return (sigma(w["zeta"]) * (1 - z) + sigma(w["nu"])) * candidate + z * h


def fastrnn(w: W, x: Array, h: Array) -> Array:
    return sigma(w["alpha"]) * np.tanh(w["w"].T @ x + w["u"].T @ h + w["b"]) + sigma(w["beta"]) * h


def min_gru(w: W, x: Array, h: Array) -> Array:
    z = sigma(w["wz"].T @ x + w["bz"])
    return (1 - z) * h + z * (w["wc"].T @ x + w["bc"])


def egru(w: W, x: Array, h: Array) -> Array:
    z = (soft(joined(w, "z", h, x)) + 1) / 2
    return (1 - z) * h + z * soft(joined(w, "c", h, x))


def tiny_eats(w: W, x: Array, h: Array) -> Array:
    z, r = ((soft(joined(w, gate, h, x)) + 1) / 2 for gate in "zr")
    return (1 - z) * h + z * soft(joined(w, "c", r * h, x))


def lstm(w: W, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
    def seen(gate: str, cell: Array) -> Array:
        peephole = w.get(f"p{gate}", np.zeros(len(cell)))
        return peephole.T @ cell if peephole.ndim == 2 else peephole * cell

    f, i = (sigma(joined(w, g, h, x) + seen(g, c)) for g in "fi")
    new = f * c + i * np.tanh(joined(w, "g", h, x))
    out = sigma(joined(w, "o", h, x) + seen("o", new)) * np.tanh(new)
    return (w["p"].T @ out if "p" in w else out), new


def conv_lstm(w: W, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
    """Place by place."""
    n = len(w["bf"])
    image, h, c = x[:, None], h.reshape(-1, n), c.reshape(-1, n)

    def at(gate: str, place: int) -> Array:
        found = w[f"b{gate}"].copy()
        for k, source in enumerate(range(place - 1, place + 2)):
            if 0 <= source < len(x):
                found += w[f"w{gate}"][k].T @ image[source] + w[f"u{gate}"][k].T @ h[source]
        return found

    f, i, o, g = (np.stack([at(gate, place) for place in range(len(x))]) for gate in "fiog")
    new = sigma(f) * c + sigma(i) * np.tanh(g)
    return (sigma(o) * np.tanh(new)).ravel(), new.ravel()


def gru(w: W, x: Array, h: Array) -> Array:
    z, r = (sigma(joined(w, g, h, x) + w[f"d{g}"]) for g in "zr")
    own = r * (w["uc"].T @ h + w["dc"])
    return z * h + (1 - z) * np.tanh(w["wc"].T @ x + w["bc"] + own)


def gru_reset_before(w: W, x: Array, h: Array) -> Array:
    z, r = (sigma(joined(w, g, h, x)) for g in "zr")
    return z * h + (1 - z) * np.tanh(joined(w, "c", r * h, x))


def qrnn(w: W, x: Array, h: Array, c: Array, before: Array) -> tuple[Array, Array, Array]:
    del h
    both = np.concatenate([before, x])
    g, f, o = (np.concatenate([w[f"v{k}"], w[f"w{k}"]]).T @ both for k in "gfo")
    new = sigma(f) * c + (1 - sigma(f)) * np.tanh(g)
    return sigma(o) * new, new, x


def sru(w: W, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
    del h
    f, r = (sigma(w[f"w{g}"].T @ x + w[f"v{g}"] * c + w[f"b{g}"]) for g in "fr")
    new = f * c + (1 - f) * (w["wc"].T @ x)
    return r * new + (1 - r) * (w["wh"].T @ x), new


def lmu(w: W, x: Array, h: Array, q: Array) -> tuple[Array, Array]:
    u = w["ex"][:, 0] @ x + w["eh"][:, 0] @ h + w["em"][:, 0] @ q
    new = w["a"].T @ q + w["b"][0] * u
    return np.tanh(w["w"].T @ x + w["u"].T @ h + w["v"].T @ new), new


def cfc(w: W, x: Array, h: Array) -> Array:
    a = 1.7159 * np.tanh(0.666 * joined(w, "a", h, x))
    p, q, t = (w[f"u{k}"].T @ a + w[f"b{k}"] for k in "pqt")
    return np.tanh(p) * (1 - sigma(t)) + np.tanh(q) * sigma(t)


TRANSCRIBED: dict[str, Callable[..., object]] = {
    "mgu": mgu,
    "ugrnn": lambda w, x, h: old_and_new(w, x, h, "g", np.tanh),
    "sitgru": lambda w, x, h: old_and_new(w, x, h, "z", sigma),
    "li_gru": lambda w, x, h: old_and_new(w, x, h, "z", OPS.relu),
    "fastrnn": fastrnn,
    "fastgrnn": fastgrnn,
    "fastgrnn_low_rank": fastgrnn,
    "min_gru": min_gru,
    "egru": egru,
    "tiny_eats_gru": tiny_eats,
    **dict.fromkeys(("lstm", "lstm_peephole", "lstm_peephole_full", "lstm_projection"), lstm),
    "conv_lstm": conv_lstm,
    "simple_rnn": lambda w, x, h: np.tanh(joined(w, "h", h, x)),
    "gru": gru,
    "gru_reset_before": gru_reset_before,
    "qrnn": qrnn,
    "sru": sru,
    "lmu": lmu,
    "cfc": cfc,
}
