"""test_explain: one lead's arithmetic is that of the ranked file, line by line."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from leadscore.analysis.explain.explain import Explanation, explain_leads
from leadscore.model.load import load_model
from leadscore.pipeline.inputs import open_wanted
from tests.running import DAY, SAMPLE, SAMPLE_CONFIG, Ended, Place, csv_of, match, model_of, rows_of, run

LEADS = csv_of(
    "lead_id,name,visits,seen",
    ["0012,Ann,60,2026-06-20", "13,Bob,,", "14,Cy,x,2026-06-20", "15,Di,700,", "16,[/b]\\x1b,5,"],
)
CONFIG = model_of(
    match("visits: {at_least: 50}", 10),
    match("name: {known: true}", "2.5"),
    "kind: count, field: visits, each: 1, cap: 7",
    "kind: bands, age_of: seen, bands: {0: 4}",
    head="disqualify: [{name: too many, when: {visits: {above: 500}}}]",
    score="cap: 20",
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("sample"))
    assert place.score(SAMPLE, SAMPLE_CONFIG, "--set", "output.contributions=true").code == 0
    return place


def explained(place: Place, id_: str, *options: str) -> Ended:
    export, model = place.write("leads.csv", LEADS), place.write("model.yml", CONFIG)
    return run("explain", export, "-c", model, "--as-of", DAY, "--id", id_, *options)


def ids(place: Place, name: str, every: int) -> list[str]:
    return [row["lead_id"] for row in place.rows(name)][::every]


def in_sample(id_: str) -> Explanation:
    model = load_model(SAMPLE_CONFIG)
    return explain_leads(open_wanted(SAMPLE, model), model, date.fromisoformat(DAY), [id_])[0]


def test_the_lines_of_a_lead_add_up_to_its_score_in_the_ranked_file(sample: Place) -> None:
    rows = {row["lead_id"]: row for name in ("ranked.csv", "disqualified.csv") for row in sample.rows(name)}
    chosen = ids(sample, "ranked.csv", 15) + ids(sample, "disqualified.csv", 6)
    assert len(chosen) > 30
    for id_ in chosen:
        lead, row = in_sample(id_), rows[id_]
        assert sum(line.points for line in lead.lines) == lead.score
        assert Decimal(lead.score) / 100 == Decimal(row["score"])
        assert Decimal(lead.coverage) / 100 == Decimal(row["coverage"])
        assert (lead.id, lead.grade, lead.disqualified_by) == (
            id_,
            row["grade"],
            row.get("disqualified_by", ""),
        )
        assert lead.tier == row.get("tier", lead.tier)
        for group in ("fit", "engagement", "doubts"):
            assert sum(line.points for line in lead.lines if line.group == group) == Decimal(row[group]) * 100


def test_the_lines_of_a_lead_are_its_row_of_the_contributions_file(sample: Place) -> None:
    rows = {row.pop("id"): row for row in pq.read_table(sample.out / "contributions.parquet").to_pylist()}
    for id_ in ids(sample, "ranked.csv", 40):
        lines = {line.name: Decimal(line.points) / 100 for line in in_sample(id_).lines}
        score = rows[id_].pop("score")
        assert lines == rows[id_]
        assert sum(lines.values()) == score


def test_every_reason_of_a_lead_is_one_of_its_lines(sample: Place) -> None:
    for row in sample.rows()[::40]:
        lines = {line.name: line.points for line in in_sample(row["lead_id"]).lines}
        for reason in filter(None, row["reasons"].split("; ")):
            name, _, points = reason.rpartition(" ")
            assert lines[name] == Decimal(points) * 100


def test_json_is_one_object_with_every_line(place: Place) -> None:
    ended = explained(place, "0012", "--json")
    assert (ended.code, ended.stderr) == (0, "")
    lead = json.loads(ended.stdout)["leads"][0]
    assert (lead["id"], lead["line"], lead["score"], lead["tier"]) == ("0012", 2, 20, "Hot")
    assert [(line["name"], line["points"]) for line in lead["lines"]] == [
        *[("rule 1", 10), ("rule 2", 2.5), ("rule 3", 7), ("rule 4", 4)],
        ("score: cap", -3.5),
    ]
    assert lead["disqualified_by"] is None
    assert lead["unknown"] == []


def test_an_unknown_value_is_told_from_a_zero(place: Place) -> None:
    for id_ in ("13", "14"):  # an empty cell and one that is no number
        lead = json.loads(explained(place, id_, "--json").stdout)["leads"][0]
        assert "visits" in lead["unknown"]
        assert [line["known"] for line in lead["lines"] if line["name"] in ("rule 1", "rule 3")] == [
            False,
            False,
        ]
        ended = explained(place, id_)
        assert "unknown" in ended.stdout
        assert "visits" in ended.stdout


def test_a_disqualified_lead_is_explained_with_the_reason(place: Place) -> None:
    ended = explained(place, "15")
    assert ended.code == 0
    assert "disqualified (too many)" in ended.stdout
    assert json.loads(explained(place, "15", "--json").stdout)["leads"][0]["disqualified_by"] == "too many"


@pytest.mark.parametrize("id_", ["99", "12", "0012 ", "", "Ann", "CANARY"])
def test_an_id_that_no_lead_has_is_refused(place: Place, id_: str) -> None:
    ended = explained(place, id_)
    assert (ended.code, ended.stdout) == (4, "")
    assert "lead_id: no lead has this id" in ended.stderr
    assert "CANARY" not in ended.stderr


def test_an_id_that_two_leads_have_is_refused_as_it_is_by_score(place: Place) -> None:
    export = place.write("leads.csv", "lead_id,name,visits,seen\n1,a,60,\n2,b,5,\n1,c,7,\n")
    model = place.write("model.yml", CONFIG)
    ended = run("explain", export, "-c", model, "--as-of", DAY, "--id", "1")
    assert ended.code == 4
    assert "leads.csv:2" in ended.stderr
    assert "leads.csv:4" in ended.stderr


def test_dates_with_two_readings_are_refused_as_they_are_by_score(place: Place) -> None:
    export = place.write("leads.csv", "lead_id,name,visits,seen\n1,a,60,03/04/2026\n")
    model = place.write("model.yml", CONFIG)
    ended = run("explain", export, "-c", model, "--as-of", DAY, "--id", "1")
    assert ended.code == 3
    assert "lines 2" in ended.stderr


@pytest.mark.parametrize("columns", ["60", "80", "140"])
def test_the_table_ends_in_the_sum_and_has_no_escapes(place: Place, columns: str) -> None:
    export, model = place.write("leads.csv", LEADS), place.write("model.yml", CONFIG)
    ended = run("explain", export, "-c", model, "--as-of", DAY, "--id", "0012", COLUMNS=columns)
    assert (ended.code, ended.stderr) == (0, "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ended.stdout)
    for text in ("0012", "rule 1", "+10", "+2.5", "+7", "+4", "-3.5", "20", "Hot"):
        assert text in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= max(int(columns), 100)


def test_a_value_reaches_the_terminal_as_text(place: Place) -> None:
    export = place.write("leads.csv", LEADS.replace("\\x1b", "\x1b]0;x\x07"))
    ended = run("explain", export, "-c", place.write("model.yml", CONFIG), "--as-of", DAY, "--id", "16")
    assert ended.code == 0
    assert "[/b]\\x1b]0;x\\x07" in re.sub(r"\s+", "", ended.stdout)


@pytest.mark.parametrize(("option", "value"), [("--as-of", "x"), ("--nope", "x")])
def test_a_wrong_command_line_is_exit_2(place: Place, option: str, value: str) -> None:
    ended = explained(place, "13", option, value)
    assert (ended.code, ended.stdout) == (2, "")


def test_the_id_must_be_given() -> None:
    ended = run("explain", SAMPLE, "-c", SAMPLE_CONFIG)
    assert ended.code == 2
    assert "--id" in ended.stderr


def test_several_leads_are_told_by_rank_and_by_id_each_with_its_lines(sample: Place) -> None:
    rows = sample.rows()
    arguments = ("explain", SAMPLE, "-c", SAMPLE_CONFIG, "--as-of", DAY, "--rank", "1-3", "--rank", "100")
    told = json.loads(run(*arguments, "--id", rows[9]["lead_id"], "--json").stdout)["leads"]
    wanted = [rows[place] for place in (0, 1, 2, 99, 9)]
    assert [lead["id"] for lead in told] == [row["lead_id"] for row in wanted]
    assert [lead["rank"] for lead in told] == [1, 2, 3, 100, None]
    assert [Decimal(str(lead["score"])) for lead in told] == [Decimal(row["score"]) for row in wanted]


def test_as_csv_each_line_is_a_row_and_the_points_of_a_lead_add_up(sample: Place) -> None:
    ended = run("explain", SAMPLE, "-c", SAMPLE_CONFIG, "--as-of", DAY, "--rank", "1-40", "--csv")
    assert (ended.code, ended.stderr) == (0, "")
    points: dict[str, Decimal] = {}
    rows = rows_of(ended.stdout.encode())
    for row in rows:
        points[row["id"]] = points.get(row["id"], Decimal(0)) + Decimal(row["points"])
    scores = {row["lead_id"]: Decimal(row["score"]) for row in sample.rows()[:40]}
    assert points == scores
    assert {row["id"]: row["rank"] for row in rows} == {
        id_: str(rank) for rank, id_ in enumerate(scores, start=1)
    }


def test_as_csv_a_cell_that_a_spreadsheet_would_run_is_disarmed(place: Place) -> None:
    leads = csv_of("lead_id,name,visits,seen", ["=1+1,@evil,60,", "+44 20 7946 0000,Ann,5,"])
    export, model = place.write("leads.csv", leads), place.write("model.yml", CONFIG)
    arguments = ("explain", export, "-c", model, "--as-of", DAY, "--rank", "1-2", "--csv")
    cells = {cell for row in rows_of(run(*arguments).stdout.encode()) for cell in row.values()}
    assert "'=1+1" in cells
    assert "+44 20 7946 0000" in cells
    assert not [cell for cell in cells if cell[:1] in "=@" and cell]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "explain: names no lead; add --id ID or --rank 1"),
        (("--rank", "0"), "--rank: is no rank; write for example 3, or 1-10"),
        (("--rank", "3-1"), "--rank: is no rank; write for example 3, or 1-10"),
        (("--rank", "x"), "--rank: is no rank; write for example 3, or 1-10"),
        (("--rank", "5"), "--rank: there is no rank 5: 4 leads are ranked; write a lower one"),
    ],
)
def test_what_no_lead_is_meant_by_is_refused(place: Place, options: tuple[str, ...], said: str) -> None:
    export, model = place.write("leads.csv", LEADS), place.write("model.yml", CONFIG)
    ended = run("explain", export, "-c", model, "--as-of", DAY, *options)
    assert (ended.code, ended.stdout, ended.stderr) == (2, "", f"{said}\n")


def test_all_ids_that_no_lead_has_are_told_together_and_not_said(place: Place) -> None:
    ended = explained(place, "CANARY", "--id", "CANARY 2", "--id", "13")
    assert (ended.code, ended.stdout) == (4, "")
    assert ended.stderr.count("no lead has this id") == 2
    assert "CANARY" not in ended.stderr


def test_what_a_lead_could_be_is_told(place: Place) -> None:
    ended = explained(place, "13")
    assert "whatever the unknown is, the score is from 2.5 (Cold) to 20 (Hot)\n" in ended.stdout
    assert "would be Hot if known: visits: 50 instead of nothing: +17 to 19.5, Hot\n" in ended.stdout
    assert "next tier Hot: 7.5 points missing\n" in ended.stdout
    (lead,) = json.loads(explained(place, "13", "--json").stdout)["leads"]
    assert (lead["lowest"], lead["highest"]) == (
        {"score": 2.5, "tier": "Cold"},
        {"score": 20.0, "tier": "Hot"},
    )
    assert (lead["next_tier"], lead["missing_points"]) == ("Hot", 7.5)
    assert lead["lifts"][0] == {
        "fields": [{"field": "visits", "from": None, "to": "50"}],
        "points": 17.0,
        "score": 19.5,
        "tier": "Hot",
    }
    assert all(change["tier"] == "Hot" and change["score"] >= 10 for change in lead["changes"])
    assert lead["changes"]


def test_the_best_tier_has_no_next_one_and_what_is_known_has_no_interval(place: Place) -> None:
    ended = explained(place, "0012")
    assert "next tier" not in ended.stdout
    assert "whatever the unknown" not in ended.stdout
