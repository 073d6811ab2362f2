"""test_scales: where a number stands between the least and the most it can be, in every form."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.measures import FORMS, Amounts, Labels, Range, Scale
from leadscore.model.load import load_model
from tests.measures.models import model_of, score

PARDOT = {
    "A": 9,
    "A-": 8,
    "B+": 7,
    "B": 6,
    "B-": 5,
    "C+": 4,
    "C": 3,
    "C-": 2,
    "D+": 1,
    "D": 0,
    "D-": -1,
    "F": -3,
}


def measure(scale: Scale, points: list[int], low: int, high: int) -> list[int] | list[str]:
    """A scale of these hundredths, between these two."""
    found = scale.measure(Amounts(np.array(points, dtype=np.int64), Range(low, high)))
    if isinstance(found, Labels):
        return [found.names[code] for code in found.codes.tolist()]
    return list(found.hundredths.tolist())


def of_75_percent(**scale: object) -> object:
    return score(model_of({"x": (0, 40)}, scales={"s": {"of": "x", **scale}}), x=30)["s"]


def test_75_percent_is_75_25_from_1_to_100_and_8_from_1_to_10() -> None:
    assert of_75_percent(to="percent") == 75
    assert of_75_percent(to="1-100") == 75.25
    assert of_75_percent(to="1-10") == 8


def test_75_percent_is_green_at_a_cut_of_70_and_a_yes_at_one_of_50() -> None:
    assert of_75_percent(cuts={"green": 70, "amber": 40, "red": 0}) == "green"
    assert of_75_percent(cuts={"yes": 50, "no": 0}) == "yes"
    assert of_75_percent(cuts={"A*": 95, "A": 80, "A-": 75, "B+": 70, "F-": 0}) == "A-"


@pytest.mark.parametrize(
    ("thirds", "letter"), [(3 + 2 + 1, "B"), (0, "D"), (3, "C"), (1, "D+"), (-1, "D-"), (-3, "F"), (-2, "F")]
)
def test_a_letter_starts_at_d_and_moves_by_thirds(thirds: int, letter: str) -> None:
    model = model_of({"x": (-3, 9)}, scales={"s": {"of": "x", "by": "points", "cuts": PARDOT}})
    assert score(model, x=thirds)["s"] == letter


@pytest.mark.parametrize(
    ("points", "light"), [(2800, "green"), (2799, "amber"), (1600, "amber"), (1599, "red"), (0, "red")]
)
def test_a_cut_belongs_to_its_label(points: int, light: str) -> None:
    scale = Scale.model_validate({"of": "x", "cuts": {"green": 70, "amber": 40, "red": 0}})
    assert measure(scale, [points], 0, 4000) == [light]


def test_a_minimum_below_zero_counts_from_there() -> None:
    model = model_of({"x": (-20, 20)}, scales={"s": {"of": "x", "to": "percent"}})
    assert [score(model, x=points)["s"] for points in (-20, 0, 20)] == [0, 50, 100]


spans = st.integers(-(10**8), 10**8).flatmap(
    lambda low: st.tuples(st.just(low), st.integers(low + 1, 2 * 10**8))
)
points_within = spans.flatmap(
    lambda span: st.tuples(st.just(span), st.lists(st.integers(*span), min_size=1, max_size=20))
)
EXACT: dict[str, Callable[[Fraction], int]] = {
    "percent": lambda share: floor(share * 10_000 + Fraction(1, 2)),
    "1-100": lambda share: floor(100 + 9_900 * share + Fraction(1, 2)),
    "1-10": lambda share: min(max(ceil(share * 10), 1), 10) * 100,
}


@pytest.mark.parametrize("form", FORMS)
@given(points_within)
def test_a_scale_is_what_fractions_give_rises_with_the_points_and_stays_in_its_range(
    form: str, case: tuple[tuple[int, int], list[int]]
) -> None:
    (low, high), points = case
    points = sorted([*points, low, high])
    found = measure(Scale.model_validate({"of": "x", "to": form}), points, low, high)
    assert found == [EXACT[form](Fraction(each - low, high - low)) for each in points]
    assert found == sorted(found)
    assert (found[0], found[-1]) == FORMS[form].range.ends


@given(points_within, st.lists(st.integers(0, 10_000), min_size=1, max_size=6, unique=True))
def test_a_label_is_that_of_the_highest_cut_the_exact_percent_reaches(
    case: tuple[tuple[int, int], list[int]], cuts: list[int]
) -> None:
    (low, high), points = case
    labels = {f"from {cut}": cut for cut in cuts}
    scale = Scale.model_validate(
        {"of": "x", "cuts": {name: Decimal(cut) / 100 for name, cut in labels.items()}}
    )
    for found, each in zip(measure(scale, points, low, high), points, strict=True):
        percent = Fraction(100_00 * (each - low), high - low)  # in hundredths, as the cuts are
        reached = [cut for cut in cuts if percent >= cut] or [min(cuts)]
        assert labels[str(found)] == max(reached)


@pytest.mark.parametrize(
    ("scales", "key", "said"),
    [
        ({"s": {"of": "x"}}, "scales.s", "must have to"),
        ({"s": {"of": "x", "to": "percent", "cuts": {"a": 1}}}, "scales.s", "must have to"),
        ({"s": {"of": "x", "to": "1-5"}}, "scales.s.to", "write percent, 1-100, 1-10 or percentile"),
        ({"s": {"of": "x", "cuts": {"a": 101}}}, "scales.s.cuts", "from 0 to 100"),
        ({"s": {"of": "x", "cuts": {"a": 5, "b": 5}}}, "scales.s.cuts", "the same cut twice"),
        ({"s": {"of": "x", "to": "1-10", "by": "points"}}, "scales.s.by", "there are none"),
        ({"s": {"of": "y", "to": "1-10"}}, "scales.s.of", "no group, score or number called y"),
        ({"s": {"of": "scor", "to": "1-10"}}, "scales.s.of", "did you mean score?"),
        ({"s": {"of": "open", "to": "1-10"}}, "scales.s.of", "open has no maximum"),
        ({"s": {"of": "lost", "to": "1-10"}}, "scales.s.of", "lost has no minimum"),
        ({"s": {"of": "score", "to": "1-10"}}, "scales.s.of", "score has no maximum"),
        ({"s": {"of": "none", "cuts": {"a": 5}}}, "scales.s.of", "the same for every lead"),
        ({"x": {"of": "x", "to": "1-10"}}, "scales.x", "another column has this name"),
        ({"leads": {"of": "x", "to": "1-10"}}, "scales.leads", "another column has this name"),
        ({"tier": {"of": "x", "to": "1-10"}}, "scales.tier", "another column has this name"),
    ],
)
def test_a_scale_that_cannot_be_worked_out_is_refused(scales: object, key: str, said: str) -> None:
    config = model_of({"x": (0, 40), "open": (0, None), "lost": (None, 0), "none": (0, 0)}, scales=scales)
    with pytest.raises(ConfigError) as refused:
        load_model(config)
    assert any(f"{key}: " in str(each) and said in str(each) for each in refused.value.problems)


def test_a_cap_gives_a_group_or_the_score_the_maximum_its_rules_lack() -> None:
    groups = {"x": (0, 40), "open": (0, None)}
    capped = model_of(groups, scales={"s": {"of": "score", "to": "percent"}}, score={"cap": 200})
    assert score(capped, x=0, open=100)["s"] == 50
    by_points = model_of(groups, scales={"s": {"of": "open", "by": "points", "cuts": {"many": 9, "few": 0}}})
    assert score(by_points, x=0, open=10**6)["s"] == "many"
