"""test_order: correlations against counting pair by pair, and against numbers worked out by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.analysis.compare.order import (
    Places,
    compare_orders,
    correlate_pairs,
    correlate_ranks,
    count_inversions,
)

pairs_of_places = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=25)


def places(*numbers: int) -> Places:
    return np.array(numbers, np.int64)


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


def tau_pair_by_pair(pairs: list[tuple[int, int]]) -> float | None:
    """Concordant less discordant pairs, by looking at every pair of leads."""
    difference = untied_one = untied_other = 0
    for (a, b), (c, d) in combinations(pairs, 2):
        difference += sign(a - c) * sign(b - d)
        untied_one += a != c
        untied_other += b != d
    return difference / math.sqrt(untied_one * untied_other) if untied_one * untied_other else None


def average_ranks(numbers: list[int]) -> list[Fraction]:
    return [
        sum(other < number for other in numbers) + Fraction(sum(other == number for other in numbers) + 1, 2)
        for number in numbers
    ]


def rho_by_the_book(pairs: list[tuple[int, int]]) -> float | None:
    """Pearson's correlation of the average ranks, in fractions."""
    one, other = (average_ranks([pair[side] for pair in pairs]) for side in (0, 1))
    middle = Fraction(len(pairs) + 1, 2)
    along = sum((a - middle) * (b - middle) for a, b in zip(one, other, strict=True))
    spread = sum((a - middle) ** 2 for a in one) * sum((b - middle) ** 2 for b in other)
    return float(along) / math.sqrt(spread) if spread else None


def columns(pairs: list[tuple[int, int]]) -> tuple[Places, Places]:
    return places(*(one for one, _ in pairs)), places(*(other for _, other in pairs))


@given(pairs_of_places)
def test_kendall_is_what_counting_every_pair_gives(pairs: list[tuple[int, int]]) -> None:
    assert correlate_pairs(*columns(pairs)) == pytest.approx(tau_pair_by_pair(pairs), abs=1e-6)


@given(pairs_of_places)
def test_spearman_is_the_correlation_of_average_ranks(pairs: list[tuple[int, int]]) -> None:
    assert correlate_ranks(*columns(pairs)) == pytest.approx(rho_by_the_book(pairs), abs=1e-6)


@given(st.lists(st.integers(0, 40)))
def test_inversions_are_pairs_of_which_the_first_is_greater(numbers: list[int]) -> None:
    assert count_inversions(places(*numbers)) == sum(a > b for a, b in combinations(numbers, 2))


def test_correlations_worked_out_by_hand() -> None:
    # 1 2 3 4 against 1 2 4 3: five pairs agree, one does not: 4 / 6. Spearman: 1 - 6 x 2 / (4 x 15) = 0.8.
    one, other = places(1, 2, 3, 4), places(1, 2, 4, 3)
    assert (correlate_pairs(one, other), correlate_ranks(one, other)) == (0.666667, 0.8)
    # 1 1 2 against 1 2 2: one pair agrees, none disagrees, each ties one pair of three: 1 / sqrt(2 x 2).
    assert correlate_pairs(places(1, 1, 2), places(1, 2, 2)) == 0.5
    # Average ranks 1.5 1.5 3 and 1 2.5 2.5: (0.5 - 0.25 + 0.5) / sqrt(1.5 x 1.5).
    assert correlate_ranks(places(1, 1, 2), places(1, 2, 2)) == 0.5
    backwards = places(4, 3, 2, 1)
    assert (correlate_pairs(one, backwards), correlate_ranks(one, backwards)) == (-1, -1)


@pytest.mark.parametrize("numbers", [[], [1], [2, 2, 2]])
def test_nothing_can_be_said_where_all_leads_tie(numbers: list[int]) -> None:
    tied = places(*numbers)
    other = np.arange(1, len(numbers) + 1)
    assert (correlate_pairs(tied, other), correlate_ranks(other, tied)) == (None, None)


def test_a_long_order_agrees_with_itself_and_not_with_its_contrary() -> None:
    order = np.random.default_rng(7).integers(1, 50_000, 100_000)
    assert (correlate_pairs(order, order), correlate_ranks(order, order)) == (1, 1)
    contrary = order.max() + 1 - order
    assert (correlate_pairs(order, contrary), correlate_ranks(order, contrary)) == (-1, -1)


def test_the_first_of_both_are_counted_among_the_ranked() -> None:
    # 200 leads; the second order is the first one moved down by 5, and its last 5 are not ranked.
    ranks = np.arange(1, 201)
    later = np.where(ranks <= 5, 0, ranks - 5)
    found = compare_orders(ranks, later, ranks, later)
    assert [(first.number, first.common, first.tenth) for first in found.first] == [
        (10, 5, False),  # 1 to 10 and 6 to 15
        (100, 95, False),
        (20, 15, True),
    ]
    assert (found.leads, found.kendall, found.spearman) == (195, 1, 1)
