"""test_profile: closeness to an ideal customer is exact, and a profile that cannot be meant is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.facts import Facts, Tally
from leadscore.model.lint import lint_model
from leadscore.model.load import load_model
from leadscore.model.schema import Model
from leadscore.model.tree import Tree
from leadscore.pipeline.batch import score_batch
from leadscore.points import round_half_away

AS_OF = date(2026, 6, 30)
IDEAL: dict[str, Any] = {"name": "ideal", "field": "size", "centre": 400, "half_width": 300}


def model_of(**rule: Any) -> Model:
    rule = {"name": "profile", "kind": "profile", "points": 100, "criteria": [IDEAL], **rule}
    return load_model(
        {"name": "t", "id": "id", "groups": {"fit": {"rules": [rule]}}, "tiers": [{"name": "all"}]}
    )


def scores_of(model: Model, **columns: list[str]) -> list[int]:
    leads = pd.DataFrame(columns, dtype="str")
    leads["id"] = pd.Series([str(place) for place in range(len(leads))], dtype="str")
    scores = score_batch(leads, model, AS_OF)["score"].to_numpy()
    return [int(score) for score in np.rint(scores * 100)]


def decimals(digits: int) -> st.SearchStrategy[Decimal]:
    """Numbers of up to so many digits, with the point anywhere."""
    return st.builds(
        lambda number, places: Decimal(number).scaleb(-places),
        st.integers(-(10**digits) + 1, 10**digits - 1),
        st.integers(0, 14),
    )


near = st.integers(-3, 3).map(lambda steps: Decimal(steps) / 8)
weights = st.sampled_from([Decimal("0.01"), Decimal("0.5"), Decimal(1), Decimal(3), Decimal(1_000_000)])


@given(
    decimals(14),
    decimals(8).filter(lambda width: width > 0),
    st.lists(near | decimals(14), min_size=1),
    st.tuples(weights, weights),
    st.sampled_from([Decimal("0.01"), Decimal("1.5"), Decimal(-1_000_000)]),
)
def test_points_are_those_of_exact_fractions_however_large_small_or_close_the_numbers_are(
    centre: Decimal,
    half_width: Decimal,
    offsets: list[Decimal],
    weights: tuple[Decimal, Decimal],
    points: Decimal,
) -> None:
    sizes = [
        format(number, "f") for offset in offsets if digits(number := centre + offset * half_width) <= 15
    ]
    graded = {**IDEAL, "centre": centre, "half_width": half_width, "weight": weights[0]}
    told = {"name": "told", "when": {"told": "yes"}, "weight": weights[1]}
    model = model_of(points=points, criteria=[graded, told])
    expected = []
    for size in sizes:
        closeness = max(Fraction(0), 1 - abs(Fraction(size) - Fraction(centre)) / Fraction(half_width))
        share = (Fraction(weights[0]) * closeness + Fraction(weights[1])) / Fraction(sum(weights))
        expected.append(round_half_away(Fraction(points) * 100 * share))
    assert scores_of(model, size=sizes, told=["yes"] * len(sizes)) == expected


def digits(number: Decimal) -> int:
    """As many as the text of a number has, zeros after the point included."""
    return len(format(number, "f").replace("-", "").replace(".", "").lstrip("0"))


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"criteria": []}, "criteria: is empty; write at least one, or remove the key"),
        ({"criteria": [{"name": "a"}]}, "criteria.a: must have either when, or field, centre and half_width"),
        ({"criteria": [{**IDEAL, "when": {"b": "c"}}]},
         "criteria.ideal: must have either when, or field, centre and half_width"),
        ({"criteria": [{"name": "a", "field": "size", "centre": 3}]},
         "criteria.a: needs field, centre and half_width; add half_width"),
        ({"criteria": [{**IDEAL, "half_width": 0}]}, "criteria.ideal.half_width: must be above 0"),
        ({"criteria": [{**IDEAL, "weight": 0}]}, "criteria.ideal.weight: must be above 0"),
        ({"criteria": [{**IDEAL, "center": 4}]},
         "criteria.ideal.center: is not a known key; did you mean centre?"),
        ({"criteria": [IDEAL, IDEAL]}, "criteria: two of them are named 'ideal'; rename one"),
        ({"otherwise": 3}, "otherwise: has no meaning for a profile; what is far from it gets 0"),
        ({"unknown": "maybe"}, "unknown: is not one of the words known here; write ignore or zero"),
        ({"min_known": "150%"}, "min_known: is more than the whole"),
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_meant_is_refused(rule: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        model_of(**rule)
    assert any(f"groups.fit.rules.profile.{says}" in str(problem) for problem in caught.value.problems)


def test_a_profile_can_give_anything_from_nothing_to_its_points() -> None:
    assert model_of().bounds() == (0, 10_000)
    assert model_of(points=-20, missing=3).bounds() == (-2000, 300)


def test_that_every_lead_is_a_little_close_is_no_doubt() -> None:
    model = model_of()
    facts = Facts(tallies={"profile": Tally(with_points=9, known=9, leads=9)})
    assert lint_model(model, Tree("model.yml"), facts) == []
