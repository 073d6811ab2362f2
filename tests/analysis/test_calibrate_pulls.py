"""test_calibrate_pulls: what is learned of each lead adds up to the points it has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given

from leadscore.analysis.calibrate.pulls import Handle, handles_of, pull
from leadscore.model.load import load_model
from leadscore.pipeline.batch import Scored, score_leads
from leadscore.pipeline.fit import fit_model
from leadscore.pipeline.frame import FrameExport
from leadscore.pipeline.gather import gather_activity
from leadscore.points import Numbers
from leadscore.rules import Lever
from tests.properties import often, score
from tests.running import model_of
from tests.strategies import AS_OF, Case, Config, cases
from tests.strategies_events import EventCase, event_cases


def earned(handle: Handle, lever: Lever) -> int:
    """What a lever gives once: a rule's own bound takes from points that are given once or by ranges."""
    rule, points = handle.rule, lever.points
    if lever.each or lever.path == ("missing",):
        return points
    cap, floor = (getattr(rule, key, None) for key in ("cap", "floor"))
    points = points if cap is None else min(points, cap)
    return points if floor is None else max(points, floor)


def check_sums(scored: Scored) -> None:
    """Of each group: levers times how far they are pulled are its points before floor and cap."""
    (portion,) = scored.portions
    model, found = portion.model, portion.contributions
    sums: dict[str, Numbers] = {name: np.zeros(scored.leads.count) for name in model.groups}
    for handle in handles_of(model):
        codes, amounts = pull(handle, model.groups[handle.group], scored.leads)
        points = np.array([*(earned(handle, lever) for lever in handle.levers), 0])[codes]
        sums[handle.group] += points * amounts
    for name, group in model.groups.items():
        own = [
            place
            for place, line in enumerate(found.lines)
            if line.group == name and line.kind in ("rule", "decay")
        ]
        rounded = (
            len(group.rules) + 1
        )  # hundredths: each rule's points, and what its and the group's decay leave
        assert np.abs(sums[name] - found.points[own].sum(axis=0)).max() <= rounded


@often
@given(cases)
def test_levers_times_amounts_are_the_points_of_any_rules(case: Case) -> None:
    config, leads = case
    check_sums(score(config, leads))


@often
@given(event_cases)
def test_levers_times_amounts_are_the_points_of_any_events(case: EventCase) -> None:
    config, leads, log = case
    model = load_model(config)
    activity = gather_activity([FrameExport(log, "events")], model, AS_OF)
    assert activity is not None
    fit = fit_model(model, list(leads.columns), "leads")
    check_sums(score_leads(leads, fit.model, fit.columns, AS_OF, activity=activity.of(leads["lead_id"])))


SEEN = pd.DataFrame(
    {"lead_id": ["1", "2", "3", "4"], "size": ["5", "70", "", "900"], "visits": ["2", "30", "0", "x"]}
)


@pytest.mark.parametrize(
    ("rule", "codes", "amounts"),
    [
        ("kind: bands, field: size, bands: {0: 1, 50: 2, 100: 3}, missing: -4", [0, 1, 3, 2], [1, 1, 1, 1]),
        ("kind: bands, field: size, bands: {50: 2, 100: 2}", [-1, 0, -1, 1], [0, 1, 0, 1]),
        ("kind: bands, field: size, bands: {50: 2}, otherwise: 7", [1, 0, -1, 0], [1, 1, 0, 1]),
        ("kind: count, field: visits, each: 2, cap: 20", [0, 0, 0, -1], [2, 10, 0, 0]),
        ("kind: count, field: visits, each: 2, missing: 3", [0, 0, 0, 1], [2, 30, 0, 1]),
        ("kind: count, field: visits, ranges: {1: 5, 3: 10}", [0, 1, -1, -1], [1, 1, 0, 0]),
        ("kind: match, when: {size: {at_least: 50}}, points: 0", [-1, 0, -1, 0], [0, 1, 0, 1]),
    ],
)
def test_every_lead_pulls_the_lever_whose_points_it_gets(
    rule: str, codes: list[int], amounts: list[float]
) -> None:
    config: Config = yaml.safe_load(model_of(rule, tiers="[{name: all}]"))
    scored = score(config, SEEN)
    model = scored.portions[0].model
    (handle,) = handles_of(model)
    found, how_far = pull(handle, model.groups["fit"], scored.leads)
    assert found.tolist() == codes
    assert how_far.tolist() == amounts


def test_of_several_values_in_a_cell_the_lever_with_most_points_is_pulled() -> None:
    head = "fields: {tags: {list: ';'}}"
    rule = "kind: lookup, field: tags, values: {a: 5, b: -3, c: 9}, otherwise: 2"
    config: Config = yaml.safe_load(model_of(rule, head=head, tiers="[{name: all}]"))
    leads = pd.DataFrame({"lead_id": list("12345"), "tags": ["a;b", "b;c;a", "b", "x", "x;b"]})
    scored = score(config, leads)
    model = scored.portions[0].model
    (handle,) = handles_of(model)
    codes, _ = pull(handle, model.groups["fit"], scored.leads)
    assert codes.tolist() == [0, 2, 1, 3, 1]
