"""test_presets: what ships as a preset is sound, recognises its own sample, and reads every cell of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from leadscore.fields import FieldType
from leadscore.model.columns import FieldConfig
from leadscore.model.parse import read_tree
from leadscore.model.preset import claims, load_preset
from leadscore.pipeline.cells import READERS
from leadscore.text import fold
from tests.conftest import ROOT
from tests.make_crm_samples import FOLDER, make_crm_samples, make_people

Preset = dict[str, Any]
PRESETS_FOLDER = ROOT / "leadscore" / "presets"
FIELDS = """
lead_id first_name last_name full_name email phone mobile company job_title department seniority industry
employees annual_revenue website street city state postal_code country source medium campaign landing_page
lead_status lifecycle_stage rating tags owner crm_score crm_grade created_date modified_date last_seen
first_seen converted converted_date closed_date unsubscribed do_not_call bounced visits pages
emails_opened form_fills demo_requests chats minutes_on_site budget notes deal_id deal_name deal_size
currency pipeline stage probability deal_status expected_close lost_reason sessions engaged_sessions
key_events
""".split()
KEYS = {"name", "recognise", "fields", "write_back", "file", "from_file_name", "enrichment"}
# One column for two fields: where people are known by their address; where leads and deals are one thing;
# where the day a deal shall close and the day it did are one column; where a stage says who was won.
ONE_COLUMN = [
    {"lead_id", "email"},
    {"lead_id", "deal_id"},
    {"expected_close", "closed_date"},
    {"lifecycle_stage", "converted"},
]


def load(path: Path) -> Preset:
    tree = read_tree(path.name, path.read_bytes())
    assert tree.refused == {}
    assert isinstance(tree.data, dict)
    return tree.data


PRESETS: dict[str, Preset] = {path.stem: load(path) for path in sorted(PRESETS_FOLDER.glob("*.yml"))}
RECOGNISED = [name for name, preset in PRESETS.items() if "recognise" in preset]
every_preset = pytest.mark.parametrize("name", PRESETS)


def preset_of(sample: str) -> str:
    """odoo_persian.csv and mailchimp/cleaned_x.csv are samples of odoo and of mailchimp."""
    stem = sample.split("/")[0].removesuffix(".csv")
    return max((name for name in PRESETS if stem == name or stem.startswith(f"{name}_")), key=len)


def table_of(content: bytes) -> list[list[str]]:
    """The first table of a sample: what follows lines that begin with #, up to a blank line."""
    text = content.decode("utf-8-sig")
    lines = text.split("\n\n")
    return list(csv.reader(io.StringIO(lines[1] if text.startswith("#") else lines[0])))


def headers_in(sample: str) -> list[str]:
    """The headers of every table of a sample."""
    blocks = SAMPLES[sample].decode("utf-8-sig").split("\n\n")
    return [header for block in blocks for header in next(csv.reader(io.StringIO(block)))]


SAMPLES = make_crm_samples()
TABLES = {sample: table_of(content) for sample, content in SAMPLES.items()}
every_sample = pytest.mark.parametrize("sample", TABLES)


def claimed(preset: Preset, headers: Iterable[str]) -> bool:
    """What the file of a preset says of recognition, word by word, apart from the code that ships."""
    if "recognise" not in preset:
        return False
    rules, found = preset["recognise"], {fold(header) for header in headers}
    hints = {fold(hint) for hint in rules["hints"]}
    return (
        all(found & {fold(header) for header in line} for line in rules.get("required", []))
        and len(found & hints) >= int(rules["least"])
        and not found & {fold(header) for header in rules.get("never", [])}
    )


def claiming(headers: Iterable[str]) -> list[str]:
    return [name for name, preset in PRESETS.items() if claimed(preset, headers)]


# The files themselves


@every_preset
def test_a_preset_says_nothing_that_nobody_reads(name: str) -> None:
    preset = PRESETS[name]
    assert preset.keys() <= KEYS
    assert preset["name"]
    assert preset["fields"].keys() <= set(FIELDS)
    assert set(preset.get("recognise", {})) <= {"required", "hints", "least", "never"}
    assert set(preset.get("write_back", {})) <= {"id", "score", "tier", "reasons"}


