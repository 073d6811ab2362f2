"""order: two orders of the same leads -> how much they agree: Kendall, Spearman, the first n."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
"""A place for each lead, 1 for the best; leads that tie have the same, and 0 is for those not ranked."""

FIRST = (10, 100)
TENTH = 10
DECIMALS = 6


@dataclass(frozen=True)
class First:
    """How many of the first ``number`` leads of one order are among the first of the other."""

    number: int
    common: int
    tenth: bool = False
    """Whether that number is a tenth of the leads."""

    @property
    def share(self) -> float:
        """The share of them, from 0 to 1."""
        return self.common / self.number if self.number else 1.0


@dataclass(frozen=True)
class Agreement:
    """How much two orders agree. The correlations are of leads ranked in both; None where all of them tie."""

    leads: int
    kendall: float | None
    spearman: float | None
    first: tuple[First, ...]


def compare_orders(before: Places, after: Places, ranks: Places, later: Places) -> Agreement:
    """The agreement of two orders.

    ``before`` and ``after``: the places, in which leads tie that are equal in all that they are ranked by.
    ``ranks`` and ``later``: the ranks as they are published, where the id decides between those.
    """
    both = (before > 0) & (after > 0)
    one, other = before[both], after[both]
    first = tuple(_find_first(ranks, later))
    return Agreement(len(one), correlate_pairs(one, other), correlate_ranks(one, other), first)


def _find_first(ranks: Places, later: Places) -> Iterator[First]:
    most = int(max(ranks.max(initial=0), later.max(initial=0)))
    for number, tenth in [*((number, False) for number in FIRST), (-(-most // TENTH), True)]:
        number = min(number, most)
        common = (ranks > 0) & (ranks <= number) & (later > 0) & (later <= number)
        yield First(number, int(np.count_nonzero(common)), tenth)


def correlate_pairs(one: Places, other: Places) -> float | None:
    """Kendall's tau-b: (concordant - discordant pairs) / sqrt(pairs untied in one x in the other).

    From -1 to 1; None where one of them has only ties. O(n log n): Knight, JASA 61 (1966), 436-439.
    """
    count = len(one)
    pairs = count * (count - 1) // 2
    other = _dense(other)
    width = int(other.max(initial=0)) + 1
    together = np.sort(_dense(one) * width + other)
    ties_one, ties_other = _pairs(np.bincount(one)), _pairs(np.bincount(other))
    starts = np.flatnonzero(np.diff(together, prepend=-1))
    ties_both = _pairs(np.diff(np.append(starts, count)))
    discordant = count_inversions(together % width)
    difference = pairs - ties_one - ties_other + ties_both - 2 * discordant
    untied = (pairs - ties_one) * (pairs - ties_other)
    return round(difference / math.sqrt(untied), DECIMALS) if untied else None


def correlate_ranks(one: Places, other: Places) -> float | None:
    """Spearman's rho: Pearson's correlation of the ranks, of which leads that tie share the average.

    From -1 to 1; None where one of them has only ties.
    """
    first, second = _centred_ranks(one), _centred_ranks(other)
    spread = float((first * first).sum()) * float((second * second).sum())
    return round(float((first * second).sum()) / math.sqrt(spread), DECIMALS) if spread else None


def _centred_ranks(places: Places) -> npt.NDArray[np.float64]:
    """Average ranks less their mean."""
    _, inverse, sizes = np.unique(places, return_inverse=True, return_counts=True)
    average = np.cumsum(sizes) - (sizes - 1) / 2
    centred: npt.NDArray[np.float64] = (average - (len(places) + 1) / 2)[inverse]
    return centred


def _dense(places: Places) -> Places:
    """The same order from 0 on, without gaps."""
    seen = np.zeros(int(places.max(initial=0)) + 1, dtype=bool)
    seen[places] = True
    dense: Places = (np.cumsum(seen) - 1)[places]
    return dense


def _pairs(sizes: Places) -> int:
    """Pairs within groups of so many."""
    return int((sizes * (sizes - 1) // 2).sum())


def count_inversions(numbers: Places) -> int:
    """Pairs of which the first is greater than the second; ``numbers`` are from 0 on.

    Bit by bit from the highest: two numbers that agree in all bits above are out of order by this one if
    the first has it and the second has not. Numbers that agree so far stand together, in the order they had.
    """
    width = int(numbers.max(initial=0)).bit_length()
    # How many numbers are less than each.
    below = np.append(0, np.cumsum(np.bincount(numbers, minlength=1 << width)))
    found, here = 0, np.arange(len(numbers))
    for bit in reversed(range(width)):
        prefix = numbers >> bit
        high = prefix & 1
        ones = np.append(0, np.cumsum(high))
        start = below[(prefix >> 1) << (bit + 1)]
        ones_before = ones[:-1] - ones[start]
        found += int(ones_before[high == 0].sum())
        # Those without the bit first, then those with it, each in the order they had.
        zeros_before = here - start - ones_before
        place = below[prefix << bit] + np.where(high == 1, ones_before, zeros_before)
        moved = np.empty_like(numbers)
        moved[place] = numbers
        numbers = moved
    return found
