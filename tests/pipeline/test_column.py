"""test_column: what a cell is before its type: its guard, its emptiness, its several values."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from leadscore.fields import Field
from leadscore.model.schema import FieldConfig
from leadscore.pipeline.column import Unreadable, bare_ids, read_field
from leadscore.pipeline.guard import guard_texts
from leadscore.pipeline.members import NOT_QUOTED
from leadscore.text import trim
from tests.running import Place, match, model_of

MARKS = [";", ",", "|"]


def column(cells: list[str | None], **keys: Any) -> tuple[Field, list[Unreadable]]:
    config, unreadable = FieldConfig.model_validate(keys), list[Unreadable]()
    series = pd.Series(cells, dtype="str", name="x")
    return read_field(series, config, config.type or "text", unreadable), unreadable


def value(cell: str | None, **keys: Any) -> Any:
    """What a cell is read as: a text, a number or day, or None where it is missing or unreadable."""
    field, _ = column([cell], **keys)
    return field.text(0) if field.numbers is None else None if not field.known[0] else field.values[0]


def values(cell: str | None, **keys: Any) -> set[str] | None:
    """The values of a cell that is a list; None where it is missing or unreadable."""
    field, _ = column([cell], **keys)
    members = field.members
    assert members is not None
    if field.codes[0] < 0:
        return None
    ends = [*members.starts.tolist()[1:], len(members.values.codes)]
    rows = range(members.starts[field.codes[0]], ends[field.codes[0]])
    return {str(members.values.text(row)) for row in rows}


@pytest.mark.parametrize(
    ("cell", "keys", "found"),
    [
        ("'+32 470", {}, "+32 470"), ("'=1+1", {}, "=1+1"), ("'-x", {}, "-x"), ("'@a", {}, "@a"),
        ("'\tx", {}, "x"), ("'+32 470 ", {}, "+32 470"), (" '+32", {}, "'+32"), ("'\rx", {}, "x"),
        ("'\n", {}, None),
        ("'s-Hertogenbosch", {}, "'s-Hertogenbosch"), ("'", {}, "'"), ("''=x", {}, "''=x"), ("=x", {}, "=x"),
        ("'5", {}, "'5"), ("'-", {"null": "-"}, None), ("'-5", {"type": "number"}, -5),
        ("'+5", {"type": "number"}, 5), ("'5", {"type": "number"}, None),
        ("'-5", {"type": "date", "format": "-%Y%m%d"}, None),
        ("'@yes", {"type": "boolean", "true": "@yes"}, 1),
    ],
)  # fmt: skip
def test_the_apostrophe_of_a_guard_is_not_part_of_the_value(
    cell: str, keys: dict[str, Any], found: object
) -> None:
    assert value(cell, **keys) == found


@given(st.text() | st.text("=+-@\t\r\n' 5a"))
def test_what_was_guarded_is_read_as_what_was_not(cell: str) -> None:
    (guarded,) = guard_texts(pa.array([cell], pa.large_string()))[0].to_pylist()
    assert value(guarded) == value(cell)


@given(st.lists(st.text("=+-@' 5a", max_size=4) | st.none(), max_size=5))
def test_ids_lose_the_apostrophe_of_a_guard_and_nothing_else(ids: list[str | None]) -> None:
    leads = pd.DataFrame({"id": pd.Series(ids, dtype="str"), "x": "'=x"})
    found = bare_ids(leads, "id")
    wanted = [text[1:] if text and text[0] == "'" and text[1:2] in set("=+-@") else text for text in ids]
    assert [None if pd.isna(text) else text for text in found["id"]] == wanted
    assert found["x"].tolist() == leads["x"].tolist()


def test_ids_that_a_run_guarded_are_the_same_ids_when_its_output_is_read_again(tmp_path: Path) -> None:
    first, again = Place(tmp_path / "first"), Place(tmp_path / "again")
    for place in (first, again):
        place.folder.mkdir()
    model = model_of(match("visits: {at_least: 50}", 10))
    leads = "lead_id,visits\n-abc,60\n\"=1+1\",5\n@x,'-5\n's-H,60\n"
    assert first.score(leads, model).code == 0
    ranked = (first.out / "ranked.csv").read_text()
    assert "'-abc" in ranked
    assert ",@x,'-5" in ranked.replace("'@x", "@x")
    assert again.score(ranked, model + "output: {prefix: again_}\n").code == 0
    assert {row["lead_id"]: row["again_score"] for row in again.rows()} == {
        row["lead_id"]: row["score"] for row in first.rows()
    }


@pytest.mark.parametrize(
    ("cell", "mark", "found"),
    [
        ("VIP;Blog", ";", {"VIP", "Blog"}), (" VIP ;; Blog; ", ";", {"VIP", "Blog"}), ("VIP", ";", {"VIP"}),
        ("VIP,Blog", ";", {"VIP,Blog"}), ("VIP,Blog", ",", {"VIP", "Blog"}), ("a|b|a", "|", {"a", "b"}),
        (";", ";", None), (" ; ;", ";", None), ("", ";", None), (None, ";", None),
        ('"VIP","Blog"', "quoted", {"VIP", "Blog"}), ('"VIP"', "quoted", {"VIP"}), ("VIP", "quoted", {"VIP"}),
        ('"a, b","c"', "quoted", {"a, b", "c"}),
        (r"INDIE\, EGYPT,Other", "quoted", {"INDIE, EGYPT", "Other"}),
        ('"a""b"', "quoted", {'a"b'}), (r'"a\"b"', "quoted", {'a"b'}), (r"C:\dir", "quoted", {r"C:\dir"}),
        ('"VIP", "Blog" ,', "quoted", {"VIP", "Blog"}), ('"",""', "quoted", None),
        (r"a\\,b", "quoted", {"a\\", "b"}),
        ('"VIP', "quoted", None), ('"VIP"x', "quoted", None), ('a"b', "quoted", None),
        ("a\\", "quoted", None),
    ],
)  # fmt: skip
def test_a_list_is_the_set_of_its_trimmed_values(cell: str | None, mark: str, found: set[str] | None) -> None:
    assert values(cell, list=mark) == found


def test_a_list_in_quotes_that_is_not_well_formed_is_unreadable_and_says_why() -> None:
    _, unreadable = column(['"VIP"', '"VIP', None, "", 'a"b', '"VIP'], list="quoted")
    assert [(cells.column, cells.reason, cells.rows.tolist()) for cells in unreadable] == [
        ("x", NOT_QUOTED, [1, 4, 5])
    ]


def test_null_words_are_no_values_of_a_list() -> None:
    assert values("(not set);VIP", list=";", null="(not set)") == {"VIP"}
    assert values("(not set);-", list=";", null=["(not set)", "-"]) is None


VALUES = st.lists(st.text("aB1 é'", max_size=3), max_size=4)


@given(VALUES, st.sampled_from(MARKS))
def test_any_values_are_read_back_from_a_list(written: list[str], mark: str) -> None:
    there = {trim(text) for text in written} - {""}
    assert values(mark.join(written), list=mark) == (there or None)


@given(st.lists(st.text('a",\\ ;', max_size=4), max_size=4))
def test_any_values_are_read_back_from_a_list_in_quotes(written: list[str]) -> None:
    escaped = (text.replace("\\", "\\\\").replace('"', '""') for text in written)
    there = {trim(text) for text in written} - {""}
    assert values(",".join(f'"{text}"' for text in escaped), list="quoted") == (there or None)


def test_a_long_hostile_list_is_read_in_no_time() -> None:
    # Not timed: a reader that goes back for each letter would not end within the test run.
    for cell in ('"' * 300_001, " " * 300_000 + 'a"b', "\\" * 300_001):
        assert value(cell, list="quoted") is None


def test_a_list_is_taken_apart_once_for_all_leads_that_have_it() -> None:
    field, _ = column(["a;b", "b", "a;b", None] * 1000, list=";")
    assert field.members is not None
    assert len(field.members.values.codes) == 3
    assert len(field.members.values.texts) == 2
    taken = field.take(np.array([1]))
    assert taken.members is field.members


@pytest.mark.parametrize("cell", ["", "  ", None])
def test_an_empty_cell_is_false_only_where_it_is_declared_to_be(cell: str | None) -> None:
    assert value(cell, type="boolean", true="checked", false="") == 0
    assert value(cell, type="boolean", true="checked", false="no") is None
    assert value(cell, type="boolean") is None


def test_a_flag_that_came_as_one_keeps_the_empty_cell_as_false() -> None:
    config = FieldConfig.model_validate({"type": "boolean", "true": "checked", "false": ""})
    cells = pd.Series(["true", "false", None], dtype="str", name="x")
    assert read_field(cells, config, "boolean", [], {"x": "boolean"}).values.tolist() == [1, 0, 0]


def test_dates_are_days_since_1970() -> None:
    assert value("'2026-06-30", type="date") is None
    assert value("2026-06-30", type="date") == (date(2026, 6, 30) - date(1970, 1, 1)).days
