"""times: the numbers of times that are worth looking at, of all that could be."""

from __future__ import annotations

COUNT_LIMIT = 1_000_000
"""The highest ``min_count``: up to it, points are exact."""
_ONE_BY_ONE = 200
_WIDER = 1.1


def spread_out(most: int) -> list[int]:
    """From 1 to ``most``: the first numbers one by one, then ever wider apart."""
    numbers = list(range(1, min(most, _ONE_BY_ONE) + 1)) or [most]
    while numbers[-1] < most:
        numbers.append(min(int(numbers[-1] * _WIDER) + 1, most))
    return numbers
