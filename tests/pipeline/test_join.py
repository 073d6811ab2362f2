"""test_join: columns of a table count for exactly the leads whose key has one meaning in it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from leadscore import score_batch
from leadscore.errors import ConfigError
from leadscore.model.load import load_content
from leadscore.pipeline.collect import Collected, collect_leads
from leadscore.pipeline.export import Export
from leadscore.pipeline.frame import FrameExport
from leadscore.pipeline.read import open_export
from tests.conftest import ROOT
from tests.running import DAY, Ended, Place, csv_of, model_of, run

HEAD = """
fields: {mail_domain: {derive: email_domain, of: email}}
join: {companies: {on: mail_domain, key: Domain}}
"""
SIZE = "kind: bands, field: Employees, bands: {0: 1, 50: 5}, missing: -3"
TRADE = "kind: lookup, field: Industry, values: {Software: 10, Finance: 8}, missing: -1"
CONFIG = model_of(SIZE, TRADE, head=HEAD)
LEADS = csv_of(
    "lead_id,email,plan",
    [
        "1,ann@acme.example,a",
        "2,bob@BETA.example,b",
        "3,cy@nowhere.example,a",
        "4,,a",
        "5,eve@delta.example,b",
        "6,fay@acme.example,a",
    ],
)
COMPANIES = csv_of(
    "Domain,Industry,Employees,Country",
    [
        "acme.example,Software,120,US",
        " Beta.Example ,Finance,40,GB",
        "beta.example,Finance,40,NZ",  # differs only in what no rule reads
        "delta.example,Software,9,US",
        "delta.example,Software,90,US",
        ",Finance,70,US",
    ],
)
SCORES = {"1": "15", "6": "15", "2": "9", "3": "-4", "4": "-4", "5": "-4"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def score(place: Place, *options: object, config: str = CONFIG, table: str | bytes = COMPANIES) -> Ended:
    return place.score(LEADS, config, "--join", place.write("companies.csv", table), *options)


def only(place: Place) -> dict[str, Any]:
    (report,) = place.summary()["joined"]
    assert isinstance(report, dict)
    return report


def test_leads_get_the_columns_of_their_row_and_the_others_are_unknown(place: Place) -> None:
    assert score(place).code == 0
    assert place.scores() == SCORES


def test_keys_are_compared_without_case_and_space_and_equal_rows_are_one(place: Place) -> None:
    score(place)
    assert place.scores()["2"] == "9"  # Beta.Example and beta.example, 40 people in finance both


def test_every_lead_is_counted_once_in_the_summary_and_the_manifest(place: Place) -> None:
    ended = score(place)
    assert only(place) == {
        "name": "companies",
        "file": "companies.csv",
        "rows": 6,
        "rows_without_key": 1,
        "keys_ambiguous": 1,
        "set_aside": 0,
        "leads": {"matched": 3, "unmatched": 1, "ambiguous": 1, "without_key": 1},
    }
    assert place.manifest()["joined"] == place.summary()["joined"]
    assert [file["file"] for file in place.manifest()["inputs"]] == ["leads.csv", "companies.csv"]
    assert "joined companies.csv: leads 3 matched, 1 unmatched, 1 ambiguous, 1 without key" in ended.stderr


def test_a_key_of_rows_that_differ_is_told_with_their_lines(place: Place) -> None:
    assert (
        "note: companies.csv: rows of one key that differ are not joined: lines 5 and 6"
        in score(place).stderr
    )


def test_a_column_no_rule_reads_makes_no_key_ambiguous(place: Place) -> None:
    score(place, config=model_of(TRADE, head=HEAD))
    assert only(place)["keys_ambiguous"] == 0
    assert place.scores()["5"] == "10"
    score(place, config=model_of(TRADE, "kind: match, when: {Country: NZ}, points: 1", head=HEAD))
    assert only(place)["keys_ambiguous"] == 1


def test_the_ranked_file_keeps_the_columns_of_the_export_alone(place: Place) -> None:
    score(place)
    assert list(place.rows()[0])[-3:] == ["lead_id", "email", "plan"]


@pytest.mark.parametrize("rule", ["field: Employees", "field: companies.Employees"])
def test_a_column_may_be_named_with_the_name_of_its_table(place: Place, rule: str) -> None:
    config = model_of(SIZE.replace("field: Employees", rule), TRADE, head=HEAD)
    assert score(place, config=config).code == 0
    assert place.scores() == SCORES


def test_a_field_that_both_have_is_refused_until_one_is_named(place: Place) -> None:
    table = COMPANIES.replace("Country", "plan")
    config = model_of("kind: match, when: {plan: US}, points: 10", head=HEAD)
    ended = score(place, config=config, table=table)
    assert ended.code == 4
    assert ended.stderr.startswith(f"{place.folder}/companies.csv:1: plan: the export has this field as well")
    ended = score(place, "--set", "fields.plan.from=companies.plan", config=config, table=table)
    assert (ended.code, place.scores()["1"]) == (0, "10")
    ended = score(place, "--set", "join.companies.columns=Industry", config=config, table=table)
    assert (ended.code, place.scores()["1"]) == (0, "0")


def test_a_field_that_neither_has_is_told_with_the_nearest_header(place: Place) -> None:
    ended = score(place, config=CONFIG.replace("field: Employees", "field: Employes"))
    assert ended.code == 4
    assert (
        "Employes: no column 'Employes', in the export or in companies.csv; companies.csv has 'Employees'"
        in (ended.stderr)
    )


def test_a_cell_that_cannot_be_read_is_told_by_its_lead_and_its_table(place: Place) -> None:
    assert score(place, table=COMPANIES.replace("120", "many")).code == 5
    assert [cell[:2] for cell in place.unreadable()] == [
        (2, "companies.Employees"),
        (7, "companies.Employees"),
    ]


def test_a_damaged_line_of_a_table_is_set_aside_and_the_run_is_not_complete(place: Place) -> None:
    ended = score(place, table=COMPANIES + "gamma.example,Software\n")
    assert ended.code == 5
    assert [(row["file"], row["line"]) for row in place.rows("joined_set_aside.csv")] == [
        ("companies.csv", "8")
    ]
    assert place.scores() == SCORES
    assert only(place)["set_aside"] == 1


def test_a_table_may_be_parquet_and_keeps_its_types(place: Place) -> None:
    path = place.folder / "companies.parquet"
    pq.write_table(
        pa.table({"Domain": ["acme.example"], "Industry": ["Software"], "Employees": pa.array([120.0])}), path
    )
    assert place.score(LEADS, CONFIG, "--join", path).code == 0
    assert place.scores()["1"] == "15"


def test_a_report_of_google_analytics_is_joined_by_campaign(place: Place) -> None:
    table = csv_of(
        "Session campaign,Sessions,Engaged sessions,Key events",
        ["Spring webinar,395,187,31", "Brand search,889,378,23", "(not set),46,15,1"],
    )
    head = "join: {traffic: {on: campaign}}"
    config = model_of("kind: count, field: key_events, each: 1, missing: -1, cap: 99", head=head)
    leads = csv_of("lead_id,campaign", ["1,spring webinar", "2,Brand search", "3,(not set)", "4,Other"])
    assert place.score(leads, config, "--join", place.write("ga4.csv", table)).code == 0
    assert place.scores() == {"1": "31", "2": "23", "3": "-1", "4": "-1"}


TWO = """
join:
  companies: {on: domain}
  plans: {on: plan, key: [Name, Plan]}
