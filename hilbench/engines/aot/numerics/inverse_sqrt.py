"""1 / sqrt of an integer in fixed point, as TFLM's RSQRT and L2_NORMALIZATION take it.

Newton's iteration x <- x * (3 - a * x^2) / 2 in Q3 (three integer bits), five times from
x = 1, for an operand that a power of 4 has brought into [1, 4) / 8 of the range. What matters
is where it rounds: every product is `multiply_high` (gemmlowp's fixed-point numbers,
github.com/google/gemmlowp, fixedpoint/fixedpoint.h).
"""

from __future__ import annotations

_ONE_Q3 = 1 << 28
_HALF_SQRT_2 = 1518500250  # sqrt(2) / 2 in Q0
_INT32_MAX = (1 << 31) - 1


def inverse_sqrt(operand: int) -> tuple[int, int]:
    """(multiplier, shift) with 1 / sqrt(operand) ~ multiplier * 2**(shift - 31), operand > 0."""
    if operand <= 1:
        return _INT32_MAX, 0
    exponent = 11
    while operand >= 1 << 29:
        operand, exponent = operand // 4, exponent + 1
    pairs = (31 - operand.bit_length()) // 2 - 1
    exponent -= pairs
    a = (operand << 2 * pairs) >> 1
    half_a = _rounded_half(a)
    x = _ONE_Q3
    for _ in range(5):
        cubed = _rescaled(_multiply(_multiply(x, x), x), 6)
        x = _rescaled(_multiply(_ONE_Q3 + _ONE_Q3 // 2, x) - _multiply(half_a, cubed), 3)
    root = _multiply(x, _HALF_SQRT_2)
    if exponent < 0:
        root, exponent = root << -exponent, 0
    return root, -exponent


def _multiply(a: int, b: int) -> int:
    return (a * b + (1 << 30)) >> 31


def _rounded_half(a: int) -> int:
    return (a + 1) >> 1


def _rescaled(raw: int, bits: int) -> int:
    """A product of Q3 numbers back in Q3, saturated."""
    return max(-(1 << 31), min(raw << bits, _INT32_MAX))
