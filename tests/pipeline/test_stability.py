"""test_stability: the population stability index, of shares and of scores in bins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline.stability import BINS, Histogram, population_stability, score_stability


def psi(expected: list[int], actual: list[int]) -> float | None:
    return population_stability(np.array(expected), np.array(actual))


def histogram(scores: list[int]) -> Histogram:
    return Histogram.of(np.array(scores, np.int64))


def test_the_example_of_the_definition() -> None:
    found = psi([25, 50, 25], [20, 50, 30])
    assert found is not None
    assert round(found, 4) == 0.0203
    assert found == pytest.approx(0.05 * math.log(25 / 20) + 0.05 * math.log(30 / 25), abs=1e-12)


def test_the_same_shares_of_other_numbers_of_leads_are_the_same() -> None:
    assert psi([1, 2, 1], [250, 500, 250]) == 0


def test_a_bin_that_is_empty_in_one_run_counts_as_half_a_lead_there() -> None:
    found = psi([10, 0], [5, 5])
    assert found == pytest.approx(-0.5 * math.log(0.5) + (0.5 - 0.05) * math.log(0.5 / 0.05), abs=1e-12)


def test_without_leads_there_is_none() -> None:
    assert psi([0, 0], [1, 2]) is None
    assert psi([1, 2], [0, 0]) is None
    assert score_stability(histogram([]), histogram([1])) is None


def test_the_example_as_scores() -> None:
    before = [1000] * 25 + [5000] * 50 + [9000] * 25
    now = [1000] * 20 + [5000] * 50 + [9000] * 30
    found = score_stability(histogram(before), histogram(now))
    assert found is not None
    assert round(found, 4) == 0.0203


def test_bins_are_as_narrow_as_two_hundred_of_them_can_be() -> None:
    assert histogram([0, 199]).width == 1
    assert histogram([0, 200]).width == 5
    assert histogram([0, 10_000]).width == 100  # 0 to 100 points: whole points
    assert histogram([-50, 10_000]).kept["start"] == -1.0
    assert histogram([1234, 1234, 1300]).kept == {"width": 0.01, "start": 12.34, "leads": [2, *[0] * 65, 1]}


def test_what_is_above_or_below_all_leads_of_the_earlier_run_is_in_its_outer_bins() -> None:
    before = [place * 100 for place in range(100)]
    far = [
        score - 5_000 if score < 1_000 else score + 50_000 if score >= 9_000 else score for score in before
    ]
    assert score_stability(histogram(before), histogram(far)) == 0


def test_scores_that_are_far_apart_take_no_room() -> None:
    found = score_stability(histogram([0, 1]), histogram([99_999_998, 99_999_999]))
    assert found is not None
    assert len(histogram([0, 99_999_999]).leads) <= BINS


COUNTS = st.lists(st.integers(1, 1000), min_size=2, max_size=12)


@given(COUNTS, COUNTS)
def test_it_is_the_relative_entropy_both_ways_as_scipy_has_it(before: list[int], now: list[int]) -> None:
    stats = pytest.importorskip("scipy.stats")
    count = min(len(before), len(now))
    both = [each[:count] for each in (before, now)]
    assert psi(*both) == pytest.approx(stats.entropy(*both) + stats.entropy(*reversed(both)), abs=1e-9)


SCORES = st.lists(st.integers(-300, 300), min_size=1, max_size=60)


@given(SCORES)
def test_a_histogram_holds_each_lead_in_its_bin_and_is_read_as_it_was_kept(scores: list[int]) -> None:
    made = histogram(scores)
    for place, leads in enumerate(made.leads.tolist()):
        low = made.start + place * made.width
        assert leads == sum(low <= score < low + made.width for score in scores)
    assert made.leads.sum() == len(scores)
    read = Histogram.read(made.kept)
    assert (read.width, read.start, read.leads.tolist()) == (made.width, made.start, made.leads.tolist())


@given(SCORES, SCORES)
def test_the_score_is_put_into_tenths_of_the_earlier_run(before: list[int], now: list[int]) -> None:
    """An oracle in plain Python: each lead's bin is the tenth in which its bin of equal width begins."""
    each = histogram(before), histogram(now)
    width = max(made.width for made in each)
    starts = sorted({score // width for score in before})
    ranks = {start: 10 * sum(score // width < start for score in before) // len(before) for start in starts}

    def tenth(score: int) -> int:
        return ranks[next((start for start in starts if start >= score // width), starts[-1])]

    bins = sorted(set(ranks.values()))
    counts = [[sum(tenth(score) == own for score in scores) for own in bins] for scores in (before, now)]
    shares = [[max(count, 0.5) / sum(of_run) for count in of_run] for of_run in counts]
    expected = math.fsum((a - e) * math.log(a / e) for e, a in zip(*shares, strict=True))
    assert score_stability(*each) == pytest.approx(expected, abs=1e-9)


@given(SCORES)
def test_the_same_leads_are_stable(scores: list[int]) -> None:
    assert score_stability(histogram(scores), histogram(scores)) == 0


@pytest.mark.parametrize(
    "kept",
    [
        {"width": 0, "start": 0, "leads": [1]},
        {"width": 1, "start": 0.5, "leads": [1]},
        {"width": 1, "start": 0, "leads": [-1]},
    ],
)
def test_what_is_no_histogram_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no histogram"):
        Histogram.read(kept)
