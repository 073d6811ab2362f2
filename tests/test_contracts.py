"""test_contracts: what holds for any config and any leads: the laws, on random models.

One list of promises, above the budget because it is read as one.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal, localcontext
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings, strategies as st
from pandas.testing import assert_frame_equal

from leadscore.errors import ConfigError, InputError
from leadscore.model.load import load_model
from leadscore.pipeline.batch import Scored, score_batch, score_leads
from leadscore.pipeline.combine import Contributions
from leadscore.pipeline.fit import fit_model
from tests.oracle import Lead, Verdict, holds, judge
from tests.strategies import (
    AS_OF,
    EMPTY,
    Case,
    Config,
    cases,
    cells_of,
    configs,
    frames,
    gains,
    leads_of,
    reachable,
    rows,
)

many = settings(max_examples=100)
shuffles = st.randoms(use_true_random=False)
RESULTS = ["score", "tier", "fit", "engagement", "doubts", "disqualified_by"]


def score(config: Config, leads: pd.DataFrame) -> Scored:
    model = load_model(config)
    return score_leads(leads, model, fit_model(model, list(leads.columns), "leads").columns, AS_OF)


def batch(config: Config, leads: pd.DataFrame) -> pd.DataFrame:
    return score_batch(leads, load_model(config), AS_OF)


def exact(points: pd.Series[float]) -> list[Decimal]:
    """Points as score_batch gives them: each float is the one nearest to two decimals."""
    return [Decimal(repr(value)) for value in points.tolist()]


def results(config: Config, leads: pd.DataFrame) -> pd.DataFrame:
    return batch(config, leads)[RESULTS + ["grade"] * ("grade" in config)]


def contributions_of(scored: Scored) -> Contributions:
    """The lines of all leads: without segments one model scores them."""
    (portion,) = scored.portions
    return portion.contributions


def verdicts(scored: Scored) -> list[Verdict]:
    """What leadscore says, in the oracle's form."""
    contributions = contributions_of(scored)
    names = [line.name for line in contributions.lines]
    found = scored.columns.astype(object).where(scored.columns.notna(), None).to_dict("records")
    return [
        Verdict(
            lines=list(zip(names, contributions.points[:, place].tolist(), strict=True)),
            groups={name: int(row[str(name)]) for name in contributions.groups},
            grade=row.get("grade"),
            **{key: row[key] for key in ("score", "tier", "coverage", "disqualified_by")},
        )
        for place, row in enumerate(found)
    ]


def check_against_oracle(case: Case) -> None:
    config, leads = case
    assert verdicts(score(config, leads)) == [judge(config, cells, AS_OF) for cells in cells_of(leads)]


@given(cases)
@settings(max_examples=200)
def test_every_line_score_tier_and_grade_is_what_plain_arithmetic_gives(case: Case) -> None:
    check_against_oracle(case)


@pytest.mark.slow
@given(cases)
@settings(max_examples=600)
def test_every_line_score_tier_and_grade_is_what_plain_arithmetic_gives_in_many_more_cases(
    case: Case,
) -> None:
    check_against_oracle(case)


@many
@given(cases, shuffles)
def test_a_lead_scores_the_same_in_any_batch_and_any_order(case: Case, random: Random) -> None:
    config, leads = case
    whole, order = batch(config, leads), list(range(len(leads)))
    random.shuffle(order)
    cut = random.randint(0, len(order))
    parts = [batch(config, leads.iloc[places]) for places in (order[:cut], order[cut:])]
    assert_frame_equal(pd.concat(parts).loc[whole.index], whole)


