"""points: whole hundredths in int64: read, multiplied, rounded half away from zero, printed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Hundredths = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
Exact = Decimal | Fraction

LIMIT = 100_000_000
"""No rule gives more than a million points either way (in hundredths), so no sum can overflow."""

_MOST = 1 << 52
_POINTS = re.compile(r"([+-]?)(0|[1-9][0-9]*)?(?:\.([0-9]+))?")


def parse_points(text: str) -> int:
    """Points as typed in a config -> hundredths. Raises ValueError with what to write instead."""
    match = _POINTS.fullmatch(text)
    if not match or not (match[2] or match[3]):
        raise ValueError("is not a number of points; write for example 5, -15 or 2.5")
    sign, whole, decimals = match[1], match[2] or "0", (match[3] or "").rstrip("0")
    if len(decimals) > 2:
        raise ValueError("has more than two decimals; points are whole hundredths")
    # Digits are counted first: int takes its time over a million of them.
    if len(whole) > 7 or int(whole + decimals.ljust(2, "0")) > LIMIT:
        raise ValueError(f"is beyond {LIMIT // 100:,} points either way; write less")
    return int(sign + whole + decimals.ljust(2, "0"))


EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""What decimals are calculated in, whatever context the caller has set."""


def round_half_away(value: Decimal | Fraction) -> int:
    """Round to a whole number; a half goes away from zero (Python's own ``round`` takes it to even)."""
    if isinstance(value, Decimal):
        return int(value.to_integral_value(context=EXACT))
    size = math.floor(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


def multiply(points: Hundredths, factors: Numbers, exact: Callable[[int], Decimal]) -> Hundredths:
    """points x factors, rounded half away from zero to hundredths, once.

    Floats decide wherever the product is clearly not a half; elsewhere ``exact(row)`` gives the
    row's factor as a Decimal. So the result is that of exact arithmetic, on every machine. Products are
    held within 2**52, which no score comes near.
    """
    products = np.clip(points * factors, -_MOST, _MOST)
    return round_each(
        products,
        1e-6 + np.abs(products) * 1e-15,
        lambda rows: np.stack([points[rows], factors[rows].view(np.int64)]),
        lambda row: min(max(int(points[row]) * exact(row), Decimal(-_MOST)), Decimal(_MOST)),
    )


def round_each(
    values: Numbers, error: Numbers, alike: Callable[[Rows], Hundredths], exact: Callable[[int], Exact]
) -> Hundredths:
    """Values rounded half away from zero, as exact arithmetic would.

    A float may be off by ``error``; wherever that leaves a doubt, ``exact(row)`` gives the value itself.
    It is asked once for rows whose columns in ``alike(rows)`` are the same.
    """
    rounded = np.trunc(values + np.copysign(0.5, values)).astype(np.int64)
    doubtful = np.flatnonzero(np.abs(np.abs(values) % 1 - 0.5) <= error)
    if len(doubtful):
        _, first, inverse = np.unique(alike(doubtful), axis=1, return_index=True, return_inverse=True)
        with localcontext(EXACT):
            decided = [round_half_away(exact(row)) for row in doubtful[first].tolist()]
        rounded[doubtful] = np.array(decided, np.int64)[inverse.reshape(-1)]
    return rounded


def divide(amounts: Hundredths, by: Hundredths) -> Hundredths:
    """amounts / by as whole numbers, rounded half away from zero; ``by`` is above 0."""
    quotients: Hundredths = np.sign(amounts) * ((2 * np.abs(amounts) + by) // (2 * by))
    return quotients


def format_points(hundredths: int, signed: bool = False) -> str:
    """8350 -> '83.5', -1500 -> '-15'; ``signed`` puts a plus before what is above zero."""
    whole, part = divmod(abs(int(hundredths)), 100)
    decimals = f".{part:02d}".rstrip("0") if part else ""
    sign = "-" if hundredths < 0 else "+" if signed and hundredths > 0 else ""
    return f"{sign}{whole}{decimals}"


def format_each(hundredths: Hundredths, signed: bool = False) -> npt.NDArray[Any]:
    """A column of points as text: object array of str, each distinct value formatted once."""
    distinct, inverse = np.unique(hundredths, return_inverse=True)
    texts = np.array([format_points(value, signed) for value in distinct.tolist()], dtype=object)
    return texts[inverse.reshape(-1)] if len(distinct) else texts
