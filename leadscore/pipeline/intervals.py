"""intervals: texts such as 11-50, 10,000+ and <10 -> the one number a config takes them for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from leadscore.model.schema import FieldConfig
from leadscore.points import EXACT, Numbers

ReadAmounts = Callable[[pa.Array, FieldConfig], Numbers]
_BETWEEN = re.compile(" ?[-\u2013\u2014] ?| to ")
_LONGEST = 100
"""Longer texts are no range: each dash of them would be tried."""


class Ends(NamedTuple):
    """The two ends of a range as they are written; '' where it is open."""

    low: str
    high: str


class _End(NamedTuple):
    number: float
    has_magnitude: bool


_OPEN = _End(math.nan, False)


def read_intervals(texts: Sequence[str], field: FieldConfig, read_amounts: ReadAmounts) -> list[float]:
    """The end, or the exact middle, that ``field.range`` names; NaN where a text is not exactly one range.

    An open range has one end: 10,000+ is 10000 whatever ``range`` says, and <10 starts at 0. A range whose
    ends are the wrong way round is none, nor is 1-10M, which may mean 1 or 1,000,000 to 10,000,000.
    """
    possible = [list(possible_ends(text)) for text in texts]
    written = sorted({end for each in possible for ends in each for end in ends if end})
    ends = _read_ends(written, field, read_amounts)
    return [_number(each, ends, field) for each in possible]


def possible_ends(text: str) -> Iterator[Ends]:
    """Every way to take a text for a range."""
    if len(text) > _LONGEST:
        return
    if text.endswith("+") and text != "+":
        yield Ends(text[:-1].rstrip(" "), "")
    for signs, is_low in ((("<=", "<", "≤"), False), ((">=", ">", "≥"), True)):
        sign = next((sign for sign in signs if text.startswith(sign)), None)
        end = text.removeprefix(sign or "").lstrip(" ")
        if sign and end:
            yield Ends(end, "") if is_low else Ends("", end)
    for mark in _BETWEEN.finditer(text):
        ends = Ends(text[: mark.start()], text[mark.end() :])
        if all(ends):
            yield ends


def _read_ends(written: list[str], field: FieldConfig, read_amounts: ReadAmounts) -> dict[str, _End]:
    texts = pa.array(written, pa.large_string())
    numbers = read_amounts(texts, field)
    without = read_amounts(texts, field.model_copy(update={"magnitude": False}))
    magnitudes = np.isnan(without).tolist()
    return {
        text: _End(number, has_magnitude)
        for text, number, has_magnitude in zip(written, numbers.tolist(), magnitudes, strict=True)
        if not math.isnan(number)
    }


def _number(possible: list[Ends], ends: dict[str, _End], field: FieldConfig) -> float:
    found = [each for each in possible if all(end in ends for end in each if end)]
    if len(found) != 1:
        return math.nan
    low, high = (ends.get(end, _OPEN) for end in found[0])
    if math.isnan(high.number):
        return low.number
    if math.isnan(low.number):
        low = _End(0.0, False)
    elif low.number != 0 and high.has_magnitude and not low.has_magnitude:
        return math.nan
    if low.number > high.number:
        return math.nan
    if field.range == "middle":
        return _middle(low.number, high.number)
    return low.number if field.range == "low" else high.number


def _middle(low: float, high: float) -> float:
    """Half of the sum of the decimals as written: repr of a double is the shortest that reads back as it."""
    total = EXACT.add(Decimal(repr(low)), Decimal(repr(high)))
    return float(EXACT.divide(total, Decimal(2)))
