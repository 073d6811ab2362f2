"""test_calibrate: what is learned is what scikit-learn, SciPy and models.md say; bounds and cuts follow."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats.contingency import relative_risk
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from leadscore.analysis.calibrate.bands import Wanted, find_bands, roundest
from leadscore.analysis.calibrate.curve import fit_curve
from leadscore.analysis.calibrate.follow import move_cuts
from leadscore.analysis.calibrate.frequency import find_lift, frequency_points, influence
from leadscore.analysis.calibrate.logistic import FREE, STRENGTHS, choose_strength, fit_weights
from leadscore.analysis.calibrate.patterns import Feature, Patterns
from leadscore.analysis.calibrate.suggested import Scale, round_points
from leadscore.analysis.statistics import by_level
from leadscore.points import Numbers
from leadscore.rules import Lever


def made_patterns(seed: int = 1, count: int = 400) -> tuple[Patterns, Numbers, Numbers]:
    """Leads of three rules, one of which gives points by a number; the same as a matrix, and who was won."""
    random = np.random.default_rng(seed)
    codes = [random.integers(0, levels + 1, count) for levels in (3, 1, 2)]
    amounts = random.exponential(1, count)
    features = (
        Feature(0, 3, codes[0]),
        Feature(3, 1, codes[1], amounts),
        Feature(4, 2, codes[2]),
    )
    dense = np.column_stack([(codes[0][:, None] == np.arange(3)), (codes[1] == 0) * amounts,
                             codes[2][:, None] == np.arange(2)]).astype(np.float64)  # fmt: skip
    odds = dense @ np.array([1.5, -1.0, 0.2, 0.7, -2.0, 0.1]) - 0.5
    won = random.random(count) < 1 / (1 + np.exp(-odds))
    folds = np.arange(count) % 5 == np.arange(5)[:, None]
    return Patterns(features, (folds & won).astype(np.float64), (folds & ~won).astype(np.float64)), dense, won


@pytest.mark.parametrize("strength", STRENGTHS)
def test_free_weights_are_those_of_scikit_learn(strength: float) -> None:
    patterns, dense, won = made_patterns()
    found = fit_weights(patterns, [FREE] * 6, strength)
    peer = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000).fit(dense, won)
    assert found.levers == pytest.approx(peer.coef_[0], abs=1e-4)
    assert found.intercept == pytest.approx(peer.intercept_[0], abs=1e-4)


def test_a_weight_that_may_not_have_its_sign_is_nothing_and_the_others_are_those_without_it() -> None:
    patterns, dense, won = made_patterns()
    bounds = [FREE, (0.0, math.inf), FREE, (-math.inf, 0.0), FREE, (0.0, 0.0)]  # -1.0 and 0.7 may not be
    found = fit_weights(patterns, bounds, 1.0)
    kept = [0, 2, 4]
    peer = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(dense[:, kept], won)
    assert found.levers[[1, 3, 5]].tolist() == [0, 0, 0]
    assert found.levers[kept] == pytest.approx(peer.coef_[0], abs=1e-4)


def test_the_strength_is_the_one_that_foretells_other_folds_best() -> None:
    patterns, dense, won = made_patterns()
    losses = []
    for strength in STRENGTHS:
        loss = 0.0
        for fold in range(5):
            inside = np.arange(len(won)) % 5 == fold
            peer = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000)
            chances = peer.fit(dense[~inside], won[~inside]).predict_proba(dense[inside])[:, 1]
            loss -= float(np.log(np.where(won[inside], chances, 1 - chances)).sum())
        losses.append(loss)
    assert choose_strength(patterns, [FREE] * 6) == STRENGTHS[int(np.argmin(losses))]


def test_outcomes_without_a_cause_are_held_to_next_to_nothing() -> None:
    patterns, _, _ = made_patterns(count=2_000)
    won = np.random.default_rng(5).random(patterns.won.shape[1]) < 0.3
    leads = patterns.won + patterns.lost
    random = Patterns(patterns.features, leads * won, leads * ~won)
    assert choose_strength(random, [FREE] * 6) == STRENGTHS[0]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(-30, 30), st.booleans()), min_size=4, max_size=80))
def test_the_curve_is_the_likeliest_one_for_platts_outcomes(leads: list[tuple[int, bool]]) -> None:
    scores, won = (np.array(each) for each in zip(*leads, strict=True))
    if won.all() or not won.any() or len(set(scores.tolist())) < 2:
        return
    intercept, slope = fit_curve(by_level(scores.astype(np.int64) * 100, won))
    target = np.where(won, (won.sum() + 1) / (won.sum() + 2), 1 / ((~won).sum() + 2))
    twice = np.concatenate([scores, scores])[:, None] / 10
    peer = LogisticRegression(C=1e9, tol=1e-12, max_iter=100_000).fit(
        twice, np.repeat([1, 0], len(scores)), sample_weight=np.concatenate([target, 1 - target])
    )
    at = np.array([-30, 0, 30])
    found = 1 / (1 + np.exp(-(intercept + slope * at)))
    assert found == pytest.approx(peer.predict_proba(at[:, None] / 10)[:, 1], abs=1e-4)


def test_a_curve_through_scores_that_tell_all_is_steep_and_not_endless() -> None:
    scores = np.repeat([0, 1000], 50)
    intercept, slope = fit_curve(by_level(scores, scores > 0))
    assert 0 < slope < 10
    assert intercept + slope * 10 == pytest.approx(math.log(51), abs=1e-6)  # (50 + 1) / (50 + 2) by Platt
    assert fit_curve(by_level(np.zeros(8, np.int64), np.arange(8) < 4)) == pytest.approx((0, 0), abs=1e-6)


def test_three_hundred_points_at_fifty_to_one_are_as_models_md_has_them() -> None:
    pdo, odds0, points0 = 25, 50, 300
    factor = pdo / math.log(2)
    scale = Scale(pdo, -(points0 - factor * math.log(odds0)) / factor)
    assert scale.factor == pytest.approx(factor)
    at = [scale.offset + scale.factor * math.log(odds) for odds in (50, 100, 25)]
    assert at == pytest.approx([300, 325, 275])


@pytest.mark.parametrize(
    ("points", "lever", "of_number", "hundredths"),
    [
        (4.5, Lever(("points",), 0), False, 500),
        (-4.5, Lever(("points",), 0), False, -500),
        (0.49, Lever(("once",), 0), True, 0),
        (0.367, Lever(("each",), 0, each=True), True, 37),
        (-3.649, Lever(("each",), 0, each=True), True, -360),
        (12.6, Lever(("per_value",), 0, each=True), True, 1300),
        (12.6, Lever(("points",), 0, each=True), False, 1300),
        (1e12, Lever(("points",), 0), False, 100_000_000),
    ],
)
def test_points_are_whole_but_of_a_single_visit(
    points: float, lever: Lever, of_number: bool, hundredths: int
) -> None:
    assert round_points(points, lever, of_number) == hundredths


@pytest.mark.parametrize(
    ("won", "all_won", "most", "points"),
    [
        *[(9, 10, 5, 5), (7, 10, 5, 4), (5, 10, 5, 3), (3, 10, 5, 2), (1, 10, 5, 1), (0, 10, 5, 1)],
        *[(10, 10, 10, 10), (45, 100, 10, 5), (44, 100, 10, 4)],
    ],
)
def test_points_by_frequency_are_half_up_from_one_to_the_most(
    won: int, all_won: int, most: int, points: int
) -> None:
    assert frequency_points(won, all_won, most) == points


def test_a_factor_that_everybody_has_scores_five_and_separates_nothing() -> None:
    lift = find_lift(9, 10, 9, 10)  # models.md E16
    assert frequency_points(9, 10, 5) == 5
    assert lift is not None
    assert lift.value == 1.0
    assert lift.low < 1 < lift.high


@given(st.data())
def test_the_interval_of_a_lift_is_katzs(data: st.DataObject) -> None:
    all_won, all_lost = data.draw(st.integers(1, 500)), data.draw(st.integers(1, 500))
    won, lost = data.draw(st.integers(1, all_won)), data.draw(st.integers(1, all_lost))
    found, peer = find_lift(won, all_won, lost, all_lost), relative_risk(won, all_won, lost, all_lost)
    assert found is not None
    assert found.value == pytest.approx(peer.relative_risk, rel=1e-9)
    if (won, lost) != (all_won, all_lost):
        interval = peer.confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_no_lift_where_nobody_has_it() -> None:
    assert find_lift(0, 10, 3, 10) is None
    assert find_lift(3, 10, 0, 10) is None


def test_influence_goes_by_fives_or_by_thirds() -> None:
    assert [influence(points, 5) for points in range(1, 6)] == ["small"] * 2 + ["medium"] + ["large"] * 2
    assert [influence(points, 9) for points in (3, 4, 6, 7)] == ["small", "medium", "medium", "large"]


@pytest.mark.parametrize(
    ("below", "at", "bound"),
    [
        *[("249", "250", "250"), ("199", "1000", "1000"), ("199", "999", "600"), ("0", "1", "1")],
        *[("-3", "4", "0"), ("0.12", "0.13", "0.13"), ("455", "456", "456"), ("-250", "-249", "-249")],
        *[("9", "11", "10"), ("1.5", "2.75", "2"), ("0", "10", "10")],
    ],
)
def test_a_bound_is_the_roundest_number_that_parts_the_same_leads(below: str, at: str, bound: str) -> None:
    assert roundest(Decimal(below), Decimal(at)) == Decimal(bound)


decimals = st.decimals(-10_000, 10_000, places=3)


@given(decimals, decimals)
def test_a_bound_parts_them_and_no_shorter_one_does(one: Decimal, other: Decimal) -> None:
    below, at = min(one, other), max(one, other)
    if below == at:
        return
    bound = roundest(below, at)
    assert below < bound <= at
    exponent = int(bound.normalize().as_tuple().exponent) if bound else 99
    coarser = Decimal(10) ** (exponent + 1)
    assert not bound or below // coarser == at // coarser or (below // coarser + 1) * coarser > at


def test_bands_are_the_leaves_of_scikit_learns_tree() -> None:
    random = np.random.default_rng(3)
    values = random.integers(0, 400, 4_000).astype(np.float64)
    won = random.random(4_000) < np.where(values < 100, 0.1, np.where(values < 250, 0.5, 0.3))
    bands = find_bands(values, won, Wanted("size", 3))
    assert [str(band.bound) for band in bands] == ["0", "100", "250"]
    tree = DecisionTreeClassifier(max_leaf_nodes=3, min_samples_leaf=200, random_state=0)
    leaves = tree.fit(values[:, None], won).apply(values[:, None])
    assert sorted(band.leads for band in bands) == sorted(np.unique(leaves, return_counts=True)[1].tolist())
    assert sum(band.won for band in bands) == won.sum()
    for band, low, high in zip(bands, (0, 100, 250), (100, 250, 400), strict=True):
        inside = (values >= low) & (values < high)
        assert (band.leads, band.won) == (inside.sum(), won[inside].sum())
        shares = (won[inside].sum() + 0.5) / won.sum(), ((~won)[inside].sum() + 0.5) / (~won).sum()
        assert band.evidence == pytest.approx(math.log(shares[0] / shares[1]))


@pytest.mark.parametrize(("monotone", "sign"), [("up", 1), ("down", -1)])
def test_monotone_bands_only_rise_or_only_fall(monotone: str, sign: int) -> None:
    random = np.random.default_rng(4)
    values = random.integers(0, 1_000, 3_000).astype(np.float64)
    won = random.random(3_000) < 0.5 + 0.3 * sign * np.sin(values / 120)
    free, held = (find_bands(values, won, Wanted("size", 8, way)) for way in (None, monotone))
    rates = [[band.won / band.leads for band in bands] for bands in (free, held)]
    assert len(held) > 1
    assert rates[1] == sorted(rates[1], reverse=sign < 0)
    assert rates[0] != sorted(rates[0], reverse=sign < 0)


def test_bands_do_not_hang_on_the_order_of_the_leads() -> None:
    random = np.random.default_rng(8)
    values, won = random.integers(-50, 50, 600).astype(np.float64), random.random(600) < 0.4
    order = random.permutation(600)
    assert find_bands(values, won, Wanted("x", 6)) == find_bands(values[order], won[order], Wanted("x", 6))


def test_too_few_leads_have_no_bands() -> None:
    values = np.arange(99.0)
    assert find_bands(values, values > 50, Wanted("x")) == []
    assert find_bands(np.arange(200.0), np.ones(200, dtype=bool), Wanted("x")) == []


@given(st.data())
def test_cuts_move_to_where_as_many_leads_reach_them_as_can_be(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 40))
    few = st.lists(st.integers(-20, 60), min_size=size, max_size=size)
    old, new = (np.array(data.draw(few), np.int64) * 100 for _ in range(2))
    cuts = sorted(data.draw(st.sets(st.integers(-25, 65), min_size=1, max_size=3)), reverse=True)
    hundredths = [cut * 100 for cut in cuts]
    moved = move_cuts(hundredths, old, new, (-3_000, 7_000))
    assert moved == sorted(set(moved), reverse=True)
    above = 7_100
    for cut, found in zip(hundredths, moved, strict=True):
        wanted = (old >= cut).sum()
        best = min(abs((new >= each).sum() - wanted) for each in range(-2_900, above, 100))
        if above == 7_100:  # those below it have what is left
            assert abs((new >= found).sum() - wanted) == best
        above = found


def test_a_cut_that_still_fits_stays() -> None:
    scores = np.array([0, 10, 20, 30], np.int64) * 100
    assert move_cuts([2500, 500], scores, scores, (0, 3000)) == [2500, 500]
    assert move_cuts([2500, 500], scores, scores * 2, (0, 6000)) == [6000, 500]
    assert move_cuts([2500, 1500], scores, scores * 2, (0, 6000)) == [6000, 4000]
