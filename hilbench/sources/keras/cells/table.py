"""All cells, by name: those of Keras first."""

from __future__ import annotations

from hilbench.sources.keras.cells import (
    cfc,
    conv_lstm,
    egru,
    fastgrnn,
    fastgrnn_low_rank,
    fastrnn,
    gru,
    gru_reset_before,
    li_gru,
    lmu,
    lstm,
    lstm_peephole,
    lstm_peephole_full,
    lstm_projection,
    mgu,
    min_gru,
    normalised,
    qrnn,
    simple_rnn,
    sitgru,
    sru,
    tiny_eats_gru,
    ugrnn,
)

_MODULES = (
    *(simple_rnn, lstm, gru),
    *(lstm_peephole, lstm_peephole_full, lstm_projection, conv_lstm, gru_reset_before),
    *(mgu, ugrnn, sitgru, li_gru, fastrnn, fastgrnn, fastgrnn_low_rank, egru, tiny_eats_gru),
    *(min_gru, qrnn, sru, lmu, cfc),
)
CELLS = {module.CELL.name: module.CELL for module in _MODULES}
_SIZED = (
    *(fastgrnn_low_rank.sized(rw, ru) for rw, ru in ((5, 40), (10, 15), (16, 25))),
    *(lstm_projection.sized(p) for p in (98, 130, 188)),
)
_TRAINED = (normalised.of_products(cell) for cell in CELLS.values() if cell.normalised)
ALL = {**CELLS, **{cell.name: cell for cell in (*_SIZED, *_TRAINED)}}
"""Those of the networks of the literature as well, with sizes of their own inside."""
