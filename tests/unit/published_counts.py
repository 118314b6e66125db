from __future__ import annotations

# Parameters and MACs as published (EdgeMark, results page "RNN, LSTM, GRU").
PUBLISHED = {
    "simple_0": (5, 9),
    "simple_1": (8288, 827200),
    "simple_2": (32960, 3292800),
    "shakespeare_1": (12513, 1056300),
    "shakespeare_2": (37249, 3321900),
    "lstm": (26912, 2702400),
    "gru": (20896, 2094400),
}
