"""All cells, by name."""

from __future__ import annotations

from hilbench.sources.keras.cells import (
    egru,
    fastgrnn,
    fastgrnn_low_rank,
    fastrnn,
    li_gru,
    lstm_peephole,
    lstm_projection,
    mgu,
    min_gru,
    sitgru,
    tiny_eats_gru,
    ugrnn,
)

_MODULES = (
    *(mgu, ugrnn, sitgru, li_gru, fastrnn, fastgrnn, fastgrnn_low_rank, min_gru, egru),
    *(tiny_eats_gru, lstm_peephole, lstm_projection),
)
CELLS = {module.CELL.name: module.CELL for module in _MODULES}
