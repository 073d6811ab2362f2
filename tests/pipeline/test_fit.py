"""test_fit: which column a field is read from, and how: the config first, then what a CRM's preset knows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from leadscore import load_model, score_batch
from leadscore.errors import InputError
from leadscore.model.preset import load_preset
from leadscore.model.schema import Model
from leadscore.pipeline.fit import fit_model

ZOHO = [
    "Record Id",
    "Lead Owner",
    "Lead Source",
    "Lead Status",
    "Created Time",
    "No. of Employees",
    "Is Converted",
]


def model_of(fields: dict[str, Any] | None = None, **more: Any) -> Model:
    rules = [
        {"name": "size", "kind": "bands", "field": "employees", "bands": {0: 1, 1000: 5}},
        {"name": "old", "kind": "bands", "age_of": "created_date", "bands": {0: 0, 30: -1}},
    ]
    groups = {"fit": {"rules": rules}}
    return load_model(
        {
            "name": "x",
            "id": "lead_id",
            "fields": fields or {},
            "groups": groups,
            "tiers": [{"name": "All"}],
            **more,
        }
    )


def test_the_presets_headers_and_writing_are_used_where_the_config_has_no_column_of_its_own() -> None:
    fit = fit_model(model_of(), ZOHO, "Leads_001.csv")
    assert fit.columns == {
        "lead_id": "Record Id",
        "employees": "No. of Employees",
        "created_date": "Created Time",
    }
    assert fit.model.fields["employees"].thousands == load_preset("zoho").fields["employees"].thousands == ","
    assert fit.presets == ("zoho",)
    assert fit.notes == ("read as Zoho leads: 3 fields by its headers (lead_id, employees, created_date)",)


def test_a_column_the_config_names_comes_first_and_is_read_as_the_config_says() -> None:
    model = model_of({"employees": {"from": "Staff", "decimal": ",", "thousands": "."}})
    fit = fit_model(model, [*ZOHO, "Staff"], "Leads.csv")
    assert fit.columns["employees"] == "Staff"
    assert (fit.model.fields["employees"].decimal, fit.model.fields["employees"].thousands) == (",", ".")


def test_what_a_field_is_stays_the_configs_and_how_it_is_written_is_the_columns() -> None:
    model = model_of({"employees": {"from": "Staff", "thousands": ".", "decimal": ",", "null": ["?"]}})
    read = fit_model(model, ZOHO, "Leads.csv").model.fields["employees"]
    assert (read.type, read.thousands, read.decimal, read.null) == ("number", ",", ".", ("?",))


def test_headers_of_a_preset_count_without_case_and_space_around_them() -> None:
    fit = fit_model(model_of(), [f" {header.upper()} " for header in ZOHO], "Leads.csv")
    assert fit.columns["employees"] == " NO. OF EMPLOYEES "


def test_a_file_nobody_claims_is_refused_with_every_column_it_lacks() -> None:
    with pytest.raises(InputError) as refused:
        fit_model(model_of(), ["Kundennummer", "Mitarbeiter"], "kunden.csv")
    assert [problem.key for problem in refused.value.problems] == ["lead_id", "employees", "created_date"]


def test_the_generic_preset_is_used_only_where_the_config_names_it() -> None:
    headers = ["ID", "No. of Employees", "Created"]
    with pytest.raises(InputError):
        fit_model(model_of(), headers, "list.csv")
    assert fit_model(model_of(preset="generic"), headers, "list.csv").columns["lead_id"] == "ID"


def test_an_optional_field_that_is_not_there_is_unknown_and_told() -> None:
    model = model_of({"employees": {"optional": True}, "lead_id": {"optional": True}})
    fit = fit_model(model, ["lead_id", "created_date"], "leads.csv")
    assert fit.notes == ("not in this export, so unknown for every lead: employees",)
    leads = pd.DataFrame({"lead_id": ["1"], "created_date": ["2026-01-01"]}, dtype="str")
    scored = score_batch(leads, model, date(2026, 6, 30))
    assert (scored["score"][0], scored["coverage"][0]) == (-1.0, 0.17)  # size weighs 5, age 1
    with pytest.raises(InputError, match="lead_id"):  # but never the id
        fit_model(model, ["created_date"], "leads.csv")


def test_a_files_name_says_what_no_column_does() -> None:
    rules = [{"name": "opted out", "kind": "match", "when": {"unsubscribed": True}, "points": -50}]
    model = load_model(
        {"name": "x", "id": "lead_id", "groups": {"a": {"rules": rules}}, "tiers": [{"name": "All"}]}
    )
    headers = ["Email Address", "MEMBER_RATING", "OPTIN_TIME", "CONFIRM_TIME", "LAST_CHANGED", "LEID", "EUID"]
    for file, says in (
        ("unsubscribed_members_export_1.csv", "true"),
        ("Subscribed_members_export_1.csv", "false"),
    ):
        fit = fit_model(model, headers, f"exports/{file}")
        frame = fit.read(pd.DataFrame({"Email Address": ["a@b.example"]}, dtype="str"))
        assert frame[fit.columns["unsubscribed"]].tolist() == [says]
    with pytest.raises(InputError, match="unsubscribed"):  # a name that says nothing
        fit_model(model, headers, "members.csv")
