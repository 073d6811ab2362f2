"""test_load: a config comes out as the model it describes, wherever it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.load import load_content, load_model
from leadscore.model.parse import read_tree
from leadscore.model.schema import Model
from tests.conftest import ROOT

EXAMPLE = Path(__file__).with_name("example.yml")
TEXT = EXAMPLE.read_text(encoding="utf-8")
SMALL: dict[str, Any] = {
    "name": "small",
    "id": "lead_id",
    "groups": {"fit": {"rules": [{"name": "visits", "kind": "count", "field": "visits", "each": 1}]}},
    "tiers": [{"name": "Hot", "min_score": 50}, {"name": "Cold"}],
}


def load(text: str, *overrides: str) -> Model:
    return load_content("model.yml", text.encode(), overrides)


def refusals(load: Callable[[], object]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load()
    return [str(problem) for problem in caught.value.problems]


def test_the_example_of_the_design_is_a_model() -> None:
    model = load_model(EXAMPLE)
    assert list(model.groups) == ["fit", "engagement"]
    assert model.bounds() == (0, 8700)
    types = {name: field.type for name, field in model.fields.items()}
    assert types == {
        "lead_id": "text",
        "mail_domain": "text",
        "unsubscribed": "boolean",
        "job_title": "text",
        "industry": "text",
        "employees": "number",
        "country": "text",
        "budget": "number",
        "visits": "number",
        "last_seen": "date",
        "converted": "text",
        "email": "text",
    }


@pytest.mark.parametrize("config", sorted((ROOT / "configs").glob("*.yml")), ids=lambda path: path.stem)
def test_a_config_that_ships_is_a_model(config: Path) -> None:
    assert load_model(config).tiers


def test_the_time_of_an_outcome_may_be_named_and_is_not_read() -> None:
    model = load_model(EXAMPLE)
    assert model.outcome is not None
    assert model.outcome.at == "closed_date"
    assert "closed_date" not in model.fields


def test_a_field_that_only_ranks_is_a_number_and_one_that_is_compared_is_text() -> None:
    assert load_model(SMALL | {"rank_by": ["score", "deals"]}).fields["deals"].type == "number"
    when = {"name": "us", "kind": "match", "when": {"country": "US"}, "points": 1}
    groups = {"fit": {"rules": [when]}}
    ranked = load_model(
        SMALL | {"groups": groups, "tiers": [{"name": "all"}], "rank_by": ["score", "country"]}
    )
    assert ranked.fields["country"].type == "text"


# From Python


def test_a_mapping_with_python_values_is_the_model_of_the_same_yaml() -> None:
    yaml = """
name: small
id: lead_id
fields: {seen: {type: date}}
groups:
  fit:
    rules:
      - {name: a, kind: bands, field: size, bands: {10: 2, 2.5: 1}}
      - {name: b, kind: match, when: {subscribed: true, seen: {at_least: 2026-01-02}}, points: 1.5}