def test_the_generic_preset_has_every_field_and_says_which_there_are() -> None:
    assert sorted(PRESETS["generic"]["fields"]) == sorted(FIELDS)
    comment = (PRESETS_FOLDER / "generic.yml").read_text(encoding="utf-8").split("\nname:")[0]
    assert [field for field in FIELDS if f" {field}" not in comment] == []


@every_preset
def test_every_field_of_a_preset_is_one_a_config_could_say(name: str) -> None:
    assert all(field.columns for field in load_preset(name).fields.values())


@every_preset
def test_no_header_is_two_fields(name: str) -> None:
    fields: dict[str, set[str]] = {}
    for field, says in PRESETS[name]["fields"].items():
        headers = [fold(header) for header in says["from"]]
        assert len(set(headers)) == len(headers), field
        for header in headers:
            fields.setdefault(header, set()).add(field)
    assert [names for names in fields.values() if len(names) > 1 and names not in ONE_COLUMN] == []


@pytest.mark.parametrize("name", RECOGNISED)
def test_a_header_that_recognises_is_one_that_is_read_or_seen(name: str) -> None:
    rules, fields = PRESETS[name]["recognise"], PRESETS[name]["fields"].values()
    known = {fold(header) for field in fields for header in field["from"]}
    known |= {fold(header) for sample in TABLES if preset_of(sample) == name for header in headers_in(sample)}
    named = [*rules["hints"], *(header for line in rules.get("required", []) for header in line)]
    assert [header for header in named if fold(header) not in known] == []
    assert 1 <= int(rules["least"]) <= len(rules["hints"])
    assert {fold(header) for header in rules.get("never", [])} & {fold(header) for header in named} == set()


@every_preset
def test_what_can_be_scored_can_be_written_back(name: str) -> None:
    preset = PRESETS[name]
    assert ("write_back" in preset) == ("enrichment" not in preset)
    headers = preset.get("write_back", {})
    assert len(set(headers.values())) == len(headers)


def test_an_id_of_a_preset_is_always_there_to_be_written_back() -> None:
    scored = [preset["fields"] for preset in PRESETS.values() if "enrichment" not in preset]
    assert [fields for fields in scored if not fields.keys() & {"lead_id", "deal_id"}] == []


def test_merge_fields_of_mailchimp_are_short_enough_for_it() -> None:
    headers = PRESETS["mailchimp"]["write_back"]
    assert [header for key, header in headers.items() if key != "id" and len(header) > 10] == []


def test_the_readme_names_every_preset() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n### Presets\n")[1].split("\n### ")[0]
    assert [name for name in PRESETS if f"`{name}`" not in section] == []


# Recognition


@every_sample
def test_a_sample_is_claimed_by_its_own_preset_alone(sample: str) -> None:
    own = preset_of(sample)
    assert claiming(TABLES[sample][0]) == ([] if own == "generic" else [own])


def test_every_preset_has_a_sample() -> None:
    assert {preset_of(sample) for sample in TABLES} == set(PRESETS)


@every_sample
def test_a_file_is_recognised_as_the_preset_says(sample: str) -> None:
    headers = TABLES[sample][0]
    assert [name for name in PRESETS if claims(load_preset(name), headers)] == claiming(headers)


@every_sample
def test_case_order_and_space_around_headers_do_not_matter(sample: str) -> None:
    headers = [f" {header.upper()} " for header in reversed(TABLES[sample][0])]
    assert claiming(headers) == claiming(TABLES[sample][0])


@every_sample
def test_columns_of_the_user_do_not_matter(sample: str) -> None:
    assert claiming([*TABLES[sample][0], "Region code", "Favourite colour"]) == claiming(TABLES[sample][0])


def test_no_other_table_is_taken_for_a_crm_export() -> None:
    tables = [*(ROOT / "sample_data").glob("*.csv"), *(ROOT / "tests" / "configs").glob("*.csv")]
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            assert claiming(next(csv.reader(file))) == [], path.name


