"""test_statistics: every figure is that of scikit-learn, SciPy or a paper; ties and nothing included."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats
from sklearn import metrics

from leadscore.analysis.evaluate.cuts import find_cuts
from leadscore.analysis.statistics import (
    Z95,
    Estimate,
    area_under_curve,
    brier,
    by_level,
    compare_rates,
    kolmogorov_smirnov,
    share_won,
)

CLOSE = 1e-9
Made = tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]


@st.composite
def judged(draw: st.DrawFn) -> Made:
    """Scores, with many ties or with few, and outcomes of which both are there."""
    few = draw(st.integers(0, 4))
    scores = draw(
        st.lists(st.integers(-few, few) if few else st.integers(-10_000, 10_000), min_size=2, max_size=60)
    )
    won = draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)))
    won[0], won[-1] = True, False
    return np.array(scores, np.int64), np.array(won)


def test_95_percent_lie_within_so_many_standard_deviations() -> None:
    assert stats.norm.ppf(0.975) == pytest.approx(Z95, abs=1e-12)


@given(judged())
def test_the_area_is_that_of_scikit_learn(made: Made) -> None:
    scores, won = made
    area = area_under_curve(by_level(scores, won))
    assert area is not None
    assert area.value == pytest.approx(metrics.roc_auc_score(won, scores), abs=CLOSE)
    assert 0 <= area.low <= area.value <= area.high <= 1


@given(judged())
def test_the_interval_of_the_area_is_delongs_pair_by_pair(made: Made) -> None:
    scores, won = made
    area = area_under_curve(by_level(scores, won))
    better, worse = scores[won], scores[~won]
    pairs = np.array([[(high > low) + (high == low) / 2 for low in worse] for high in better])
    spread = sum(
        np.var(placed, ddof=1) / len(placed) for placed in (pairs.mean(1), pairs.mean(0)) if len(placed) > 1
    )
    assert area is not None
    assert area.low == pytest.approx(max(pairs.mean() - Z95 * math.sqrt(spread), 0), abs=CLOSE)
    assert area.high == pytest.approx(min(pairs.mean() + Z95 * math.sqrt(spread), 1), abs=CLOSE)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of its p-value, which nobody asks for
@given(judged())
def test_the_distance_is_that_of_scipy(made: Made) -> None:
    scores, won = made
    told = stats.ks_2samp(scores[won], scores[~won], method="asymp").statistic
    assert kolmogorov_smirnov(by_level(scores, won)) == pytest.approx(told, abs=CLOSE)


@pytest.mark.parametrize("won", [[True, True], [False, False], []])
def test_where_all_were_won_or_all_lost_there_is_no_area(won: list[bool]) -> None:
    levels = by_level(np.arange(len(won)), np.array(won, dtype=bool))
    assert (area_under_curve(levels), kolmogorov_smirnov(levels)) == (None, None)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_of_a_rate_is_wilsons_as_scipy_has_it(won: int, lost: int) -> None:
    rate = share_won(won, won + lost)
    if not won + lost:
        assert rate is None
        return
    told = stats.binomtest(won, won + lost).proportion_ci(method="wilson")
    assert rate is not None
    assert [rate.low, rate.high] == pytest.approx([told.low, told.high], abs=CLOSE)


@settings(max_examples=60)  # scikit-learn is asked of every cut by itself
@given(judged())
def test_every_cut_has_the_precision_recall_f1_and_j_of_scikit_learn(made: Made) -> None:
    scores, won = made
    cuts = find_cuts(by_level(scores, won))
    for place, score in enumerate(sorted(set(scores.tolist()), reverse=True)):
        cut, passed = cuts.at(place), scores >= score
        assert (cut.score, cut.passed) == (score, int(passed.sum()))
        assert cut.precision == pytest.approx(metrics.precision_score(won, passed), abs=CLOSE)
        assert cut.recall == pytest.approx(metrics.recall_score(won, passed), abs=CLOSE)
        assert cut.f1 == pytest.approx(metrics.f1_score(won, passed), abs=CLOSE)
        j = metrics.balanced_accuracy_score(won, passed, adjusted=True)
        assert cut.youden == pytest.approx(j, abs=CLOSE)
        assert cut.missed == int(won.sum()) - cut.won
    best = max(range(place + 1), key=lambda each: (round(cuts.at(each).youden, 12), -each))
    assert cuts.best_youden() == best


@given(judged(), st.sampled_from([0.1, 0.5, 0.8, 1.0]))
def test_the_cut_by_recall_has_the_highest_precision_that_keeps_it(made: Made, recall: float) -> None:
    cuts = find_cuts(by_level(*made))
    every = [cuts.at(place) for place in range(len(cuts.passed))]
    chosen = cuts.at(cuts.best_precision(recall))
    assert chosen.recall >= recall - CLOSE
    assert chosen.precision >= max(cut.precision for cut in every if cut.recall >= recall) - CLOSE


def test_the_brier_score_is_that_of_scikit_learn() -> None:
    chances, won = np.array([0.1, 0.9, 0.5, 0.5]), np.array([False, True, True, False])
    assert brier(chances, won) == pytest.approx(metrics.brier_score_loss(won, chances), abs=CLOSE)
    assert brier(chances[:0], won[:0]) is None


def test_pilot_against_control_as_models_md_has_it() -> None:
    told = compare_rates(60, 400, 40, 400)
    assert told is not None
    assert told.value.value == pytest.approx(0.05)
    assert (round(told.z, 2), round(told.p, 3)) == (2.14, 0.033)


@given(*[st.integers(0, 200)] * 4)
def test_the_test_of_two_rates_is_that_of_the_chi_square(won: int, lost: int, other: int, rest: int) -> None:
    told = compare_rates(won, won + lost, other, other + rest)
    if not (won + lost and other + rest):
        assert told is None
        return
    assert told is not None
    if won + other and lost + rest:
        chi = stats.chi2_contingency([[won, lost], [other, rest]], correction=False)
        assert told.z**2 == pytest.approx(chi.statistic, rel=1e-9, abs=CLOSE)
        assert told.p == pytest.approx(2 * stats.norm.sf(abs(told.z)), abs=CLOSE)
    else:
        assert (told.z, told.p) == (0.0, 1.0)
    assert told.value.low - CLOSE <= told.value.value <= told.value.high + CLOSE


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # Newcombe, Interval estimation for the difference between independent proportions (1998):
        # table II, method 10
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
    ],
)
def test_the_interval_of_a_difference_is_the_one_printed_by_newcombe(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    told = compare_rates(*counts)
    assert told is not None
    assert (round(told.value.low, 4), round(told.value.high, 4)) == (low, high)


def test_scores_that_are_drawn_say_nothing_95_times_in_100() -> None:
    """Among many small draws; the promise for the command itself is in test_evaluate."""
    draw = np.random.default_rng(8)
    within = 0
    for leads, levels in product([200, 1000], [3, 1000]):
        for _ in range(250):
            area = area_under_curve(by_level(draw.integers(0, levels, leads), draw.random(leads) < 0.3))
            within += isinstance(area, Estimate) and area.low <= 0.5 <= area.high
    assert within >= 930
