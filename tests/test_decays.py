"""test_decays: how much age leaves of points, for every form of decay."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pydantic import ValidationError

from leadscore.decays import DECAYS, Decay
from leadscore.fields import Field, Leads
from leadscore.points import LIMIT

many = settings(max_examples=300)
SINCE = {"since": "seen"}
FORMS: list[dict[str, Any]] = [
    *({"half_life_days": days} for days in (1, 14, "7.5", 365)),
    *({"window_days": days} for days in (0, 14)),
    *({"daily": share} for share in ("2%", "100%", 0)),
    *({"linear": {"lose": share, "every_days": days}} for share in ("50%", "33%", "0.1") for days in (1, 30)),
    *({"steps": steps} for steps in ({45: "85%", 90: "70%"}, {90: "0.2", 10: "0.9"}, {0: "50%"})),
]
decays = st.sampled_from(FORMS).map(lambda form: decay(**form))


def decay(**settings: Any) -> Decay:
    return Decay.model_validate({**SINCE, **settings})


def leads_seen(ages: list[int | None]) -> Leads:
    """Leads that were last seen so many days ago."""
    days = np.array([np.nan if age is None else 20_000 - age for age in ages])
    texts = [str(place) for place in range(len(ages))]
    return Leads(len(ages), {"seen": Field("date", np.arange(len(ages)), texts, days)}, 20_000)


def left(points: int, settings: dict[str, Any], age: int | None) -> int:
    return int(decay(**settings).fade(np.array([points]), leads_seen([age]))[0])


@pytest.mark.parametrize(
    ("settings", "points", "age", "expected"),
    [
        *(
            ({"half_life_days": 14}, 5000, age, points)
            for age, points in ((0, 5000), (14, 2500), (30, 1132), (-3, 5000))
        ),
        *(({"daily": "2%"}, 5000, age, points) for age, points in ((0, 5000), (1, 4900), (30, 2727))),
        *(
            ({"linear": {"lose": "50%", "every_days": 30}}, 1000, age, points)
            for age, points in ((0, 1000), (29, 1000), (30, 500), (59, 500), (60, 0), (900, 0))
        ),
        *(
            ({"window_days": 14}, 1000, age, points)
            for age, points in ((0, 1000), (14, 1000), (15, 0), (-1, 1000))
        ),
        *(({"window_days": 0}, 1000, age, points) for age, points in ((0, 1000), (1, 0))),
        *(
            ({"steps": {45: "85%", 90: "70%"}}, 4000, age, points)
            for age, points in ((45, 4000), (46, 3400), (90, 3400), (91, 2800), (9999, 2800))
        ),
        ({"daily": "100%"}, 1000, 0, 1000),
        ({"daily": "100%"}, 1000, 1, 0),
    ],
)
def test_a_decay_leaves(settings: dict[str, Any], points: int, age: int, expected: int) -> None:
    assert left(points, settings, age) == expected
    assert left(-points, settings, age) == -expected


@pytest.mark.parametrize(
    ("missing", "expected"), [({}, 0), ({"missing": 1}, 1001), ({"missing": "50%"}, 501)]
)
def test_a_missing_date_leaves_the_declared_share(missing: dict[str, Any], expected: int) -> None:
    assert left(1001, {"half_life_days": 30, **missing}, None) == expected


@many
@given(decays, st.integers(-10, 5000), st.integers(0, 400))
def test_what_is_left_never_grows_with_age(decay: Decay, age: int, later: int) -> None:
    assert 0 <= decay.share_left(age + later) <= decay.share_left(age) <= 1


@many
@given(decays, st.integers(-5000, 0))
def test_what_is_new_or_still_to_come_has_not_faded(decay: Decay, age: int) -> None:
    assert decay.share_left(age) == 1


@many
@given(decays, st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(-5, 900)), max_size=10))
def test_points_are_rounded_once_half_away_from_zero(decay: Decay, given: list[tuple[int, int]]) -> None:
    points = np.array([point for point, _ in given], dtype=np.int64)
    found = decay.fade(points, leads_seen([age for _, age in given]))
    exact = [point * Fraction(decay.share_left(age)) for point, age in given]
    assert found.tolist() == [int(abs(one) + Fraction(1, 2)) * (1 if one >= 0 else -1) for one in exact]


@many
@given(decays, st.integers(-(10**6), 10**6), st.integers(0, 10**6), st.integers(0, 900))
def test_more_points_never_leave_less(decay: Decay, points: int, more: int, age: int) -> None:
    fewer, others = decay.fade(np.array([points, points + more]), leads_seen([age, age])).tolist()
    assert fewer <= others


@pytest.mark.parametrize("points", [LIMIT, 2 * LIMIT, -3 * LIMIT + 1, 5000 * LIMIT - 1])
def test_what_a_group_earned_may_be_more_than_one_rule_can_give(points: int) -> None:
    assert left(points, {"window_days": 14}, 3) == points
    half = int(Fraction(abs(points), 2) + Fraction(1, 2))
    assert left(points, {"half_life_days": 14}, 14) == (half if points > 0 else -half)


def test_a_half_life_halves() -> None:
    assert [decay(half_life_days=10).share_left(age) for age in (10, 20, 100)] == [
        Decimal(1) / 2**n for n in (1, 2, 10)
    ]


def test_every_form_is_tried_here() -> None:
    assert {next(iter(form)) for form in FORMS} == set(DECAYS)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({}, "exactly one of"),
        ({"half_life_days": 30, "window_days": 14}, "exactly one of"),
        ({"half_life_days": 0}, "greater than 0"),
        ({"linear": {"lose": "50%", "every_days": 0}}, "greater than 0"),
        ({"linear": {"lose": "50%"}}, "every_days"),
        ({"daily": "150%"}, "more than the whole"),
        ({"daily": "-2%"}, "is not a share"),
        ({"steps": {}}, "at least 1"),
        (
            {"steps": {"45": "85%", "045": "10%"}},
            "twice|whole number of days",
        ),  # the same day, written in two ways
        ({"window_days": "2 weeks"}, "whole number of days"),
        ({"half_life_days": 30, "missing": "lots"}, "is not a share"),
        ({"half_live_days": 30}, "half_life_days"),
    ],
    ids=str,
)
def test_a_decay_that_cannot_be_meant_is_refused(settings: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        decay(**settings)
