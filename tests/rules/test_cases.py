"""test_cases: the cases a salesperson can check, and the examples in the docstrings users read."""

from __future__ import annotations

import inspect
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from leadscore.errors import ConfigError
from leadscore.fields import TRUE
from leadscore.model.load import load_model
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored, score_batch, score_leads
from leadscore.pipeline.fit import fit_model
from leadscore.rules import KINDS

AS_OF = date(2026, 6, 30)
CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.glob("*.yml"))
Config = dict[str, Any]


def read(text: str) -> Any:
    # BaseLoader leaves every scalar the text it is, as YAML in a config is read: NO is Norway.
    return yaml.load(text, Loader=yaml.BaseLoader)


def config_of(*rules: Config, **group: Any) -> Config:
    named = [{"name": f"rule {place}", **rule} for place, rule in enumerate(rules)]
    return {
        "name": "case",
        "id": "id",
        "groups": {"fit": {**group, "rules": named}},
        "tiers": [{"name": "all"}],
    }


def model_of(*rules: Config, **group: Any) -> Model:
    return load_model(config_of(*rules, **group))


def leads_of(cells: list[Config]) -> pd.DataFrame:
    leads = pd.DataFrame(cells, dtype="str")
    return leads.assign(id=pd.Series([str(place) for place in range(len(leads))], dtype="str"))


def score(model: Model, leads: pd.DataFrame) -> Scored:
    return score_leads(leads, model, fit_model(model, list(leads.columns), "leads").columns, AS_OF)


named_cases = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in FILES
    for case in read(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", named_cases)
def test_a_rule_gives_each_lead_of_a_case_its_points(case: Config) -> None:
    cells = [{key: cell for key, cell in lead.items() if key != "points"} for lead in case["leads"]]
    model = load_model({**config_of(case["rule"]), "fields": case.get("fields", {})})
    scored = score(model, leads_of(cells))
    (portion,) = scored.portions
    known = portion.contributions.known["rule 0"]
    given = [Decimal(points) / 100 for points in portion.contributions.score.tolist()]
    for lead, points, is_known in zip(case["leads"], given, known.tolist(), strict=True):
        expected = "0" if lead["points"] == "unknown" else lead["points"]
        assert points == Decimal(expected), lead
        assert not (is_known and lead["points"] == "unknown"), lead


def test_every_kind_has_its_cases() -> None:
    assert {file.stem for file in FILES} == {*KINDS, "decay"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_example_of_a_kind_loads(kind: type) -> None:
    example = read(inspect.cleandoc(kind.__doc__ or "").partition("Example:\n")[2])
    rule = model_of(example).groups["fit"].rules[0]
    assert isinstance(rule, kind)
    assert rule.name == example["name"]


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "bands", "field": "n", "bands": {"10": 2, "10.0": 6}},
        {"kind": "lookup", "field": "n", "values": {"US": 2, "us ": 6}},
    ],
    ids=lambda rule: str(rule["kind"]),
)
def test_a_key_that_stands_twice_in_two_spellings_is_refused(rule: Config) -> None:
    with pytest.raises(ConfigError, match=r"same|twice"):
        model_of(rule)


def test_the_first_worked_example_gives_35() -> None:
    # models.md E1: title CEO, from Colorado, wants to buy soon.
    tests = {"title": ("CEO", 10), "state": ("Colorado", 5), "timing": ("buy soon", 20)}
    rules = [{"kind": "match", "when": {field: text}, "points": p} for field, (text, p) in tests.items()]
    lead = {field: text for field, (text, _) in tests.items()}
    assert score_batch(leads_of([lead]), model_of(*rules), AS_OF)["score"].tolist() == [35]