@pytest.mark.parametrize(
    ("headers", "presets"),
    [
        ("Record ID|Email|First Name", []),
        ("Record ID|Lifecycle Stage|Create Date|Email", ["hubspot"]),
        ("Contact ID|Lead Status|Phone Number|Job Title", ["hubspot"]),
        ("hs_object_id|firstname|lastname|hs_lead_status|createdate", ["hubspot"]),
        ("hs_object_id|dealname|dealstage|closedate|pipeline", ["hubspot_deals"]),
        ("Record ID|Company name|Website URL|Company owner|Create Date", []),
        ("Record Id|Lead Owner|Lead Status|Created Time|Email", ["zoho"]),
        ("Record Id|Deal Name|Stage|Amount|Pipeline|Closing Date|Deal Owner", []),
        ("First Name|Last Name|Company / Account|Lead Source|Lead Status", ["salesforce_report"]),
        ("Id|LastName|Company|Status|LeadSource|CreatedDate", ["salesforce_objects"]),
        ("Id|First Name|Last Name|Company|Email|Lead Source|Owner|Score", []),
        ("Email Address|Lead Score|Lead Status|Created At|Updated At", ["marketo"]),
        ("Email Address|First Name|Last Name", []),
        ("Email Address|Company Name|Unsubscribed|Created At", []),
        ("Email|Date Created|Status|Tags|Phone", []),
        ("Record Id|Lead Owner.id|Lead Status|Job Title|Phone Number|Created Time|Email", ["zoho"]),
        ("Person - Name|Person - Email - Work|Person - Kind", ["pipedrive_persons"]),
        ("Deal - Title|Deal - Value|Person - Name|Person - Email - Work", ["pipedrive_deals"]),
        ("Organization - Name|Organization - Address", []),
        ("id|name|stage_id/id|email_from|partner_name|function", ["odoo"]),
        ("Opportunité|Vendeur|Nom du contact|Étape|Probabilité|Créé le", ["odoo"]),
        ("Verkaufschance|Verkäufer|Kontaktname|Phase|Wahrscheinlichkeit|Erstellt am", ["odoo"]),
        ("name|stage|amount", []),
        ("Landing page|Sessions|Engaged sessions|Views", ["google_analytics"]),
        ("email|company_metrics_employeesRange|person_employment_role", ["clearbit"]),
        ("email|company_metrics_employees_range|company_category_industry", ["clearbit"]),
        ("email|clearbit_company_metrics_employees|clearbit_person_employment_role", ["clearbit"]),
        (
            "email|traits_clearbit_company_metrics_employees|traits_clearbit_person_employment_role",
            ["clearbit"],
        ),
        ("id|enriched_company_metrics_employees|enriched_company_category_industry", ["clearbit"]),
        ("lead_id|email|score|tier", []),
        ("", []),
    ],
)
def test_headers_are_claimed_where_they_say_enough(headers: str, presets: list[str]) -> None:
    assert claiming(headers.split("|")) == presets
    assert [name for name in PRESETS if claims(load_preset(name), headers.split("|"))] == presets


# What comes out


def column_of(preset: Preset, field: str, header: list[str]) -> int | None:
    """Where a field stands: the first of its headers that the file has."""
    places = {fold(name): place for place, name in reversed(list(enumerate(header)))}
    names = preset["fields"].get(field, {"from": []})["from"]
    return next((places[fold(name)] for name in names if fold(name) in places), None)


def cells_of(sample: str, field: str) -> list[str]:
    """The field's cells, without the row of totals, which is one cell longer."""
    header, *rows = TABLES[sample]
    place = column_of(PRESETS[preset_of(sample)], field, header)
    assert place is not None, f"{sample} has no column for {field}"
    return [row[place] for row in rows if len(row) == len(header)]


def read(sample: str, field: str, texts: list[str]) -> list[float]:
    config = FieldConfig.model_validate(PRESETS[preset_of(sample)]["fields"][field])
    assert config.type is not None
    reader, _ = READERS[config.type]
    return list(reader(pa.array(texts, pa.large_string()), config))


@every_sample
def test_a_preset_reads_every_cell_of_its_sample(sample: str) -> None:
    preset, header = PRESETS[preset_of(sample)], TABLES[sample][0]
    found = [field for field in preset["fields"] if column_of(preset, field, header) is not None]
    for field in found:
        known = [cell for cell in cells_of(sample, field) if cell]
        if "type" in preset["fields"][field]:
            assert not np.isnan(read(sample, field, known)).any(), field
    assert len(found) >= 3
    assert "enrichment" in preset or {"lead_id", "deal_id"} & set(found)


