"""test_combine: every line of a score, its group and its coverage, in plain numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from leadscore.model.load import load_model
from leadscore.pipeline.batch import score_leads
from leadscore.pipeline.combine import Contributions
from leadscore.pipeline.fit import fit_model

AS_OF = date(2026, 6, 30)
LEADS = pd.DataFrame(
    {
        "lead_id": ["1", "2", "3", "4"],
        "visits": ["4", "30", "", "0"],
        "title": ["Chief", "", "Clerk", "Student"],
        "seen": ["2026-05-31", "2026-06-30", "", "2026-06-30"],
    },
    dtype="str",
)
VISITS = {"name": "visits", "kind": "count", "field": "visits", "each": 1, "cap": 20}
TITLE = {
    "name": "title",
    "kind": "lookup",
    "field": "title",
    "values": {"Chief": 10, "Student": -15},
    "otherwise": 0,
}
HALF_LIFE = {"half_life_days": 30, "since": "seen"}


def add_up(groups: dict[str, Any], **more: Any) -> Contributions:
    config = {"name": "test", "id": "lead_id", "groups": groups, "tiers": [{"name": "all"}], **more}
    model = load_model(config)
    columns = fit_model(model, list(LEADS.columns), "leads").columns
    (portion,) = score_leads(LEADS, model, columns, AS_OF).portions
    return portion.contributions


def lines_of(made: Contributions) -> dict[str, list[float]]:
    """Name -> points of each lead."""
    return {line.name: (points / 100).tolist() for line, points in zip(made.lines, made.points, strict=True)}


def shown(hundredths: Any) -> list[float]:
    points: list[float] = (hundredths / 100).tolist()
    return points


def test_rules_add_up_in_the_order_of_the_config() -> None:
    made = add_up({"fit": {"rules": [TITLE]}, "use": {"rules": [VISITS]}})
    assert lines_of(made) == {"title": [10, 0, 0, -15], "visits": [4, 20, 0, 0]}
    assert [(line.kind, line.group) for line in made.lines] == [("rule", "fit"), ("rule", "use")]
    groups = {name: shown(points) for name, points in made.groups.items()}
    assert groups == {"fit": [10, 0, 0, -15], "use": [4, 20, 0, 0]}
    assert shown(made.score) == [14, 20, 0, -15]


def test_a_floor_and_a_cap_are_lines_of_what_they_give_and_take() -> None:
    made = add_up(
        {"fit": {"floor": -5, "rules": [TITLE]}, "use": {"cap": 12, "rules": [VISITS]}},
        score={"floor": 0, "cap": 11},
    )
    assert lines_of(made) == {
        "title": [10, 0, 0, -15],
        "fit: floor": [0, 0, 0, 10],
        "visits": [4, 20, 0, 0],
        "use: cap": [0, -8, 0, 0],
        "score: floor": [0, 0, 0, 5],
        "score: cap": [-3, -1, 0, 0],
    }
    kinds = ["rule", "floor", "rule", "cap", "floor", "cap"]
    assert [line.kind for line in made.lines] == kinds
    assert [line.group for line in made.lines] == ["fit", "fit", "use", "use", "", ""]
    assert shown(made.groups["fit"]) == [10, 0, 0, -5]
    assert shown(made.groups["use"]) == [4, 12, 0, 0]
    assert shown(made.score) == shown(made.own) == [11, 11, 0, 0]


def test_with_max_the_best_group_counts_and_a_line_takes_off_the_others() -> None:
    made = add_up({"fit": {"rules": [TITLE]}, "use": {"rules": [VISITS]}}, score={"combine": "max"})
    assert lines_of(made)["score: others"] == [-4, 0, 0, 15]
    assert [(line.kind, line.group) for line in made.lines] == [
        ("rule", "fit"),
        ("rule", "use"),
        ("others", ""),
    ]
    assert shown(made.score) == [10, 20, 0, 0]


def test_a_decay_of_a_rule_and_one_of_its_group_are_lines_each() -> None:
    rule = {**VISITS, "decay": HALF_LIFE}
    made = add_up({"use": {"decay": HALF_LIFE, "rules": [rule, TITLE]}})
    lines = lines_of(made)
    assert list(lines) == ["visits", "visits: decay", "title", "use: decay"]
    assert [line.kind for line in made.lines] == ["rule", "decay", "rule", "decay"]
    assert {line.group for line in made.lines} == {"use"}
    assert lines["visits: decay"] == [-2, 0, 0, 0]  # 30 days are one half-life
    # What is earned fades, 2 visits and the title; what is lost stays.
    assert lines["use: decay"] == [-6, 0, 0, 0]
    assert shown(made.score) == [6, 20, 0, -15]


@pytest.mark.parametrize("of_rule", [True, False])
def test_points_whose_age_is_unknown_are_unknown_unless_there_are_none(of_rule: bool) -> None:
    def known(rule: dict[str, Any], **decay: Any) -> list[bool]:
        group = {"rules": [{**rule, **decay}]} if of_rule else {**decay, "rules": [rule]}
        flags: list[bool] = add_up({"fit": group}).known["title"].tolist()
        return flags

    clerk = {**TITLE, "values": {"Clerk": 4}}  # lead 3, last seen nobody knows when; lead 2 has no title
    assert known(clerk) == [True, False, True, True]
    assert known(clerk, decay=HALF_LIFE) == [True, False, False, True]
    assert known(TITLE, decay=HALF_LIFE) == [True, False, True, True]


def test_coverage_is_the_share_of_the_attainable_points_that_known_fields_decided() -> None:
    made = add_up({"fit": {"rules": [TITLE]}, "use": {"rules": [VISITS]}})
    # The title decides 25 points, from -15 to 10, and visits 20.
    assert made.known["title"].tolist() == [True, False, True, True]
    assert made.known["visits"].tolist() == [True, True, False, True]
    assert shown(made.coverage) == [1, 0.44, 0.56, 1]
    assert shown(made.group_coverage["fit"]) == [1, 0, 1, 1]
    assert shown(made.group_coverage["use"]) == [1, 1, 0, 1]


@pytest.mark.parametrize(("cap", "third"), [(20, 0.56), (10, 0.71), (5, 0.83)])
def test_a_rule_weighs_no_more_than_the_cap_of_its_group(cap: int, third: float) -> None:
    made = add_up({"fit": {"rules": [TITLE]}, "use": {"cap": cap, "rules": [VISITS]}})
    assert shown(made.coverage)[2] == third


def test_a_share_of_exactly_half_a_hundredth_is_rounded_up() -> None:
    title = {**TITLE, "values": {"Chief": 1}}
    made = add_up({"fit": {"rules": [title]}, "use": {"rules": [{**VISITS, "cap": 199}]}})
    assert shown(made.coverage)[2] == 0.01  # 1 of 200
