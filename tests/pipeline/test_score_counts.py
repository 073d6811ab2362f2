"""test_score_counts: counts of scores give the figures that the scores themselves would."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline.score_counts import ScoreCounts, exact_sum
from leadscore.points import round_half_away

scores = st.lists(st.integers(-50_00, 50_00) | st.integers(-3, 3), max_size=80)


def counts(each: list[int]) -> ScoreCounts:
    return ScoreCounts.of(np.array(each, np.int64))


def pairs(counted: ScoreCounts) -> list[tuple[int, int]]:
    return list(zip(counted.scores.tolist(), counted.leads.tolist(), strict=True))


def test_each_score_is_there_once_with_its_leads() -> None:
    assert pairs(counts([5, -1, 5, 3, 5])) == [(-1, 1), (3, 1), (5, 3)]
    assert pairs(counts([])) == pairs(ScoreCounts()) == pairs(ScoreCounts.join([])) == []


@given(st.lists(scores, max_size=4))
def test_counts_of_several_lots_joined_are_those_of_all_leads(lots: list[list[int]]) -> None:
    together = counts([score for lot in lots for score in lot])
    assert pairs(ScoreCounts.join([counts(lot) for lot in lots])) == pairs(together)
    assert pairs(ScoreCounts.join([counts(lot) for lot in reversed(lots)])) == pairs(together)


@given(scores.filter(bool), st.integers(1, 100))
def test_a_quantile_is_the_lowest_score_that_enough_leads_do_not_exceed(
    each: list[int], percent: int
) -> None:
    found = counts(each).quantile(percent)
    enough = [
        score for score in sorted(each) if 100 * sum(other <= score for other in each) >= percent * len(each)
    ]
    assert found == enough[0]
    # An authority from outside the project; its shares are floats, and so not each percentage is itself.
    if percent in (10, 25, 50, 75, 90):
        assert found == np.quantile(each, percent / 100, method="inverted_cdf")


@given(scores.filter(bool))
def test_total_and_mean_are_those_of_the_leads(each: list[int]) -> None:
    counted = counts(each)
    assert (counted.count, counted.total) == (len(each), sum(each))
    assert counted.mean() == round_half_away(Fraction(sum(each), len(each)))


def test_the_mean_is_rounded_half_away_from_zero() -> None:
    assert [counts(each).mean() for each in ([1, 2], [-1, -2], [2, 3], [1, 1, 2])] == [2, -2, 3, 1]


@pytest.mark.parametrize("score", [2**52 - 1, -(2**52) + 1])
def test_a_sum_beyond_64_bits_is_exact(score: int) -> None:
    counted = ScoreCounts(np.array([score, 7]), np.array([2**36, 3]))
    assert counted.total == score * 2**36 + 21
    assert counted.mean() == round_half_away(Fraction(score * 2**36 + 21, 2**36 + 3))
    assert exact_sum(np.full(5000, score * 32)) == 5000 * 32 * score
