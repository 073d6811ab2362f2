"""test_prepare: columns are found by name, cells become typed fields, and what cannot be read is listed."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from leadscore.errors import InputError
from leadscore.fields import Leads
from leadscore.model.load import load_model
from leadscore.model.schema import Model
from leadscore.pipeline.fit import fit_model
from leadscore.pipeline.prepare import Unreadable, prepare_leads

DAY = date(2026, 6, 30)


def model(fields: dict[str, Any], *tests: dict[str, Any]) -> Model:
    rules = [
        {"name": f"rule {n}", "kind": "match", "when": test, "points": 1} for n, test in enumerate(tests)
    ]
    return load_model(
        {
            "name": "test",
            "id": "lead_id",
            "fields": fields,
            "groups": {"fit": {"rules": rules}},
            "tiers": [{"name": "All"}],
        }
    )


def prepared(cells: list[str | None], **config: Any) -> tuple[Leads, list[Unreadable]]:
    """One field called f, prepared beside an id."""
    leads = pd.DataFrame({"lead_id": [str(n) for n in range(len(cells))], "f": pd.array(cells, dtype="str")})
    made = model({"f": config}, {"f": {"known": True}})
    return prepare_leads(leads, made, fit_model(made, list(leads.columns), "leads.csv").columns, DAY)


def values(leads: Leads) -> list[float | None]:
    return [None if np.isnan(value) else value for value in leads["f"].values.tolist()]


def chosen(fields: dict[str, Any], columns: list[str]) -> dict[str, str]:
    return fit_model(model(fields, {"f": "x"}), columns, "leads.csv").columns


def refusal(fields: dict[str, Any], columns: list[str]) -> list[str]:
    with pytest.raises(InputError) as caught:
        chosen(fields, columns)
    return [str(problem) for problem in caught.value.problems]


def test_a_field_is_read_from_the_first_header_the_export_has() -> None:
    fields = {"f": {"from": ["No. of F", "F count"]}}
    assert chosen(fields, ["lead_id", "F count", "No. of F", "f"])["f"] == "No. of F"
    assert chosen(fields, ["lead_id", "F count", "f"])["f"] == "F count"
    assert chosen(fields, ["lead_id", "f"])["f"] == "f"


def test_a_field_that_no_rule_reads_needs_no_column() -> None:
    assert chosen({"unused": {"from": "Nowhere"}}, ["lead_id", "f"]) == {"lead_id": "lead_id", "f": "f"}


def test_every_missing_column_is_named_with_the_nearest_there_is() -> None:
    problems = refusal({"f": {"from": "First Name"}}, ["Lead_ID", "first name"])
    assert problems[0].startswith("leads.csv:1: lead_id: no column 'lead_id'; the file has 'Lead_ID'")
    assert problems[1].startswith("leads.csv:1: f: no column 'First Name' or 'f'; the file has 'first name'")
    assert all("fields." in problem for problem in problems)


def test_a_used_column_that_stands_twice_is_refused_and_an_unused_one_is_not() -> None:
    made, columns = model({}, {"f": "x"}), ["lead_id", "f", "g", "g (2)"]
    with pytest.raises(InputError, match="twice"):
        fit_model(made, columns, "leads.csv", repeated={"f"})
    assert fit_model(made, columns, "leads.csv", repeated={"g"}).columns["f"] == "f"


@pytest.mark.parametrize("cell", ["", " ", "\t", "\u00a0", "\u200b", "\ufeff", " \u3000 ", None])
def test_a_cell_without_anything_in_it_is_missing(cell: str | None) -> None:
    for kind in ("text", "number", "date", "boolean"):
        leads, unreadable = prepared([cell], type=kind)
        assert leads["f"].known.tolist() == [False]
        assert leads["f"].text(0) is None
        assert unreadable == []


@pytest.mark.parametrize(
    "cell", ["NA", "N/A", "null", "NULL", "None", "nan", "NaN", "-", "#N/A", "undefined"]
)
def test_no_word_means_missing_unless_it_is_declared(cell: str) -> None:
    leads, _ = prepared([cell, "x"], type="text")
    assert leads["f"].known.tolist() == [True, True]
    leads, unreadable = prepared([cell, f" {cell} ", "5"], type="number", null=[cell])
    assert (values(leads), unreadable) == ([None, None, 5], [])


def test_null_words_are_compared_to_the_letter() -> None:
    leads, _ = prepared(["Select", "select", "Selected"], type="text", null=["Select"])
    assert leads["f"].known.tolist() == [False, True, True]


def test_what_cannot_be_read_is_unknown_and_listed_by_reason_and_row() -> None:
    leads, unreadable = prepared(["5", "x", " 6 ", "", "1e3", "x", "7"], type="number")
    assert values(leads) == [5, None, 6, None, None, None, 7]
    found = {cells.reason: cells.rows.tolist() for cells in unreadable}
    assert found == {"not a number": [1, 5], "a number with an exponent; set `exponent: true`": [4]}
    assert {cells.column for cells in unreadable} == {"f"}


def test_a_batch_without_leads_has_every_field() -> None:
    for kind in ("text", "number", "date", "boolean"):
        leads, unreadable = prepared([], type=kind)
        assert (leads.count, leads["f"].known.tolist(), unreadable) == (0, [], [])


def test_a_batch_of_empty_cells_is_all_missing() -> None:
    for kind in ("text", "number", "date", "boolean"):
        leads, unreadable = prepared(["", ""], type=kind)
        assert (leads["f"].known.tolist(), unreadable) == ([False, False], [])


def test_the_leads_are_left_as_they_are() -> None:
    leads = pd.DataFrame({"lead_id": ["1", "2"], "f": [" a ", ""]}, index=[7, 7])
    before = leads.copy(deep=True)
    made = model({}, {"f": "a"})
    prepare_leads(leads, made, {"lead_id": "lead_id", "f": "f"}, DAY)
    pd.testing.assert_frame_equal(leads, before)


def test_a_derived_field_follows_its_source() -> None:
    fields = {
        "domain": {"derive": "email_domain", "of": "mail"},
        "kind": {"derive": "email_kind", "of": "mail"},
        "days": {"derive": "age", "of": "seen"},
    }
    made = model(fields, {"domain": "x"}, {"kind": "free"}, {"days": {"at_least": 3}})
    leads = pd.DataFrame(
        {
            "lead_id": list("1234"),
            "mail": ["A@Acme.com", "b@gmail.com", "none", ""],
            "seen": ["2026-06-27", "2026-07-02", "", "never"],
        }
    )
    found, unreadable = prepare_leads(
        leads, made, fit_model(made, list(leads.columns), "leads.csv").columns, DAY
    )
    assert [found["domain"].text(lead) for lead in range(4)] == ["acme.com", "gmail.com", None, None]
    assert [found["kind"].text(lead) for lead in range(4)] == ["business", "free", None, None]
    assert found["days"].values.tolist()[:2] == [3, -2]
    assert found["days"].known.tolist() == [True, True, False, False]
    assert [(cells.column, cells.rows.tolist()) for cells in unreadable] == [("seen", [3])]
