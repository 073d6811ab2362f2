"""test_properties_points: points add up, follow the rules, and are what plain arithmetic says."""

from __future__ import annotations

import copy
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.model.load import load_model
from tests.oracle import Lead, holds, judge
from tests.properties import contributions_of, often, results, score, verdicts
from tests.strategies import AS_OF, Case, cases, cells_of, gains, reachable
from tests.strategies_quick import GROUPS, quick_cases, wide_cases


@often
@given(wide_cases)
def test_f04_the_reasons_caps_and_floors_add_up_to_the_score(case: Case) -> None:
    config, leads = case
    scored = score({**config, "output": {"reasons": 30}}, leads)
    model, found = load_model(config), contributions_of(scored)
    for place, (reasons, total) in enumerate(zip(scored.columns["reasons"], found.score, strict=True)):
        listed = [reason.rpartition(" ") for reason in filter(None, reasons.split("; "))]
        others = [
            int(points)
            for line, points in zip(found.lines, found.points[:, place], strict=True)
            if line.kind not in ("rule", "decay")
        ]
        assert sum(Decimal(points) for _, _, points in listed) * 100 + sum(others) == int(total)
    low, high = model.bounds()
    assert all(low <= total <= high for total in found.score)
    for name, points in found.groups.items():
        mine = [place for place, line in enumerate(found.lines) if line.group == name]
        low, high = model.groups[name].bounds()
        assert (found.points[mine].sum(axis=0) == points).all()
        assert all(low <= total <= high for total in points)


@often
@given(quick_cases, gains)
def test_f05_more_points_lower_no_lead_that_matches_and_move_no_other(case: Case, gain: Decimal) -> None:
    # With caps and decays too: they may swallow a gain, and never turn it round.
    config, leads = case
    more = copy.deepcopy(config)
    rule = more["groups"]["fit"]["rules"][0]
    rule["points"] += gain
    before, after = results(config, leads)["score"], results(reachable(more), leads)["score"]
    fields = [Lead(config["fields"], cells, AS_OF) for cells in cells_of(leads)]
    for lead, old, new in zip(fields, before, after, strict=True):
        assert new >= old if holds(rule["when"], lead) else new == old


SIZES = st.lists(st.integers(-12_000, 12_000), min_size=10, max_size=10)


@often
@given(quick_cases, gains, SIZES, SIZES, st.sampled_from(["at_least", "above"]), st.sampled_from(GROUPS))
def test_f06_a_higher_value_never_scores_less_where_at_least_earns_points(
    case: Case, gain: Decimal, sizes: list[int], rises: list[int], operator: str, group: str
) -> None:
    config, leads = case
    more = copy.deepcopy(config)
    rule = {"name": "size", "kind": "match", "when": {"size": {operator: "9.5"}}, "points": gain}
    more["groups"][group]["rules"].append(rule)
    more = reachable(more)
    low, high = (
        results(more, leads.assign(size=pd.Series([str(Decimal(size) / 100) for size in of], dtype="str")))
        for of in (sizes, [size + abs(rise) for size, rise in zip(sizes, rises, strict=True)])
    )
    assert (high["score"] >= low["score"]).all()


def check_against_oracle(case: Case) -> None:
    config, leads = case
    assert verdicts(score(config, leads)) == [judge(config, cells, AS_OF) for cells in cells_of(leads)]


@often
@given(cases)
def test_f18_every_line_score_tier_and_grade_is_what_plain_arithmetic_gives(case: Case) -> None:
    check_against_oracle(case)


@pytest.mark.slow
@given(cases)
@settings(max_examples=2_000)
def test_f18_every_line_score_tier_and_grade_is_what_plain_arithmetic_gives_in_many_more_cases(
    case: Case,
) -> None:
    check_against_oracle(case)