tiers: [{name: all}]
output: {contributions: true}
"""
    rules = [
        {"name": "a", "kind": "bands", "field": "size", "bands": {10: 2, 2.5: 1}, "missing": None},
        {
            "name": "b",
            "kind": "match",
            "when": {"subscribed": True, "seen": {"at_least": date(2026, 1, 2)}},
            "points": 1.5,
        },
    ]
    mapping = {
        "name": "small",
        "id": "lead_id",
        "fields": {"seen": {"type": "date"}},
        "groups": {"fit": {"rules": tuple(rules)}},
        "tiers": [{"name": "all"}],
        "output": {"contributions": True},
    }
    kept = json.dumps(mapping, default=str)
    assert load_model(mapping) == load(yaml)
    assert load_model(mapping).digest == load(yaml).digest
    assert json.dumps(mapping, default=str) == kept


def test_a_fault_of_a_mapping_has_a_key_and_no_line() -> None:
    (problem,) = refusals(lambda: load_model(SMALL | {"rank_by": [[]]}))
    assert problem == "config: rank_by.0: must be one value, not a list or a mapping"
    groups = {"fit": {"rules": [{"name": "a", "kind": "bands", "field": "b", "bands": {1: 1, "1": 2}}]}}
    (problem,) = refusals(lambda: load_model(SMALL | {"groups": groups}))
    assert problem.startswith("config: groups.fit.rules.a.bands: has two keys that mean the same")
    (problem,) = refusals(
        lambda: load_model(SMALL | {"tiers": [{"name": "x", "min_score": float("nan")}, {"name": "y"}]})
    )
    assert problem.startswith("config: tiers.x.min_score: is not a number of points")


# --set


@pytest.mark.parametrize(
    ("setting", "read"),
    [
        ("groups.fit.cap=40", lambda model: model.groups["fit"].cap == 4000),
        ("groups.fit.cap = 40", lambda model: model.groups["fit"].cap == 4000),
        ("groups.fit.floor=-5", lambda model: model.groups["fit"].floor == -500),
        ("tiers.MQL.min_score=45.5", lambda model: model.tiers[1].min_score == 4550),
        ("tiers.1.min_score=45.5", lambda model: model.tiers[1].min_score == 4550),
        (
            "groups.fit.rules.industry.values.Software=11",
            lambda model: 1100 in model.groups["fit"].rules[1].choices(),
        ),
        ("groups.fit.rules.industry.values.U.S. Steel=3", lambda model: "U" not in model.fields),
        ("rank_by=[score, budget]", lambda model: model.rank_by == ("score", "budget")),
        ("rank_by.1=budget", lambda model: model.rank_by == ("score", "budget")),
        ("name=a=b", lambda model: model.name == "a=b"),
        ("name='x: #y'", lambda model: model.name == "x: #y"),
        ("name=NO", lambda model: model.name == "NO"),
        ("name=12:30", lambda model: model.name == "12:30"),
        ("output={formats: [parquet]}", lambda model: model.output.formats == ("parquet",)),
        ("fields.budget.null=[none]", lambda model: model.fields["budget"].null == ("none",)),
        ("score.cap=90", lambda model: model.score.cap == 9000),
    ],
)
def test_one_value_is_set_from_the_command_line(setting: str, read: Callable[[Model], bool]) -> None:
    if "U.S." in setting:
        setting = setting.replace("values.U.S. Steel", "values")
        setting = setting.replace("=3", "={U.S. Steel: 3}")
    assert read(load(TEXT, setting))


def test_a_section_the_config_does_not_have_is_added_and_a_name_may_hold_dots() -> None:
    assert load_model(SMALL, ["output.reasons=5"]).output.reasons == 5
    dotted = TEXT.replace("Software: 10", "U.S. Steel: 10")
    assert (
        load(dotted, "groups.fit.rules.industry.values.U.S. Steel=12").bounds()
        == load(TEXT, "groups.fit.rules.industry.values.Software=12").bounds()
    )


def test_a_fault_that_was_set_right_on_the_command_line_is_none() -> None:
    assert load(TEXT.replace("    cap: 50", "    cap: 050"), "groups.fit.cap=50").digest == load(TEXT).digest


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("groups.fit.cap", "is not KEY=VALUE; write for example --set groups.fit.cap=40"),
        ("=5", "is not KEY=VALUE; write for example --set groups.fit.cap=40"),
        ("groups..cap=5", "is not KEY=VALUE; write for example --set groups.fit.cap=40"),
        ("groups.fitt.cap=5", "there is no fitt in the config; did you mean fit?"),
        (
            "groups.fit.rules.seniorty.missing=0",
            "there is no seniorty in the config; did you mean seniority?",
        ),
        ("tiers.9.min_score=5", "there is no 9 in the config; known here: SQL, MQL, Nurture, Cold"),
        ("name.first=5", "there is no first in the config; write the keys as they stand in the config"),
        ("groups.fit.capp=5", "groups.fit.capp: is not a known key; did you mean cap?"),
        ("gruops.fit.cap=5", "gruops: is not a known key; did you mean groups?"),
        ("groups.fit.cap=many", "groups.fit.cap: is not a number of points; write for example 5, -15 or 2.5"),
        (
            "groups.fit.cap=010",
            'a number with a leading zero has two readings; write 10, or "010" in quotes for the text',
        ),
        ("groups.fit.cap=", "is empty; write at least name, id, groups and tiers"),
        (
            "groups.fit.cap=[1",
            "is not valid YAML: a bracket [ is not closed, or a comma is missing; close it with ]",
        ),
        ("groups.fit.cap=5\n---\n6", "a second document starts here; one config is one file"),
        (
            "tiers.MQL.min_score=95",
            "tiers.MQL.min_score: is not below that of the tier before it (line 48, tiers.SQL.min_score); "
            "list tiers from the highest down",
        ),
        ("score.cap=-5", "score.cap: is below floor; swap them"),
        ("name=\udcff", "is not UTF-8; save the file as UTF-8"),
    ],
)
def test_a_fault_from_the_command_line_has_its_place_there(setting: str, says: str) -> None:
    assert refusals(lambda: load(TEXT, setting)) == [f"--set {setting}: {says}"]


# Misspelt keys


def keys_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from keys_of(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from keys_of(item, (*path, place))


TREE = read_tree("model.yml", TEXT.encode())
FREE = {
    "fields",
    "groups",
    "values",
    "bands",
    "cuts",
    "when",
    "all",
}  # names of the author's own stand under these


def is_free(path: tuple[str | int, ...]) -> bool:
    above = [part for part in path[:-1] if isinstance(part, str)]
    return bool(above) and above[-1] in FREE and not (above[-1] == "when" and path[-1] == "all")


FIXED = [path for path in keys_of(TREE.data) if not is_free(path)]


@pytest.mark.parametrize("path", FIXED, ids=lambda path: ".".join(map(str, path)))
def test_every_key_of_the_example_is_refused_when_misspelt(path: tuple[str | int, ...]) -> None:
    line, column = TREE.places[path]
    lines = TEXT.splitlines()
    key = str(path[-1])
    typo = key[:-1] + "q" + key[-1]
    before = lines[line - 1]
    lines[line - 1] = before[: column - 1] + typo + before[column - 1 + len(key) :]
    problems = refusals(lambda: load("\n".join(lines)))
    assert any(problem.startswith(f"model.yml:{line}:{column}: ") for problem in problems)
    assert all("is missing" not in problem for problem in problems)
    if path != ("groups", "fit", "rules", 3, "when", "all"):
        assert any(f"did you mean {key}?" in problem for problem in problems), problems


# What a config means


def shuffled(value: Any, draw: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key], draw) for key in draw(st.permutations(list(value)))}
    return [shuffled(item, draw) for item in value] if isinstance(value, list) else value


@given(st.data())
def test_the_order_of_keys_does_not_change_the_digest(data: st.DataObject) -> None:
    assert load_model(shuffled(TREE.data, data.draw)).digest == load_model(EXAMPLE).digest


def test_comments_spacing_and_ways_to_write_a_number_do_not_change_the_digest() -> None:
    text = (
        re.sub(r" +#.*", "", TEXT)
        .replace("\n\n", "\n\n\n")
        .replace(": 50\n", ":   50.00\n")
        .replace("50%", "0.50%")
    )
    same = text.replace("0.50%", "50.0%")
    assert load(same).digest == load(TEXT).digest
    assert load(text).digest != load(TEXT).digest


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from leaves(item, (*path, place))
    else:
        yield path


def changed(value: Any, path: tuple[str | int, ...]) -> Any:
    if not path:
        text = str(value)
        if text in {"true", "false"}:
            return text != "true"
        return f"{text}1" if not text.endswith("%") else "49%"
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:])
    return copy


@pytest.mark.parametrize("path", list(leaves(TREE.data)), ids=lambda path: ".".join(map(str, path)))
def test_any_other_value_is_another_digest_or_a_fault(path: tuple[str | int, ...]) -> None:
    try:
        model = load_model(changed(TREE.data, path))
    except ConfigError:
        return
    assert model.digest != load_model(EXAMPLE).digest


def test_a_model_describes_itself_to_editors() -> None:
    schema = Model.model_json_schema()
    assert schema["additionalProperties"] is False
    assert "from" in schema["$defs"]["FieldConfig"]["properties"]
    json.dumps(schema)


def test_a_group_left_out_for_its_faults_is_not_called_missing() -> None:
    text = "name: n\nid: i\ngroups:\n  fit: {rules: [{name: r, kind: bands, field: x, bands: [1]}]}\n"
    text += "best_of: {name: persona, groups: [fit, fitt]}\ntiers: [{name: All}]\n"
    found = refusals(lambda: load(text))
    assert [problem.split(": ")[1] for problem in found] == ["groups.fit.rules.r.bands", "best_of.groups.1"]
    assert "stand-in" not in "".join(found)