"""


def test_several_tables_are_told_apart_by_name(place: Place) -> None:
    config = model_of(
        "kind: count, field: size, each: 1, cap: 99",
        "kind: count, field: price, each: 10, cap: 900",
        head=TWO,
    )
    leads = csv_of("lead_id,domain,plan", ["1,a.example,gold", "2,b.example,Gold"])
    sizes = place.write("sizes.csv", csv_of("domain,size", ["a.example,5"]))
    prices = place.write("a=b.csv", csv_of("Plan,price", ["GOLD,3"]))
    named = ("--join", f"companies={sizes}", "--join", f"plans={prices}")
    assert place.score(leads, config, *named).code == 0
    assert place.scores() == {"1": "35", "2": "30"}
    assert [table["file"] for table in place.summary()["joined"]] == ["sizes.csv", "a=b.csv"]
    for options, said in {
        (): "--join: the config joins a table 'companies', and there is no file for it",
        named[:2]: "--join: the config joins a table 'plans', and there is no file for it",
        (
            "--join",
            sizes,
        ): f"{sizes}: the config joins companies, plans, and which of them this is is not said",
        (*named, *named[:2]): f"{sizes}: is a second file for companies",
    }.items():
        ended = place.score(leads, config, *options)
        assert (ended.code, ended.stderr.startswith(said)) == (2, True), ended.stderr


def test_a_table_without_a_join_in_the_config_is_refused(place: Place) -> None:
    ended = score(place, config=model_of("kind: match, when: {plan: a}, points: 10"))
    assert ended.code == 2
    assert ended.stderr.startswith(f"{place.folder}/companies.csv: the config joins no table; say by which")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("on: mail_domain, key: Domaine", "join.companies.key: no column 'Domaine'; the file has 'Domain'"),
        ("on: mail_domain", "join.companies.key: no column 'mail_domain'; the file has 'Domain'"),
        ("on: mail_domain, key: Domain, columns: Size", "join.companies.columns: no column 'Size'; set"),
    ],
)
def test_a_table_that_lacks_what_is_asked_is_refused(place: Place, head: str, said: str) -> None:
    ended = score(place, config=CONFIG.replace("on: mail_domain, key: Domain", head))
    assert ended.code == 4
    assert said in ended.stderr


def test_an_empty_cell_cannot_be_a_value_that_a_lead_without_a_row_would_have(place: Place) -> None:
    head = HEAD.replace("fields: {", "fields: {Country: {type: boolean, true: US, false: ''}, ")
    ended = score(place, config=model_of("kind: match, when: {Country: false}, points: 10", head=head))
    assert ended.code == 4
    assert "companies.csv:1: fields.Country: the empty cell is one of its words" in ended.stderr


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("join: {companies: {key: Domain}}", "join.companies.on: is missing"),
        ("join: {companies: {on: email, by: x}}", "join.companies.by: is not a known key"),
        (
            "fields: {email: {type: number}}\njoin: {companies: {on: email}}",
            "join.companies.on: reads email as",
        ),
        ("fields: {email: {list: ;}}\njoin: {companies: {on: email}}", "join.companies.on: needs one value"),
    ],
)
def test_a_join_that_cannot_be_meant_is_refused(head: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_content("model.yml", model_of("kind: match, when: {plan: a}, points: 1", head=head).encode())
    assert said in str(error.value)


def test_explain_and_check_join_as_score_does(place: Place) -> None:
    score(place)
    files = (place.folder / "leads.csv", "-c", place.folder / "model.yml")
    join = ("--join", place.folder / "companies.csv")
    told = run("explain", *files, "--id", "1", "--as-of", DAY, *join)
    assert (told.code, "Industry: Software" in told.stdout) == (0, True)
    told = run("check", place.folder / "model.yml", place.folder / "leads.csv", *join)
    assert (told.code, "lines 5 and 6" in told.stdout) == (0, True)


def collected(leads: Export, config: str, table: Export) -> Collected:
    model = load_content("model.yml", config.encode())
    return collect_leads(leads, model, date.fromisoformat(DAY), (), {"companies": table})


KEYS = st.sampled_from(["", "a.example", "A.Example", " a.example", "b.example", "c.example", "B.EXAMPLE "])
SIZES = st.sampled_from(["", "1", "2", "3"])
TABLES = st.lists(st.tuples(KEYS, SIZES, SIZES), max_size=12)
BY_DOMAIN = model_of(
    "kind: count, field: size, each: 1, missing: -10, cap: 9",
    "kind: count, field: age, each: 100, missing: -1000, cap: 900",
    head="join: {companies: {on: domain}}",
)


def looked_up(keys: list[str], table: list[tuple[str, str, str]]) -> tuple[list[int], Counter[str]]:
    """What a dictionary of sets says: the score of each lead, and how many were matched, or why not."""
    meanings: dict[str, set[tuple[str, str]]] = {}
    for key, *cells in table:
        meanings.setdefault(key.strip().lower(), set()).add((cells[0], cells[1]))
    scores, counts = [], Counter[str]()
    for key in (key.strip().lower() for key in keys):
        found = meanings.get(key, set()) if key else set()
        counts["without_key" if not key else ("unmatched", "matched", "ambiguous")[min(len(found), 2)]] += 1
        size, age = next(iter(found)) if len(found) == 1 else ("", "")
        scores.append((int(size) if size else -10) + (100 * int(age) if age else -1000))
    return scores, counts


@given(st.lists(KEYS, max_size=12), TABLES)
def test_a_join_is_what_a_dictionary_says(keys: list[str], table: list[tuple[str, str, str]]) -> None:
    leads = pd.DataFrame({"lead_id": [str(n) for n in range(len(keys))], "domain": keys}, dtype="str")
    rows = pd.DataFrame(table, columns=["domain", "size", "age"], dtype="str")
    found = collected(FrameExport(leads, "leads"), BY_DOMAIN, FrameExport(rows, "companies"))
    scores, counts = looked_up(keys, table)
    assert (found.leads["score"] // 100).tolist() == scores
    assert Counter(found.joins.report[0]["leads"]) == counts


@settings(max_examples=25)
@given(st.lists(KEYS, max_size=12), st.integers(1, 90), st.integers(1, 90))
def test_the_size_of_batches_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str], of_leads: int, of_table: int
) -> None:
    folder = tmp_path_factory.mktemp("join")
    leads, table = folder / "leads.csv", folder / "table.csv"
    leads.write_text(csv_of("lead_id,domain", [f"{n},{key}" for n, key in enumerate(keys)]))
    table.write_text(csv_of("domain,size,age", ["a.example,1,2", "b.example,3,1", "B.example,3,2"]))
    found = collected(
        open_export(leads, {"lead_id"}, batch_bytes=of_leads),
        BY_DOMAIN,
        open_export(table, {"domain"}, batch_bytes=of_table),
    )
    rows = [("a.example", "1", "2"), ("b.example", "3", "1"), ("b.example", "3", "2")]
    assert (found.leads["score"] // 100).tolist() == looked_up(keys, rows)[0]


def test_the_sample_of_google_analytics_gives_its_fields(place: Place) -> None:
    head = (
        "join: {traffic: {on: campaign, columns: [Session campaign, Sessions, Engaged sessions, Key events]}}"
    )
    config = model_of("kind: count, field: sessions, each: 1, cap: 9999", head=head)
    leads = csv_of("lead_id,campaign", ["1,Spring webinar", "2,brand search", "3,Nothing"])
    table = ROOT / "sample_data" / "crm" / "google_analytics.csv"
    ended = place.score(leads, config, "--join", table)
    assert (ended.code, place.scores()) == (0, {"2": "889", "1": "395", "3": "0"})
    assert "note: google_analytics.csv: 11 lines of totals or of other tables were left out" in ended.stderr
    assert len(place.rows("joined_set_aside.csv")) == 11


def test_another_table_of_the_same_file_is_named_by_the_line_of_its_header(place: Place) -> None:
    head = "join: {traffic: {on: landing_page, input: {header_line: 26}}}"
    config = model_of("kind: count, field: sessions, each: 1, cap: 9999", head=head)
    leads = csv_of("lead_id,landing_page", ["1,/pricing", "2,/Demo", "3,/nothing"])
    ended = place.score(leads, config, "--join", ROOT / "sample_data" / "crm" / "google_analytics.csv")
    assert (ended.code, place.scores()) == (0, {"1": "658", "2": "289", "3": "0"})


def test_the_encoding_of_a_table_may_be_declared(place: Place) -> None:
    config = model_of(SIZE, head="join: {companies: {on: email, key: Mail, input: {encoding: cp1252}}}")
    table = csv_of("Mail,Employees", ["ann@acmé.example,60"]).encode("cp1252")
    leads = csv_of("lead_id,email", ["1,ANN@ACMÉ.example"])
    ended = place.score(
        leads, config.replace("min_score: 10", "min_score: 5"), "--join", place.write("c.csv", table)
    )
    assert (ended.code, place.scores()) == (0, {"1": "5"})


def test_a_table_is_joined_to_the_leads_of_every_file_and_segment(place: Place) -> None:
    head = """