@pytest.mark.parametrize(("social", "expected"), [("5", 45), ("10", 50)])
def test_the_second_worked_example_gives_45_and_50(social: str, expected: int) -> None:
    # models.md E2: form 20, newsletter 15, social 5 or 10, one visit 5.
    points = {"form": 20, "newsletter": 15, "social": social, "visit": 5}
    rules = [{"kind": "count", "field": field, "each": each} for field, each in points.items()]
    lead = dict.fromkeys(points, "1")
    assert score_batch(leads_of([lead]), model_of(*rules), AS_OF)["score"].tolist() == [expected]


def test_ten_criteria_of_five_points_have_a_maximum_of_50() -> None:
    # models.md E18: the maximum is the sum of what each criterion can give at most.
    rules = [{"kind": "match", "when": {f"field {n}": "yes"}, "points": 5} for n in range(10)]
    assert model_of(*rules).bounds() == (0, 5000)
    assert model_of(*rules, cap=40).bounds() == (0, 4000)


@pytest.mark.parametrize(("unknown", "fit"), [("ignore", 100), ("zero", 80)])
def test_a_profile_counts_into_the_coverage_with_the_share_that_is_known(unknown: str, fit: int) -> None:
    # models.md E10: 5 criteria of weight 1, 4 match, 1 unknown: 100 % of 4 known, coverage 80 %.
    criteria = [{"name": f"criterion {n}", "weight": 1, "when": {f"field {n}": "yes"}} for n in range(5)]
    model = model_of({"kind": "profile", "points": 100, "unknown": unknown, "criteria": criteria})
    cells = {f"field {n}": "yes" if n < 4 else "" for n in range(5)}
    scores = score_batch(leads_of([cells, dict.fromkeys(cells, "")]), model, AS_OF)
    assert scores["score"].tolist() == [fit, 0]
    assert scores["coverage"].tolist() == [0.8, 0]


def test_a_profile_counts_with_its_points_into_the_coverage_of_several_rules() -> None:
    criteria = [{"name": name, "when": {name: "yes"}} for name in ("a", "b", "c")]
    model = model_of(
        {"kind": "profile", "points": 30, "criteria": criteria},
        {"kind": "match", "when": {"d": "yes"}, "points": 10},
    )
    cells = [{"a": "yes", "b": "no", "c": "", "d": ""}, {"a": "yes", "b": "", "c": "", "d": "yes"}]
    # two thirds of 30 of 40, and one third of 30 with all of the 10
    assert score_batch(leads_of(cells), model, AS_OF)["coverage"].tolist() == [0.5, 0.5]


def test_the_decay_of_a_group_fades_what_was_earned_and_keeps_what_was_lost() -> None:
    rules = [
        {"kind": "match", "when": {"visits": {"at_least": 1}}, "points": 40},
        {"kind": "match", "when": {"left": "yes"}, "points": -10},
    ]
    model = model_of(*rules, decay={"half_life_days": 30, "since": "seen"}, cap=9)
    scored = score(model, leads_of([{"visits": "2", "left": "yes", "seen": "2026-05-31"}]))
    contributions = scored.portions[0].contributions
    lines = {
        line.name: points
        for line, points in zip(contributions.lines, contributions.points[:, 0], strict=True)
    }
    assert lines == {"rule 0": 4000, "rule 1": -1000, "fit: decay": -2000, "fit: cap": -100}


def test_a_disqualified_lead_keeps_its_score_and_says_why() -> None:
    config = config_of({"kind": "count", "field": "visits", "each": 1})
    config["disqualify"] = [
        {"name": "rival", "when": {"title": {"contains": "rival"}}},
        {"name": "spam", "when": {"title": "x"}},
    ]
    model = load_model(config)
    leads = leads_of(
        [{"visits": "3", "title": "Rival Inc"}, {"visits": "4", "title": ""}, {"visits": "5", "title": "X"}]
    )
    scored = score(model, leads)
    assert scored.columns["score"].tolist() == [300, 400, 500]
    assert scored.columns["disqualified_by"].fillna("-").tolist() == ["rival", "-", "spam"]
    assert (model.disqualify[0].when.hold(scored.leads) == TRUE).tolist() == [True, False, False]
