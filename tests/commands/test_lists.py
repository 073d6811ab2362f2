"""test_lists: the files leads are sorted into: screened and to nurture, by the real command."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from leadscore.errors import ConfigError
from leadscore.model.load import load_content, load_model
from tests.conftest import ROOT
from tests.running import DAY, Place, csv_of, match, model_of, parquet_rows, run

SCREEN = """
fields: {kind: {derive: email_kind, of: email}}
screen:
  spam:
    - {name: throw-away address, when: {kind: disposable}}
  suspect:
    at_least: 2
    signs:
      - {name: free mail, when: {kind: free}}
      - {name: no phone, when: {phone: {missing: true}}}
      - {name: never visited, when: {visits: {at_most: 0}}}
disqualify: [{name: rival, when: {company: Rival}}]
output: {formats: [csv, parquet]}
"""
VISITS = "kind: count, field: visits, each: 5"
CONFIG = model_of(VISITS, head=SCREEN)
LEADS = csv_of(
    "lead_id,email,phone,visits,company",
    [
        "1,ann@gmail.com,,0,Acme",  # models.md E13: free mail, no phone, no visit
        "2,bob@gmail.com,1,3,Acme",
        "3,cy@acme.example,,,Acme",
        "4,di@mailinator.com,1,4,Acme",
        "5,ed@mailinator.com,,0,Rival",
        "6,flo@gmail.com,,4,Rival",
        "7,gus@acme.example,1,2,Acme",
    ],
)
FILES = ("ranked.csv", "disqualified.csv", "screened.csv")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def ids(place: Place, name: str) -> list[str]:
    return [row["lead_id"] for row in place.rows(name)]


def verdicts(place: Place) -> dict[str, tuple[str, str]]:
    rows = [row for name in FILES for row in place.rows(name)]
    return {row["lead_id"]: (row["screen"], row["signs"]) for row in rows}


def test_free_mail_no_phone_and_no_visit_make_a_suspect_where_two_signs_do(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    assert verdicts(place) == {
        "1": ("suspect", "free mail; no phone; never visited"),
        "2": ("lamb", "free mail"),
        "3": ("lamb", "no phone"),  # that nobody knows of a visit is no sign
        "4": ("spam", "throw-away address"),
        "5": ("spam", "throw-away address; no phone; never visited"),
        "6": ("suspect", "free mail; no phone"),
        "7": ("lamb", ""),
    }


def test_each_lead_is_in_one_file_and_the_screen_comes_before_disqualify(place: Place) -> None:
    ended = place.score(LEADS, CONFIG)
    assert [ids(place, name) for name in FILES] == [["2", "7", "1", "3"], ["6"], ["4", "5"]]
    counts = {"in": 7, "ranked": 4, "disqualified": 1, "screened": 2, "set_aside": 0}
    assert place.summary()["leads"] == place.manifest()["counts"] == counts
    assert "7 leads = 4 ranked + 1 disqualified + 2 screened + 0 set aside" in ended.stderr
    assert place.summary()["screen"]["verdicts"] == {"lamb": 3, "suspect": 2, "spam": 2}
    assert {
        sign["name"]: (sign["holds"], sign["unknown"]) for sign in place.summary()["screen"]["signs"]
    } == {
        "throw-away address": (2, 0),
        "free mail": (3, 0),
        "no phone": (4, 0),
        "never visited": (2, 1),
    }


def test_spam_keeps_the_score_it_would_have_and_its_own_columns(place: Place) -> None:
    place.score(LEADS, CONFIG)
    first, second = place.rows("screened.csv")
    assert list(first)[:6] == ["screen", "signs", "score", "fit", "reasons", "coverage"]
    assert (first["score"], first["email"]) == ("20", "di@mailinator.com")
    assert second["score"] == "0"
    assert [row["signs"] for row in parquet_rows(place.out / "screened.parquet")] == [
        first["signs"],
        second["signs"],
    ]


def test_suspects_may_leave_the_ranking_as_well(place: Place) -> None:
    place.score(LEADS, CONFIG, "--set", "screen.suspect.exclude=true")
    assert [ids(place, name) for name in FILES] == [["2", "7", "3"], [], ["4", "6", "1", "5"]]
    assert {row["lead_id"]: row["screen"] for row in place.rows("screened.csv")} == {
        "4": "spam", "6": "suspect", "1": "suspect", "5": "spam"}  # fmt: skip
    assert place.summary()["leads"]["screened"] == 4


@pytest.mark.parametrize(("at_least", "suspects"), [(1, "1236"), (2, "16"), (3, "1")])
def test_so_many_soft_signs_make_a_suspect_and_one_fewer_does_not(
    place: Place, at_least: int, suspects: str
) -> None:
    place.score(LEADS, CONFIG, "--set", f"screen.suspect.at_least={at_least}")
    assert {id_ for id_, (verdict, _) in verdicts(place).items() if verdict == "suspect"} == set(suspects)


def test_a_run_in_which_all_is_spam_is_a_run_all_the_same(place: Place) -> None:
    config = model_of(VISITS, head="screen: {spam: [{name: all, when: {lead_id: {known: true}}}]}")
    assert place.score(LEADS, config).code == 0
    assert len(place.rows("screened.csv")) == 7
    assert place.rows("ranked.csv") == place.rows("tiers/Hot.csv") == []


def test_without_a_screen_there_is_no_file_column_or_count_of_it(place: Place) -> None:
    place.score(LEADS.replace("company", "screen"), model_of(VISITS))
    assert not (place.out / "screened.csv").exists()
    assert "signs" not in place.rows()[0]
    assert set(place.summary()["leads"]) == {"in", "ranked", "disqualified", "set_aside"}
    assert "screen" not in place.summary()


def test_a_lead_without_an_id_is_set_aside_and_not_screened(place: Place) -> None:
    ended = place.score(LEADS + ",x@mailinator.com,,,\n", CONFIG)
    assert ended.code == 5
    leads = place.summary()["leads"]
    assert (leads["in"], leads["screened"], leads["set_aside"]) == (8, 2, 1)
    assert sum(place.summary()["screen"]["verdicts"].values()) == 7


def test_an_export_with_a_column_of_the_same_name_is_told_to_set_a_prefix(place: Place) -> None:
    leads = LEADS.replace("company", "signs").replace("Rival", "x")
    config = CONFIG.replace("{company: Rival}", "{signs: x}")
    ended = place.score(leads, config)
    assert ended.code == 4
    assert "signs: the output has a column of this name" in ended.stderr
    assert place.score(leads, config, "--set", "output.prefix=ls_").code == 0
    assert {row["ls_screen"] for row in place.rows("screened.csv")} == {"spam"}


@pytest.mark.parametrize(
    ("id_", "part", "said"),
    [
        ("5", "screened", "screened as spam; would be tier Cold"),
        ("6", "disqualified", "disqualified (rival); would be tier Hot"),
        ("1", "ranked", "screen: suspect (free mail; no phone; never visited)"),
        ("7", "ranked", "screen: lamb\n"),
    ],
)
def test_explain_shows_the_verdict_and_the_file(place: Place, id_: str, part: str, said: str) -> None:
    export, model = place.write("leads.csv", LEADS), place.write("model.yml", CONFIG)
    arguments = ("explain", export, "-c", model, "--as-of", DAY, "--id", id_)
    assert said in run(*arguments).stdout
    (lead,) = json.loads(run(*arguments, "--json").stdout)["leads"]
    assert lead["part"] == part
    place.score(LEADS, CONFIG)
    assert (lead["screen"], lead["signs"] or "") == verdicts(place)[id_]


NURTURE = "nurture: {tier: MQL, margin: 10, fit: {group: fit, at_least: 20}, idle: {since: seen, days: 30}}"
TIERS = "[{name: SQL, min_score: 80}, {name: MQL, min_score: 50}, {name: Warm, min_score: 30}, {name: Cold}]"
POINTS = "kind: count, field: points, each: 0.01"
LONG_AGO = "2026-01-01"


def nurtured(place: Place, rows: list[str], nurture: str = NURTURE, head: str = "") -> list[str]:
    """The ids on the list; a row is an id, hundredths of a point, the last touch and a note."""
    config = model_of(POINTS, head=f"{nurture}\n{head}", tiers=TIERS)
    assert place.score(csv_of("lead_id,points,seen,note", rows), config).code == 0
    return ids(place, "nurture.csv")


def test_with_mql_at_50_and_a_margin_of_10_the_list_is_from_40_to_below_50(place: Place) -> None:
    cents = {"a": 3999, "b": 4000, "c": 4999, "d": 5000}
    assert nurtured(place, [f"{id_},{n},{LONG_AGO}," for id_, n in cents.items()]) == ["c", "b"]
    first, second = place.rows("nurture.csv")
    names = ["rank", "score", "tier", "next_tier", "missing_points", "days_idle", "reasons"]
    assert list(first) == [*names, "lead_id", "points", "seen", "note"]
    assert [first[name] for name in names] == ["2", "49.99", "Warm", "MQL", "0.01", "180", "rule 1 +49.99"]
    assert [second[name] for name in names[:5]] == ["3", "40", "Warm", "MQL", "10"]


@pytest.mark.parametrize(
    ("seen", "listed"),
    [("2026-05-31", True), ("2026-06-01", False), ("2026-07-15", False), ("", False)],
    ids=["30 days", "29 days", "a day to come", "unknown"],
)
def test_who_is_idle_for_30_days_is_listed_and_an_unknown_date_is_not_idle(
    place: Place, seen: str, listed: bool
) -> None:
    assert nurtured(place, [f"a,4500,{seen},"]) == ["a"] * listed


def test_those_left_out_for_an_unknown_date_are_counted(place: Place) -> None:
    rows = [f"a,4500,{LONG_AGO},", "b,4500,,", "c,3000,,"]
    config = model_of(POINTS, head=NURTURE, tiers=TIERS)
    ended = place.score(csv_of("lead_id,points,seen,note", rows), config)
    assert place.summary()["nurture"] == {"leads": 1, "unknown": 1}
    assert (
        "to nurture: 1 (see nurture.csv; 1 more if the date of their last touch were known)" in ended.stderr
    )


def test_fit_is_asked_for_to_the_point(place: Place) -> None:
    nurture = NURTURE.replace("at_least: 20", "at_least: 45")
    assert nurtured(place, [f"a,4500,{LONG_AGO},", f"b,4499,{LONG_AGO},"], nurture) == ["a"]


def test_fit_and_idle_may_be_left_out(place: Place) -> None:
    assert nurtured(place, ["a,4500,,", "b,3999,,"], "nurture: {tier: MQL, margin: 10}") == ["a"]
    assert "days_idle" not in place.rows("nurture.csv")[0]


def test_with_a_wide_margin_the_next_tier_is_the_one_above_the_leads_own(place: Place) -> None:
    nurtured(place, ["a,6000,,", "b,4500,,", "c,2900,,"], "nurture: {tier: SQL, margin: 60}")
    found = [(row["tier"], row["next_tier"], row["missing_points"]) for row in place.rows("nurture.csv")]
    assert found == [("MQL", "SQL", "20"), ("Warm", "MQL", "5"), ("Cold", "Warm", "1")]


def test_who_is_disqualified_or_spam_is_not_nurtured(place: Place) -> None:
    head = "disqualify: [{name: out, when: {note: out}}]\nscreen: {spam: [{name: s, when: {note: spam}}]}"
    rows = [f"{note},4500,{LONG_AGO},{note}" for note in ("out", "spam", "fine")]
    assert nurtured(place, rows, head=head) == ["fine"]


def test_the_list_shows_rows_of_the_ranking_and_takes_none_away(place: Place) -> None:
    config, sample = ROOT / "configs" / "nurture.yml", ROOT / "sample_data" / "leads.csv"
    assert place.score(sample, config, "--set", "output.formats=[csv, parquet]").code == 0
    ranked, listed = {row["lead_id"]: row for row in place.rows()}, place.rows("nurture.csv")
    assert len(listed) > 20
    ranks = [int(row["rank"]) for row in listed]
    assert ranks == sorted(ranks)
    for row in listed:
        shared = row.keys() & ranked[row["lead_id"]].keys()
        assert {name: row[name] for name in shared} == {name: ranked[row["lead_id"]][name] for name in shared}
        assert Decimal(row["score"]) + Decimal(row["missing_points"]) == 50
    typed = parquet_rows(place.out / "nurture.parquet")
    assert [(row["rank"], row["days_idle"], row["missing_points"]) for row in typed] == [
        (int(row["rank"]), int(row["days_idle"]), Decimal(row["missing_points"])) for row in listed
    ]
    counts = place.summary()["leads"]
    assert counts["in"] == counts["ranked"] + counts["disqualified"] + counts["set_aside"]


def test_a_cell_that_is_disarmed_in_two_files_is_counted_once(place: Place) -> None:
    assert nurtured(place, [f"a,4500,{LONG_AGO},=1+1"]) == ["a"]
    assert place.rows("nurture.csv")[0]["note"] == place.rows()[0]["note"] == "'=1+1"
    assert place.summary()["disarmed"] == 1


def test_an_empty_list_has_its_columns(place: Place) -> None:
    assert nurtured(place, ["a,100,,"], head="output: {formats: [csv, parquet]}") == []
    assert (place.out / "nurture.csv").read_text().startswith("rank,score,tier,next_tier,missing_points,")
    assert parquet_rows(place.out / "nurture.parquet") == []


SIGN = "{name: s, when: {visits: 0}}"
FAULTS = [
    ("screen: {}", "screen: has no signs"),
    ("screen: {spam: []}", "screen.spam"),
    (f"screen: {{spam: [{SIGN}, {SIGN}]}}", "screen.spam.s.name: two signs have this name"),
    (f"screen: {{spam: [{SIGN}], suspect: {{at_least: 1, signs: [{SIGN}]}}}}", "two signs have this name"),
    (f"screen: {{suspect: {{at_least: 2, signs: [{SIGN}]}}}}", "at_least: must be from 1 to 1"),
    (f"screen: {{suspect: {{at_least: 0, signs: [{SIGN}]}}}}", "at_least: must be from 1 to 1"),
    (f"screen: {{suspect: {{signs: [{SIGN}]}}}}", "screen.suspect.at_least: is missing"),
    (f"screen: {{spam: [{SIGN}], exclude: true}}", "screen.exclude: is not a known key"),
    (f"screen: {{suspects: [{SIGN}]}}", "did you mean suspect?"),
    ("nurture: {tier: Hott, margin: 10}", "nurture.tier: there is no tier of that name; did you mean Hot?"),
    ("nurture: {tier: Cold, margin: 10}", "nurture.tier: this tier has no min_score"),
    ("nurture: {tier: Hot, margin: 0}", "nurture.margin: must be above 0"),
    ("nurture: {tier: Hot}", "nurture.margin: is missing"),
    ("nurture: {tier: Hot, margin: 5, fit: {group: fitt, at_least: 1}}", "did you mean fit?"),
    ("nurture: {tier: Hot, margin: 5, idle: {since: visits, days: 3}}", "reads visits as date"),
]


@pytest.mark.parametrize(("head", "said"), FAULTS, ids=[head for head, _ in FAULTS])
def test_a_list_that_cannot_be_meant_is_refused_with_what_to_write(head: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_content("model.yml", model_of(VISITS, head=head).encode())
    problems = [str(problem) for problem in refused.value.problems]
    assert [said in problem for problem in problems] == [True], problems


def test_a_group_may_have_the_name_of_a_column_that_the_output_does_not_have() -> None:
    config: dict[str, Any] = {
        "name": "t",
        "id": "lead_id",
        "groups": {"signs": {"rules": [{"name": "v", "kind": "count", "field": "visits", "each": 1}]}},
        "tiers": [{"name": "all"}],
    }
    load_model(config)
    with pytest.raises(ConfigError, match="is the name of an output column"):
        load_model({**config, "screen": {"spam": [{"name": "s", "when": {"visits": 0}}]}})


def test_check_doubts_a_sign_that_nobody_and_one_that_everybody_shows(place: Place) -> None:
    signs = ["a, when: {company: Acne}", "b, when: {lead_id: {known: true}}", "c, when: {fax: x}"]
    listed = ", ".join(f"{{name: {sign}}}" for sign in signs)
    config = model_of(match("visits: {above: 2}", 10), head=f"screen: {{spam: [{listed}]}}")
    leads = "\n".join(line + (",fax" if place == 0 else ",") for place, line in enumerate(LEADS.splitlines()))
    ended = run("check", place.write("model.yml", config), place.write("leads.csv", leads), "--as-of", DAY)
    said = [line.partition(": ")[2] for line in ended.stdout.splitlines() if "[sign-" in line]
    assert [line[: len("screen.spam.a")] for line in said] == [
        "screen.spam.a",
        "screen.spam.b",
        "screen.spam.c",
    ]
    assert "no lead shows it (0 of 7)" in said[0]
    assert "every lead shows it (all 7)" in said[1]
    assert "no lead shows it: what it reads is always missing (0 of 7)" in said[2]


def test_a_scale_may_not_have_the_name_of_a_column_of_the_screen() -> None:
    head = f"scales: {{signs: {{of: score, to: percent}}}}\nscreen: {{spam: [{SIGN}]}}"
    with pytest.raises(ConfigError, match="another column has this name"):
        load_content("model.yml", model_of(VISITS + ", cap: 20", head=head).encode())


def test_a_faulty_tier_or_group_is_told_once_and_not_by_the_nurture_list_as_well() -> None:
    head = "nurture: {tier: Hot, margin: 5, fit: {group: fit, at_least: 1}}"
    text = model_of(VISITS, head=head, tiers="[{name: Hot, min_scor: 10}, {name: Cold}]")
    with pytest.raises(ConfigError) as refused:
        load_content("model.yml", text.encode())
    assert ["min_scor" in str(problem) for problem in refused.value.problems] == [True]
