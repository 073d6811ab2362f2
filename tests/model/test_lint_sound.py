"""test_lint_sound: what the linter says can never be is never there, and gaps are where they are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings, strategies as st

from leadscore.model.lint import lint_model
from leadscore.model.lint_cases import cases_leave_gap, cases_overlap
from leadscore.model.load import load_model
from leadscore.model.subject import Subject
from leadscore.model.sums import totals_of_group, totals_of_score
from leadscore.model.tree import Tree
from tests.properties import contributions_of, score
from tests.strategies import FIELDS, RULES, Config, bounds, configs, frames, points, reachable

many = settings(max_examples=100)
FIXED = ("match", "table", "lookup", "bands")


@st.composite
def small(draw: st.DrawFn) -> Config:
    """A config of few rules with fixed points, many tiers and two letters."""
    groups = {group: {"rules": draw(fixed_rules(group)), **draw(bounds)} for group in ("fit", "engagement")}
    cuts = sorted(draw(st.sets(points, min_size=3, max_size=20)), reverse=True)
    tiers = [{"name": f"tier {place}", "min_score": cut} for place, cut in enumerate(cuts)]
    axes = {"rows": draw(axis("ABCD")), "columns": draw(axis("wxyz"))}
    head = {"name": "small", "id": "lead_id", "fields": FIELDS, "groups": groups, "grade": axes}
    score = {"combine": draw(st.sampled_from(["sum", "max"])), **draw(bounds)}
    return reachable({**head, "score": score, "tiers": [*tiers, {"name": "rest"}]})


@st.composite
def fixed_rules(draw: st.DrawFn, group: str) -> list[Config]:
    rules = draw(st.lists(st.one_of(RULES), min_size=1, max_size=2))
    fixed = [rule for rule in rules if rule["kind"] in FIXED and "decay" not in rule]
    assume(fixed)
    return [{**rule, "name": f"{group} {place}"} for place, rule in enumerate(fixed)]


@st.composite
def axis(draw: st.DrawFn, letters: str) -> Config:
    cuts = draw(st.sets(points, min_size=1, max_size=len(letters)))
    return {
        "group": draw(st.sampled_from(["fit", "fit", "engagement"])),
        "cuts": dict(zip(letters, cuts, strict=False)),
    }


@many
@given(small(), frames)
def test_points_come_to_one_of_the_totals_they_can_come_to(config: Config, leads: pd.DataFrame) -> None:
    model, made = load_model(config), contributions_of(score(config, leads))
    totals = totals_of_score(model)
    assert totals is not None
    assert set(made.score.tolist()) <= totals
    for name, group in model.groups.items():
        assert set(made.groups[name].tolist()) <= (totals_of_group(group) or set())


@many
@given(small(), frames)
def test_no_lead_has_the_tier_or_the_grade_that_is_said_to_be_out_of_reach(
    config: Config, leads: pd.DataFrame
) -> None:
    given_ = score(config, leads).columns
    letters = {letter for grade in given_["grade"] for letter in grade}
    for finding in lint_model(load_model(config), Tree("model.yml")):
        _, *rest = finding.problem.key.split(".")
        if finding.code == "tier-out-of-reach":
            assert config["tiers"][int(rest[0])]["name"] not in set(given_["tier"])
        elif finding.code == "grade-cut-out-of-reach":
            assert rest[-1] not in letters
        elif finding.code == "grade-cell-out-of-reach":
            cells = finding.problem.what.partition(" can never")[0].split(", ")
            assert not set(cells) & set(given_["grade"])


@many
@given(configs())
def test_any_config_can_be_looked_at(config: Config) -> None:
    lint_model(load_model(config), Tree("model.yml"))


ends = st.integers(0, 9)
tests = st.one_of(
    st.fixed_dictionaries({"at_least": ends}),
    st.fixed_dictionaries({"above": ends}),
    st.fixed_dictionaries({"at_most": ends}),
    st.fixed_dictionaries({"below": ends}),
    st.tuples(ends, ends).map(lambda pair: {"between": sorted(pair)}),
)
GRID = np.arange(-2, 12, 0.5)


def held(test: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which numbers of the grid, by the operators' own meaning."""
    ((name, end),) = test.items()
    low, high = (float(end[0]), float(end[1])) if name == "between" else (float(end), float(end))
    return {
        "at_least": low <= GRID, "above": low < GRID, "at_most": high >= GRID, "below": high > GRID,
        "between": (low <= GRID) & (high >= GRID),
    }[name]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(tests, min_size=2, max_size=5))
def test_a_gap_is_told_where_a_whole_number_between_the_cases_is_in_none_and_an_overlap_where_two_cross(
    cases: list[dict[str, Any]],
) -> None:
    listed = [{**case, "points": place} for place, case in enumerate(cases, start=1)]
    rule = {"name": "t", "kind": "table", "field": "visits", "cases": listed}
    config = {"name": "n", "id": "i", "groups": {"g": {"rules": [rule]}}, "tiers": [{"name": "all"}]}
    subject = Subject(load_model(config))
    each = [held(case) for case in cases]
    taken = np.logical_or.reduce(each)
    between = np.logical_or.accumulate(taken) & np.logical_or.accumulate(taken[::-1])[::-1]
    gap = bool((between & ~taken & (GRID % 1 == 0)).any())
    assert bool(list(cases_leave_gap(subject))) == gap
    crossing = {
        later
        for later in range(len(each))
        for earlier in range(later)
        if (each[later] & each[earlier]).any()
        and (each[later] & ~each[earlier]).any()
        and (each[earlier] & ~each[later]).any()
    }
    told = {fault.path[-1] for fault in cases_overlap(subject)}
    assert told == crossing