segments:
  - {name: software, when: {Industry: Software}, override: {score: {cap: 50}}}
  - {name: others, override: {score: {cap: 40}}}
"""
    header, *rows = LEADS.splitlines()
    more = place.write("more.csv", csv_of("plan,lead_id,email", ["b,7,gil@beta.example"]))
    first = place.write("first.csv", csv_of(header, rows))
    table = place.write("companies.csv", COMPANIES)
    assert place.score(first, model_of(SIZE, TRADE, head=HEAD + head), more, "--join", table).code == 0
    assert place.scores() == {**SCORES, "7": "9"}
    assert {row["lead_id"] for row in place.rows() if row["segment"] == "software"} == {"1", "6"}
    assert only(place)["leads"] == {"matched": 4, "unmatched": 1, "ambiguous": 1, "without_key": 1}


def test_accounts_in_the_score_read_the_leads_twice_and_count_them_once(place: Place) -> None:
    head = HEAD + "accounts: {by: Industry, combine: sum, in_score: {share: 10%, cap: 5}}"
    assert score(place, config=model_of(SIZE, TRADE, head=head)).code == 0
    assert place.scores()["1"] == "18"  # 15, and a tenth of 15 + 15
    assert sum(only(place)["leads"].values()) == 6


def test_in_python_the_columns_of_the_table_stand_in_the_frame() -> None:
    leads = pd.DataFrame(
        {"lead_id": ["1"], "email": ["a@x.example"], "Employees": [60], "Industry": ["Finance"]}
    )
    scores = score_batch(leads, load_content("model.yml", CONFIG.encode()), date.fromisoformat(DAY))
    assert scores["score"].tolist() == [13]
