"""The rules by name."""

from __future__ import annotations

from collections.abc import Callable

from random_graphs.maker import Maker

Rule = Callable[[Maker], bool]
RULES: dict[str, Rule] = {}


_INT16 = """
FULLY_CONNECTED CONV_2D DEPTHWISE_CONV_2D ADD SUB MUL MAX_POOL_2D AVERAGE_POOL_2D TANH LOGISTIC
SOFTMAX RESHAPE TRANSPOSE EXPAND_DIMS SQUEEZE SLICE STRIDED_SLICE SPLIT SPLIT_V UNPACK
CONCATENATION PACK PAD QUANTIZE UNIDIRECTIONAL_SEQUENCE_LSTM MEAN SUM SQUARED_DIFFERENCE MINIMUM
MAXIMUM ABS RELU RELU6 LEAKY_RELU BATCH_MATMUL
"""


def rules(dtype: str) -> list[str]:
    """Names of the rules for graphs of a type."""
    return sorted(_INT16.split() if dtype == "int16" else RULES)


def rule(*names: str) -> Callable[[Callable[[Maker, str], bool]], None]:
    """The function below adds an operator of one of these names, or says that it cannot."""

    def register(function: Callable[[Maker, str], bool]) -> None:
        for name in names:
            RULES[name] = lambda maker, name=name: function(maker, name)  # type: ignore[misc]

    return register