@many
@given(cases)
def test_contributions_add_up_to_groups_and_score_within_the_computed_bounds(case: Case) -> None:
    config, leads = case
    model, contributions = load_model(config), contributions_of(score(config, leads))
    assert (contributions.points.sum(axis=0) == contributions.score).all()
    for name, points in contributions.groups.items():
        mine = [place for place, line in enumerate(contributions.lines) if line.group == name]
        assert (contributions.points[mine].sum(axis=0) == points).all()
        low, high = model.groups[name].bounds()
        assert (points >= low).all()
        assert (points <= high).all()
    low, high = model.bounds()
    assert (contributions.score >= low).all()
    assert (contributions.score <= high).all()


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
def test_a_rule_that_matches_nobody_changes_no_score(case: Case, gain: Decimal) -> None:
    config, leads = case
    more = copy.deepcopy(config)
    idle = {"name": "idle", "kind": "match", "when": {"lead_id": "nobody's"}, "points": gain}
    more["groups"]["fit"]["rules"].append(idle)
    assert_frame_equal(results(more, leads), results(config, leads))


@many
@given(cases, gains)
def test_more_points_lower_no_lead_that_matches_and_move_no_other(case: Case, gain: Decimal) -> None:
    # With caps and decays too: they may swallow a gain, and never turn it round.
    config, leads = case
    more = copy.deepcopy(config)
    rule = more["groups"]["fit"]["rules"][0]
    rule["points"] += gain
    before, after = results(config, leads)["score"], results(reachable(more), leads)["score"]
    fields = [Lead(config["fields"], cells, AS_OF) for cells in cells_of(leads)]
    for lead, old, new in zip(fields, before, after, strict=True):
        assert new >= old if holds(rule["when"], lead) else new == old


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


@many
@given(cases, gains, st.lists(st.integers(-100, 100), min_size=10, max_size=10), st.integers(0, 60))
def test_a_higher_value_never_scores_less_where_at_least_earns_points(
    case: Case, gain: Decimal, sizes: list[int], rise: int
) -> None:
    config, leads = case
    more = copy.deepcopy(config)
    more["groups"]["doubts"]["rules"].append(
        {"name": "size", "kind": "match", "when": {"size": {"at_least": 9.5}}, "points": gain}
    )
    low, high = (
        results(
            more, leads.assign(size=pd.Series([str(size + add) for size in sizes[: len(leads)]], dtype="str"))
        )
        for add in (0, rise)
    )
    assert (high["score"] >= low["score"]).all()


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
def test_the_order_of_keys_in_a_config_means_nothing(case: Case, random: Random) -> None:
    config, leads = case
    other = shuffled(config, random)
    assert load_model(other).digest == load_model(config).digest
    assert_frame_equal(results(other, leads), results(config, leads))


@many
@given(cases, shuffles)
def test_the_order_of_rules_in_a_group_changes_no_score(case: Case, random: Random) -> None:
    config, leads = case
    other = copy.deepcopy(config)
    for group in other["groups"].values():
        random.shuffle(group["rules"])
    assert_frame_equal(results(other, leads), results(config, leads))


def changed(value: Any, random: Random) -> Any:
    """A config with one value, somewhere, another one."""
    if isinstance(value, dict | list) and value:
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        other = copy.copy(value)
        other[key] = changed(value[key], random)
        return other
    if isinstance(value, bool):
        return not value
    if isinstance(value, date):
        return value + timedelta(1)
    return value + 1 if isinstance(value, int | Decimal) else f"{value}x" if isinstance(value, str) else "x"


@many
@given(configs(), shuffles)
def test_another_meaning_has_another_digest(config: Config, random: Random) -> None:
    read = load_model(config).fields  # a field that nothing reads means nothing
    config = config | {"fields": {name: field for name, field in config["fields"].items() if name in read}}
    try:
        other = load_model(changed(config, random))
    except ConfigError:
        assume(False)
    assert other.digest != load_model(config).digest


@many
@given(configs(), rows, shuffles)
def test_an_empty_cell_is_unknown_however_it_is_written(
    config: Config, cells: list[Any], random: Random
) -> None:
    otherwise = [tuple(random.choice(EMPTY) if cell in EMPTY else cell for cell in row) for row in cells]
    assert_frame_equal(batch(config, leads_of(otherwise)), batch(config, leads_of(cells)))


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