@every_sample
def test_every_lead_of_a_sample_has_an_id_of_its_own(sample: str) -> None:
    preset = PRESETS[preset_of(sample)]
    if "enrichment" not in preset:
        field = "lead_id" if column_of(preset, "lead_id", TABLES[sample][0]) is not None else "deal_id"
        ids = cells_of(sample, field)
        assert len(set(ids)) == len(ids) >= 8
        assert "" not in ids


PEOPLE = {person["mail"]: person for person in make_people()}


@pytest.mark.parametrize(
    ("sample", "field", "cell"),
    [
        ("hubspot.csv", "created_date", "created_day"),
        ("hubspot.csv", "job_title", "title"),
        ("hubspot.csv", "lead_id", "long_id"),
        ("salesforce_report.csv", "created_date", "created_day"),
        ("salesforce_report.csv", "employees", "employees"),
        ("salesforce_report.csv", "annual_revenue", "revenue"),
        ("salesforce_report.csv", "postal_code", "zip"),
        ("salesforce_report.csv", "converted", "won"),
        ("salesforce_objects.csv", "created_date", "created_day"),
        ("salesforce_objects.csv", "last_seen", "seen_day"),
        ("salesforce_objects.csv", "employees", "employees"),
        ("salesforce_objects.csv", "unsubscribed", "out"),
        ("account_engagement.csv", "last_seen", "seen_day"),
        ("account_engagement.csv", "crm_score", "score"),
        ("marketo.csv", "employees", "employees"),
        ("marketo.csv", "crm_score", "marketo_score"),
        ("zoho.csv", "created_date", "created_day"),
        ("zoho.csv", "last_seen", "seen_day"),
        ("zoho.csv", "visits", "visits"),
        ("zoho.csv", "converted", "won"),
        ("pipedrive_deals.csv", "deal_size", "amount"),
        ("activecampaign.csv", "company", "company"),
        ("odoo.csv", "company", "company"),
        ("odoo.csv", "created_date", "created_day"),
        ("odoo.csv", "deal_size", "amount"),
        ("odoo_persian.csv", "deal_size", "amount"),
        ("odoo_persian.csv", "job_title", "title"),
        ("odoo_import.csv", "probability", "chance"),
        ("generic_keap.csv", "source", "source"),
        ("generic_persian.csv", "employees", "employees"),
        ("generic_persian.csv", "visits", "visits"),
        ("generic_persian.csv", "unsubscribed", "out"),
        ("generic_persian.csv", "created_date", "created_day"),
    ],
)
def test_the_same_person_comes_out_of_every_crm(sample: str, field: str, cell: str) -> None:
    preset = PRESETS[preset_of(sample)]
    people = [PEOPLE[mail] for mail in cells_of(sample, "email")]
    told, expected = cells_of(sample, field), [person[cell] for person in people]
    field_type: FieldType | None = preset["fields"][field].get("type")
    assert [bool(text) for text in told] == [bool(text) for text in expected]
    if field_type is None:
        assert told == expected
    else:
        plain, _ = READERS[field_type]
        known = pa.array([text for text in expected if text], pa.large_string())
        assert read(sample, field, [text for text in told if text]) == list(plain(known, FieldConfig()))


def test_a_range_of_clearbit_counts_by_its_lower_end() -> None:
    header = TABLES["clearbit.csv"][0]
    ranges = [row[header.index("company_metrics_employeesRange")] for row in TABLES["clearbit.csv"][1:]]
    assert {"11-50", "1K-5K"} <= set(ranges)
    assert read("clearbit.csv", "employees", ["11-50", "1K-5K", "74"]) == [11, 1000, 74]
    assert read("clearbit.csv", "annual_revenue", ["$1M-$10M", "$100M-$1B", "2500000"]) == [1e6, 1e8, 2.5e6]


def test_the_status_of_a_member_is_in_the_name_of_the_file() -> None:
    names = [path.name for path in (FOLDER / "mailchimp").glob("*.csv")]
    says = PRESETS["mailchimp"]["from_file_name"]
    assert says.keys() <= set(FIELDS)
    for field, values in says.items():
        for name in names:
            starts = {value: [text] if isinstance(text, str) else text for value, text in values.items()}
            found = [value for value, texts in starts.items() if name.startswith(tuple(texts))]
            assert len(found) == 1, (field, name)
            if field == "lead_status":
                assert found == [name.split("_")[0]]
