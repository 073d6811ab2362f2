"""test_count: counts from the n-th on, in a field or a log, hold to their formula to the last digit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.load import load_model
from leadscore.pipeline.batch import score_batch
from leadscore.points import LIMIT

AS_OF = date(2026, 6, 30)
HUNDREDTH = Decimal("0.01")
Config = dict[str, Any]


def config_of(*rules: Config) -> Config:
    named = [{"name": f"rule {place}", "kind": "count", **rule} for place, rule in enumerate(rules)]
    return {"name": "case", "id": "id", "groups": {"all": {"rules": named}}, "tiers": [{"name": "all"}]}


def points_of(rule: Config, cells: list[str]) -> list[Decimal]:
    leads = pd.DataFrame({"id": [str(place) for place in range(len(cells))], "n": cells}, dtype="str")
    scores = score_batch(leads, load_model(config_of({"field": "n", **rule})), AS_OF)["score"]
    return [Decimal(repr(score)) for score in scores.tolist()]


def formula(number: Decimal, each: Decimal, least: int, most: int | None) -> Decimal:
    """models.md E2: p x max(0, min(n, max) - (min - 1)), rounded once, half away from zero."""
    held = number if most is None else min(number, Decimal(most))
    exact = each * max(Decimal(0), held - (least - 1))
    return max(min(exact, Decimal(LIMIT) / 100), -Decimal(LIMIT) / 100).quantize(HUNDREDTH, ROUND_HALF_UP)


@settings(max_examples=100)
@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=8),
    st.integers(0, 6),
    st.integers(-LIMIT, LIMIT).map(lambda hundredths: Decimal(hundredths) / 100),
    st.one_of(st.integers(1, 5), st.integers(1, 1_000_000)),
    st.one_of(st.none(), st.integers(0, 1_000_000)),
)
def test_any_number_gives_the_points_of_the_formula(
    digits: list[int], decimals: int, each: Decimal, least: int, more: int | None
) -> None:
    # Beside random numbers those a little over the first time that counts: there floats lose their digits.
    first = [least - 1 + Decimal(number % 10**decimals).scaleb(-decimals) for number in digits]
    numbers = [Decimal(number).scaleb(-decimals) for number in digits] + first
    most = None if more is None else least + more
    rule = {"each": each, "min_count": least} | ({} if most is None else {"max_count": most})
    expected = [formula(number, each, least, most) for number in numbers]
    assert points_of(rule, [f"{number:f}" for number in numbers]) == expected


def test_a_float_alone_would_round_the_wrong_way() -> None:
    # 0.000025 x 1,000 points are 2.5 hundredths, and what floats leave of 999,999.000025 is a little less.
    assert float("999999.000025") - 999_999 < 0.0000249999999
    rule = {"each": 1000, "min_count": 1_000_000}
    assert points_of(rule, ["999999.000025", "999999.000024"]) == [Decimal("0.03"), Decimal("0.02")]


def log_of(*visits: tuple[str, int]) -> pd.DataFrame:
    """An event a line: lead, and how many days ago."""
    days = [str(AS_OF - timedelta(days)) for _, days in visits]
    return pd.DataFrame({"id": [lead for lead, _ in visits], "event": "visit", "time": days}, dtype="str")


LOG = log_of(*[("2", 1)] * 2, *[("3", 1)] * 3, *[("4", 1)] * 4, *[("9", 1)] * 9)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"each": 5, "min_count": 3}, [0, 0, 5, 10, 35]),
        ({"each": 5, "min_count": 3, "max_count": 5}, [0, 0, 5, 10, 15]),
        ({"each": 5, "max_count": 3}, [0, 10, 15, 15, 15]),
        ({"each": 5, "min_count": 3, "cap": 8}, [0, 0, 5, 8, 8]),
        ({"each": -5, "min_count": 3, "floor": -8}, [0, 0, -5, -8, -8]),
        ({"each": 5, "min_count": 3, "at_most_per_day": 4}, [0, 0, 5, 10, 10]),
        ({"each": 5, "min_count": 3, "within_days": 0}, [0, 0, 0, 0, 0]),
        ({"each": 5, "min_count": 1}, [0, 10, 15, 20, 45]),
        ({"each": 5, "min_count": 3, "decay": {"window_days": 9, "since": "seen"}}, [0, 0, 5, 10, 35]),
    ],
)
@pytest.mark.parametrize("order", [LOG, LOG.iloc[::-1], LOG.sample(frac=1, random_state=7)])
def test_events_count_from_the_third_on(rule: Config, expected: list[int], order: pd.DataFrame) -> None:
    leads = pd.DataFrame({"id": ["0", "2", "3", "4", "9"], "seen": "2026-06-29"}, dtype="str")
    model = load_model(config_of({"event": "visit", **rule}))
    assert score_batch(leads, model, AS_OF, order)["score"].tolist() == expected


@pytest.mark.parametrize(
    ("rule", "bounds"),
    [
        ({"each": 5, "min_count": 3, "max_count": 5}, (0, 1500)),
        ({"each": 5, "min_count": 3, "max_count": 5, "cap": 12}, (0, 1200)),
        ({"each": -5, "max_count": 2}, (-1000, 0)),
        ({"each": 5, "min_count": 3}, (0, LIMIT)),
        ({"each": 5, "max_count": 900_000}, (0, LIMIT)),
        ({"each": 0, "min_count": 3}, (0, 0)),
    ],
)
def test_the_last_time_that_counts_is_the_most_a_count_can_give(
    rule: Config, bounds: tuple[int, int]
) -> None:
    assert load_model(config_of({"field": "n", **rule})).groups["all"].rules[0].bounds() == bounds


def test_a_count_with_a_last_time_has_its_whole_range_in_the_coverage() -> None:
    # 15 of 15 + 5: the second field is empty.
    model = load_model(
        config_of({"field": "n", "each": 5, "min_count": 3, "max_count": 5}, {"field": "m", "each": 5})
    )
    leads = pd.DataFrame({"id": ["1"], "n": ["4"], "m": [""]}, dtype="str")
    assert score_batch(leads, model, AS_OF)["coverage"].tolist() == [0.75]


def test_a_tier_above_the_last_time_that_counts_is_out_of_reach() -> None:
    config = config_of({"field": "n", "each": 5, "min_count": 3, "max_count": 5})
    tiers = [{"name": "Hot", "min_score": 15}, {"name": "Cold"}]
    assert load_model({**config, "tiers": tiers}).tiers
    with pytest.raises(ConfigError, match="the most a lead can score is 15"):
        load_model({**config, "tiers": [{"name": "Hot", "min_score": 16}, {"name": "Cold"}]})
