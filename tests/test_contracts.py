"""test_contracts: what else holds for any config and any leads, beside the properties of the score."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal, localcontext
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from pandas.testing import assert_frame_equal

from leadscore.errors import InputError
from tests.oracle import judge
from tests.properties import batch, exact, results, score, verdicts
from tests.strategies import (
    AS_OF,
    Case,
    Config,
    cases,
    cells_of,
    configs,
    frames,
    gains,
    leads_of,
    reachable,
)

shuffles = st.randoms(use_true_random=False)
many = settings(max_examples=100)


@many
@given(cases)
def test_the_callers_leads_stay_as_they_are(case: Case) -> None:
    config, leads = case
    before = leads.copy(deep=True)
    batch(config, leads)
    assert_frame_equal(leads, before, check_exact=True)
    assert leads.dtypes.equals(before.dtypes)


@many
@given(cases)
def test_an_empty_batch_has_the_columns_and_types_of_a_full_one(case: Case) -> None:
    config, leads = case
    empty, full = batch(config, leads.iloc[:0]), batch(config, leads)
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert list(empty.columns) == list(full.columns)


typed_rows = st.lists(
    st.tuples(
        st.integers(-50, 2000),
        st.one_of(st.none(), st.integers(-5000, 500000).map(lambda n: n / 100)),
        st.booleans(),
        st.one_of(st.none(), st.integers(-30, 800).map(lambda days: AS_OF - timedelta(days))),
    ),
    min_size=1,
    max_size=8,
)


@many
@given(configs(), typed_rows)
def test_typed_columns_score_as_the_text_of_their_values(
    config: Config, values: list[tuple[Any, ...]]
) -> None:
    columns = ["visits", "Employees", "unsubscribed", "last_seen"]
    text = leads_of([("CEO", "NO", "a@no.example", *[None] * 5)] * len(values))[: len(values)]
    typed = text.copy()
    for place, column in enumerate(columns):
        cells = [row[place] for row in values]
        dtype = {"last_seen": "datetime64[ns]", "Employees": "float64"}.get(column)
        typed[column] = pd.Series(cells, dtype=dtype)
        text[column] = pd.Series([None if cell is None else str(cell) for cell in cells], dtype="str")
    assert_frame_equal(batch(config, typed), batch(config, text))


SMALL: Config = {
    "id": "lead_id",
    "name": "small",
    "tiers": [{"name": "rest"}],
}


def one_group(*rules: Config, **more: Any) -> Config:
    return {**SMALL, "groups": {"fit": {"rules": list(rules)}}, **more}


@pytest.mark.parametrize(
    ("field", "typed", "text"),
    [
        ({"type": "number"}, 0.00001, "0.00001"),
        ({"type": "number", "decimal": ","}, 1.5, "1,5"),
        ({"type": "number", "decimal": ",", "thousands": "."}, 1.234, "1,234"),
        ({"type": "date", "format": "%d/%m/%Y"}, pd.Timestamp("2026-06-30"), "30/06/2026"),
        ({"type": "boolean", "true": ["J"], "false": ["N"]}, True, "J"),
    ],
    ids=lambda value: str(value),
)
def test_a_typed_value_needs_no_declared_way_of_writing(field: Config, typed: object, text: str) -> None:
    above = {"number": {"above": 0, "below": 10}, "date": {"within_days": 0}, "boolean": {"is": True}}[
        field["type"]
    ]
    config = one_group({"name": "r", "kind": "match", "when": {"x": above}, "points": 5}, fields={"x": field})
    found = [batch(config, pd.DataFrame({"lead_id": ["1"], "x": [cell]})) for cell in (text, typed)]
    assert [frame["score"].tolist() for frame in found] == [[Decimal(5)], [Decimal(5)]]


@many
@given(cases)
def test_leads_may_have_an_index_that_repeats_and_other_columns_in_any_order(case: Case) -> None:
    config, leads = case
    odd = leads.assign(unused="x")[["unused", *leads.columns[::-1]]].set_axis(["a"] * len(leads))
    assert_frame_equal(batch(config, odd).reset_index(drop=True), batch(config, leads))


def test_a_column_a_rule_reads_may_not_stand_twice() -> None:
    config = one_group({"name": "r", "kind": "match", "when": {"x": "a"}, "points": 5})
    with pytest.raises(InputError, match="twice"):
        batch(config, pd.DataFrame([["1", "a", "b"]], columns=["lead_id", "x", "x"]))


def test_a_column_may_be_named_by_a_number() -> None:
    config = one_group({"name": "r", "kind": "match", "when": {"2025": "a"}, "points": 5})
    leads = pd.DataFrame([["1", "a"]], columns=["lead_id", 2025])
    assert batch(config, leads)["score"].tolist() == [5]


@many
@given(cases, gains)
def test_more_points_without_bounds_and_decays_raise_a_matching_lead_by_just_that(
    case: Case, gain: Decimal
) -> None:
    config, leads = case
    rule = {"name": "sure", "kind": "match", "when": {"lead_id": {"known": True}}, "points": gain}
    bare = {**config, "score": {}, "groups": copy.deepcopy(config["groups"])}
    bare["groups"]["fit"] = {"rules": bare["groups"]["fit"]["rules"]}
    bare = reachable(bare)
    more = copy.deepcopy(bare)
    more["groups"]["fit"]["rules"].append(rule)
    before, after = (exact(results(config, leads)["score"]) for config in (bare, more))
    assert after == [score + gain for score in before]


def shuffled(value: Any, random: Random) -> Any:
    """The same meaning with the keys of every mapping in another order."""
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    random.shuffle(keys)
    return {key: shuffled(value[key], random) for key in keys}


@many
@given(cases, shuffles)
def test_the_order_of_keys_in_a_config_changes_no_result(case: Case, random: Random) -> None:
    config, leads = case
    other = shuffled(config, random)
    assert_frame_equal(results(other, leads), results(config, leads))


@settings(max_examples=50)
@given(cases)
def test_the_callers_decimal_settings_change_nothing(case: Case) -> None:
    config, leads = case
    expected = verdicts(score(config, leads))
    with localcontext(prec=4, rounding=ROUND_DOWN):
        assert verdicts(score(config, leads)) == expected


@pytest.mark.parametrize(
    ("points", "tier"), [("49.99", "none"), ("50", "MQL"), ("79.99", "MQL"), ("80", "SQL"), ("-1", "none")]
)
@pytest.mark.parametrize("parts", [1, 3])
def test_a_cut_belongs_to_the_tier_above_it(points: str, tier: str, parts: int) -> None:
    tiers = [{"name": "SQL", "min_score": 80}, {"name": "MQL", "min_score": 50}, {"name": "none"}]
    given = [Decimal("0.1")] * (parts - 1)
    rules = [
        {"name": f"rule {place}", "kind": "match", "when": {"lead_id": {"known": True}}, "points": part}
        for place, part in enumerate([*given, Decimal(points) - sum(given)])
    ]
    # Nobody has it, and with it every tier could be reached.
    rules.append({"name": "more", "kind": "match", "when": {"lead_id": "2"}, "points": 100})
    found = batch(one_group(*rules, tiers=tiers), pd.DataFrame({"lead_id": ["1"]}))
    assert (exact(found["score"]), found["tier"].tolist()) == ([Decimal(points)], [tier])


@settings(max_examples=25)
@given(frames)
def test_the_oracle_can_disagree(leads: pd.DataFrame) -> None:
    # A comparison that can never fail would prove nothing.
    config = one_group({"name": "r", "kind": "match", "when": {"lead_id": {"known": True}}, "points": 5})
    said = judge(config, cells_of(leads)[0], AS_OF)
    assert verdicts(score(config, leads))[0] == said != replace(said, score=said.score + 1)
