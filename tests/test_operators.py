"""test_operators: each operator on each kind of value: true, false, or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.fields import FALSE, TRUE, UNKNOWN
from leadscore.model.load import load_model
from leadscore.operators import OPERATORS
from leadscore.pipeline.fit import fit_model
from leadscore.pipeline.prepare import prepare_leads
from leadscore.rules.match import Match

AS_OF = date(2026, 6, 30)
WORDS = {TRUE: "true", FALSE: "false", UNKNOWN: "unknown"}
Row = tuple[str, dict[str, Any], str | None, str]


def outcome(field_type: str, test: dict[str, Any], cell: str | None) -> str:
    """What a test says about a lead with this cell."""
    return outcomes({"type": field_type}, test, [cell])[0]


def outcomes(field: dict[str, Any], test: dict[str, Any], cells: list[str | None]) -> list[str]:
    """What a test says about each of some leads."""
    rule = {"name": "r", "kind": "match", "when": {"x": test}, "points": 1}
    model = load_model(
        {
            "name": "one test",
            "id": "id",
            "fields": {"x": field},
            "groups": {"fit": {"rules": [rule]}},
            "tiers": [{"name": "all"}],
        }
    )
    leads = pd.DataFrame({"id": "1", "x": pd.Series(cells, dtype="str")})
    prepared, _ = prepare_leads(leads, model, fit_model(model, ["id", "x"], "leads").columns, AS_OF)
    loaded = model.groups["fit"].rules[0]
    assert isinstance(loaded, Match)
    return [WORDS[truth] for truth in loaded.when.hold(prepared)]


# Type, test, cells for which it is true, cells for which it is false. Missing and unreadable cells are
# unknown to every operator but `known` and `missing`, and are tried for each row.
TABLE: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("text", {"is": "NO"}, ["NO", "no", " No\xa0"], ["NOR", "N O", "false"]),
    ("text", {"is": "12"}, ["12", "۱۲", "१२"], ["012", "12.0"]),
    ("text", {"is": "مدیر"}, ["مدیر", "مدير", "مديـر"], ["مدیره"]),
    ("text", {"is": "José"}, ["jose\u0301", "JOSÉ"], ["jose"]),
    ("text", {"is": "José", "accents": "ignore"}, ["jose", "JOSÉ", "jose\u0301"], ["joseph"]),
    ("text", {"is": "NO", "exact": True}, ["NO", " NO "], ["no", "No"]),
    ("text", {"is": "Straße"}, ["STRASSE", "straße"], ["strase"]),
    ("number", {"is": 5}, ["5", "5.0", "+5", "05"], ["5.01", "-5", "55"]),
    ("number", {"is": "0.1"}, ["0.10", ".1"], ["0.1000001"]),
    ("date", {"is": "2026-06-30"}, ["2026-06-30", "2026-06-30T23:59"], ["2026-06-29"]),
    ("boolean", {"is": True}, ["true", "YES", "1"], ["false", "no", "0"]),
    ("text", {"is_not": "US"}, ["DE", "USA"], ["US", "us "]),
    ("number", {"is_not": 5}, ["4.99"], ["5.00"]),
    ("boolean", {"is_not": True}, ["no"], ["yes"]),
    ("text", {"in": ["NO", "SE"]}, ["no", "se"], ["NOSE", "DK"]),
    ("text", {"in": "NO"}, ["no"], ["n"]),
    ("number", {"in": [1, 2.5]}, ["1.0", "2.5"], ["2"]),
    ("text", {"not_in": ["NO", "SE"]}, ["dk"], ["NO", "se"]),
    ("text", {"contains": "data"}, ["Big Data", "DATAbase"], ["dat a"]),
    ("text", {"contains": ["x", "soft"]}, ["Microsoft", "box"], ["apple"]),
    ("text", {"contains": "c++"}, ["C++ dev"], ["c+ +"]),
    ("text", {"starts_with": "+44"}, [" +44 20", "+44"], ["0044", "1+44"]),
    ("text", {"ends_with": [".edu", ".ac.uk"]}, ["a.EDU", "x.ac.uk "], ["edu.com"]),
    (
        "text",
        {"has_word": "intern"},
        ["Intern", "sales intern", "intern, sales"],
        ["International", "interns", "minintern"],
    ),
    (
        "text",
        {"has_word": ["vice president", "vp"]},
        ["Vice President Sales", "(VP)"],
        ["vice-president", "vpn"],
    ),
    ("text", {"has_word": "C++"}, ["c++ dev", "knows C++", "C++/Go"], ["c+", "abc++"]),
    ("text", {"matches": r"\d{5}"}, ["12345"], ["123456", "a12345", "1234"]),
    ("text", {"matches": "head of .*"}, ["Head of Sales"], ["the head of sales"]),
    ("text", {"matches": "ab|cd"}, ["AB", "cd"], ["abd", "acd"]),
    ("text", {"matches": "AB", "exact": True}, ["AB"], ["ab"]),
    ("number", {"at_least": 50}, ["50", "50.00", "100", "999"], ["49.99", "9", "-50"]),
    ("date", {"at_least": "2026-01-01"}, ["2026-01-01", "2027-01-01"], ["2025-12-31"]),
    ("number", {"at_most": 50}, ["50", "9", "-100"], ["50.01", "100"]),
    ("number", {"above": "0.3"}, ["0.30001", "1"], ["0.3", "0.30"]),
    ("number", {"below": 0}, ["-0.01"], ["0", "-0", "1"]),
    ("date", {"below": "2026-01-01"}, ["2025-12-31"], ["2026-01-01"]),
    ("number", {"between": [10, 50]}, ["10", "50", "49.99"], ["9.99", "50.01"]),
    ("date", {"between": ["2026-01-01", "2026-01-31"]}, ["2026-01-01", "2026-01-31T12:00"], ["2026-02-01"]),
    ("date", {"within_days": 30}, ["2026-06-30", "2026-05-31"], ["2026-05-30", "2026-07-01"]),
    ("date", {"within_days": 0}, ["2026-06-30T23:59:59"], ["2026-06-29", "2026-07-01"]),
    ("date", {"older_than_days": 30}, ["2026-05-30", "1999-01-01"], ["2026-05-31", "2026-07-01"]),
    ("number", {"above": 0, "at_most": 10}, ["0.1", "10"], ["0", "11"]),
    ("text", {"starts_with": "a", "is_not": "ab"}, ["abc"], ["ab", "b"]),
]
OPTIONS = {"exact", "accents"}
TEXTS = sorted(
    {cell for kind, _, *cells in TABLE if kind == "text" for cell in [*cells[0], *cells[1]]} | {" "}
)
EMPTY = [None, "", "  ", "\xa0", "\u200b"]
UNREADABLE = {
    "text": [],
    "number": ["#REF!", "1e3", "nan", "1,5"],
    "date": ["2026-02-30", "1/2/2026"],
    "boolean": ["maybe"],
}


def rows() -> Iterator[Row]:
    for field_type, test, holding, failing in TABLE:
        yield from ((field_type, test, cell, "true") for cell in holding)
        yield from ((field_type, test, cell, "false") for cell in failing)
        yield from ((field_type, test, cell, "unknown") for cell in [*EMPTY, *UNREADABLE[field_type]])
    for field_type, cells in {"text": "a", "number": "5", "date": "2026-01-01", "boolean": "no"}.items():
        for name, wanted in (("known", True), ("known", False), ("missing", True), ("missing", False)):
            there = "true" if wanted is (name == "known") else "false"
            not_there = "false" if there == "true" else "true"
            yield field_type, {name: wanted}, cells, there
            yield from (
                (field_type, {name: wanted}, cell, not_there) for cell in [*EMPTY, *UNREADABLE[field_type]]
            )


@pytest.mark.parametrize(("field_type", "test", "cell", "expected"), list(rows()), ids=str)
def test_an_operator_says(field_type: str, test: dict[str, Any], cell: str | None, expected: str) -> None:
    assert outcome(field_type, test, cell) == expected


@pytest.mark.parametrize(
    ("test", "holding", "failing"),
    [
        ({"is": "VIP"}, ["VIP;Blog", "x; vip ", "VIP"], ["VIP x;Blog", "Blog"]),
        ({"is_not": "VIP"}, ["Blog", "VIP x;Blog"], ["VIP;Blog", "VIP"]),
        ({"in": ["VIP", "New"]}, ["a;new", "VIP;New"], ["a;b"]),
        ({"not_in": ["VIP", "New"]}, ["a;b"], ["a;new", "VIP;New", "VIP"]),
        ({"contains": "b;c"}, [], ["ab;cd", "b;c"]),
        ({"contains": "lo"}, ["a;Blog"], ["l;o"]),
        ({"starts_with": "bl"}, ["a;Blog"], ["a;oblong"]),
        ({"ends_with": "og"}, ["Blog;a"], ["a;b"]),
        ({"has_word": "blog"}, ["a;my blog"], ["a;blogs"]),
        ({"matches": "[a-c]"}, ["x;b"], ["bb;x"]),
        ({"starts_with": "a", "ends_with": "z"}, ["ab;yz", "az"], ["ab;cd"]),
        ({"known": True}, ["a;b"], [";", " ; ", "", None]),
        ({"missing": True}, [";", " ; ", "", None], ["a;b"]),
    ],
    ids=str,
)
def test_a_test_on_several_values_holds_if_any_passes_and_a_negative_one_if_all_do(
    test: dict[str, Any], holding: list[str | None], failing: list[str | None]
) -> None:
    cells = [*holding, *failing, *([] if "known" in test or "missing" in test else [";", None])]
    unknown = ["unknown"] * (len(cells) - len(holding) - len(failing))
    expected = ["true"] * len(holding) + ["false"] * len(failing) + unknown
    assert outcomes({"list": ";"}, test, cells) == expected


@given(
    st.sampled_from([test for kind, test, _, _ in TABLE if kind == "text" and len({*test} - OPTIONS) == 1]),
    st.lists(st.lists(st.sampled_from(TEXTS), max_size=3), min_size=1, max_size=6),
)
def test_a_list_passes_as_its_values_do_one_by_one(test: dict[str, Any], leads: list[list[str]]) -> None:
    join = all if {"is_not", "not_in"} & {*test} else any
    found = outcomes({"list": "|"}, test, ["|".join(values) for values in leads])
    for values, said in zip(leads, found, strict=True):
        singles = outcomes({"type": "text"}, test, [*values])
        passing = [single == "true" for single in singles if single != "unknown"]
        assert said == ("unknown" if not passing else "true" if join(passing) else "false")


@pytest.mark.parametrize(
    "test",
    [{"is": True}, {"at_least": 5}, {"between": [1, 2]}, {"within_days": 5}, {"below": "2026-01-01"}],
    ids=str,
)
def test_the_values_of_a_list_are_never_numbers_days_or_flags(test: dict[str, Any]) -> None:
    with pytest.raises(
        ConfigError, match=r"the values of a list are text \(fields.x.list\); test them with in"
    ):
        outcomes({"list": ";"}, test, ["a"])


def test_every_operator_stands_in_the_table() -> None:
    assert {name for _, test, _, _ in rows() for name in test} - {"exact", "accents"} == set(OPERATORS)


def test_every_operator_has_a_sentence_that_names_field_and_value() -> None:
    for operator in OPERATORS.values():
        assert "{field}" in operator.sentence
        assert "{value}" in operator.sentence


@pytest.mark.parametrize(
    ("test", "cell"),
    [
        ({"matches": "Straße .*"}, "Straße 5"),
        ({"matches": "مدير.*"}, "مدير فروش"),
        ({"matches": "José", "accents": "ignore"}, "José"),
        ({"matches": "jose\u0301"}, "JOSÉ"),
    ],
    ids=str,
)
def test_a_pattern_is_folded_like_the_text_it_is_compared_with(test: dict[str, Any], cell: str) -> None:
    assert outcome("text", test, cell) == "true"


@pytest.mark.parametrize(
    ("test", "what"),
    [
        ({"matches": "(?=a)"}, "RE2"),
        ({"matches": r"(a)\1"}, "RE2"),
        ({"matches": "("}, "RE2"),
        ({"matches": "a)|(?:.*"}, "RE2"),  # alone it is no pattern; inside brackets of ours it would be one
        ({"matches": "a" * 1001}, "longer than 1000"),
        ({"contains": ""}, "is empty"),
        ({"has_word": ["vp", "  "]}, "is empty"),
        ({"has_word": "\u0301", "accents": "ignore"}, "is empty"),
        ({"contains": "\u0301", "accents": "ignore"}, "is empty"),
        ({"in": []}, "is empty"),
        ({"contains": []}, "is empty"),
        ({"between": [5, 1]}, "wrong way round"),
        ({"between": [5]}, "two values"),
        ({"at_least": "many"}, "is not a number"),
        ({"within_days": -1}, "whole number of days"),
        ({"exact": True}, "says nothing to test"),
        ({}, "says nothing to test"),
    ],
    ids=str,
)
def test_an_argument_that_cannot_work_is_refused(test: dict[str, Any], what: str) -> None:
    number = any(name in test for name in ("between", "at_least"))
    with pytest.raises(ConfigError, match=what):
        outcome("number" if number else "date" if "within_days" in test else "text", test, "a")


@pytest.mark.parametrize("test", [{"at_least": 5}, {"within_days": 5}, {"is": True}], ids=str)
def test_a_field_is_not_read_as_two_types(test: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="reads x as"):
        outcome("text", test, "a")
