"""test_columns: what a field may say of its cells, and what would have two meanings or none."""

from __future__ import annotations

from typing import Any

import pytest

from leadscore.errors import ConfigError
from leadscore.model.load import load_model
from leadscore.model.schema import Model

COUNT = {"name": "r", "kind": "count", "field": "x", "each": 1}
IN = {"name": "r", "kind": "match", "when": {"x": ["a"]}, "points": 1}
BANDS = {"name": "r", "kind": "bands", "field": "x", "bands": {1: 1}}


def load(field: dict[str, Any], rule: dict[str, Any] = COUNT, **keys: Any) -> Model:
    return load_model(
        {
            "name": "one field",
            "id": "id",
            "fields": {"x": field},
            "groups": {"fit": {"rules": [rule]}},
            "tiers": [{"name": "all"}],
            **keys,
        }
    )


@pytest.mark.parametrize(
    ("field", "key", "what"),
    [
        ({"thousands": "indian", "decimal": ","}, "thousands", "same mark as decimal"),
        ({"unit": "5"}, "unit", "must be a sign or word"), ({"unit": "-"}, "unit", "must be a sign or word"),
        ({"unit": ["$", "."]}, "unit", "must be a sign or word"), ({"unit": " "}, "unit", "is empty"),
        ({"unit": "<$"}, "unit", "must be a sign or word"), ({"unit": []}, "unit", "is empty"),
        ({"unit": "M", "magnitude": True}, "unit", "means thousands, millions"),
        ({"magnitude": "K"}, "magnitude", "true or false"),
        ({"range": "mean"}, "range", "write low, high or middle"),
        ({"range": "low", "type": "text"}, "range", "is for fields of type number"),
        ({"unit": "$", "type": "date"}, "unit", "is for fields of type number"),
        ({"magnitude": True, "type": "boolean"}, "magnitude", "is for fields of type number"),
        ({"digits": "any", "type": "text"}, "digits", "is for fields of type number"),
        ({"list": "/"}, "list", "write ';', ',', '|' or quoted"),
        ({"list": ";", "type": "number"}, "list", "is for fields of type text"),
        ({"list": ";", "derive": "email_domain", "of": "mail"}, "list", "derived field has none"),
        ({"type": "date", "format": ["iso", "%d/%m"]}, "format", "does not tell day, month and year"),
        ({"type": "date", "format": "ISO"}, "format", "does not tell day, month and year"),
        ({"type": "boolean", "false": "", "true": ["x", " "]}, "false", "has a word that true has as well"),
        ({"type": "boolean", "false": "", "null": ["-", ""]}, "null", "true or false has as well"),
    ],
    ids=str,
)  # fmt: skip
def test_a_field_with_no_meaning_or_two_is_refused(field: dict[str, Any], key: str, what: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(field)
    problems = [problem for problem in refused.value.problems if problem.key == f"fields.x.{key}"]
    assert len(problems) == 1
    assert what in problems[0].what + problems[0].hint


@pytest.mark.parametrize("rule", [COUNT, BANDS], ids=lambda rule: str(rule["kind"]))
def test_what_needs_a_number_is_not_made_of_a_list(rule: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="reads x as number, and the values of a list are text"):
        load({"list": ";"}, rule)


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"id": "x"}, "id"),
        ({"rank_by": ["score", "x"]}, "rank_by.1"),
        ({"accounts": {"by": "x", "combine": "max"}}, "accounts.by"),
    ],
    ids=str,
)
def test_what_needs_one_value_of_each_lead_is_not_made_of_a_list(keys: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load({"list": ";"}, IN, **keys)
    found = [(problem.key, problem.what) for problem in refused.value.problems]
    assert found == [(key, "needs one value of each lead, and x is a list (fields.x.list)")]


def test_a_domain_is_not_made_of_a_list() -> None:
    fields = {"x": {"derive": "email_domain", "of": "mail"}, "mail": {"list": ","}}
    with pytest.raises(ConfigError, match="email_domain needs one value, and mail is a list"):
        load({}, IN, fields=fields)


@pytest.mark.parametrize(("column", "setting"), [("time", "decimal"), ("time", "list"), ("value", "format")])
def test_a_column_of_the_log_has_no_setting_that_would_be_passed_over(column: str, setting: str) -> None:
    value = {"decimal": ",", "list": ";", "format": "%d/%m/%Y"}[setting]
    with pytest.raises(ConfigError, match=f"events.{column}.{setting}: is for fields of type"):
        load({}, events={column: {"from": "c", setting: value}})


def test_a_list_is_text_without_a_type() -> None:
    table = {"name": "r", "kind": "table", "field": "x", "cases": [{"known": True, "points": 1}]}
    assert load({"list": ";"}, table).fields["x"].type == "text"
