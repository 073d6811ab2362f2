"""test_trend: a series of nights by the real command, what is shown of it, and what rings."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.running import Ended, Place, csv_of, model_of, run, strings

CONFIG = model_of(
    "kind: count, field: visits, each: 1",
    "kind: lookup, field: source, values: {Fair: 1, Web: 2}",
    'kind: bands, age_of: seen, bands: {0: 1}, stage: "decision"',
    head='outcome: {field: won, won: ["1"]}\ndisqualify: [{name: rival, when: {title: Rival}}]\n'
    "fields: {seen: {type: date}}",
    tiers="[{name: Hot, min_score: 10}, {name: Warm, min_score: 5}, {name: Cold}]",
)
HEADER = "lead_id,visits,title,source,seen,won"
FIRST = [
    "1,12,,Fair,2026-06-01,1",  # 14 points: Hot
    "2,7,,Web,2026-05-30,0",  # 10: Hot
    "3,1,,Web,2026-05-20,",  # 4: Cold
    "4,3,,Fair,,1",  # 4: Cold
    "5,20,Rival,Fair,2026-06-09,0",
    "6,5,,,2026-05-31,0",  # 6: Warm
]
SECOND = [
    "1,12,,Fair,2026-06-01,1",  # 14: Hot
    "2,4,,Web,2026-05-30,0",  # 7: Warm
    "3,1,Rival,Web,2026-05-20,",
    "4,9,,fAIR ,,1",  # 10: Hot
    "5,20,Rival,TikTok,2026-06-09,0",
    "7,,,TikTok,2026-06-02,",  # 1: Cold
]
WATCHED = ("--set", "checks.psi_above=0.2", "--set", "checks.missing_rise=10%")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def night(place: Place, day: str, rows: list[str], *options: object, config: str = CONFIG) -> Ended:
    export = place.write("leads.csv", csv_of(HEADER, rows))
    model = place.write("model.yml", config)
    return run("score", export, "-c", model, "-o", place.folder / "runs/{as_of}", "--as-of", day, *options)


@pytest.fixture
def runs(place: Place) -> Path:
    """Two nights."""
    for day, rows in (("2026-06-01", FIRST), ("2026-06-02", SECOND)):
        assert night(place, day, rows).code == 0
    return place.folder / "runs"


def told(*arguments: object, code: int = 0) -> dict[str, Any]:
    ended = run("trend", *arguments, "--json")
    assert ended.code == code, ended.stderr
    content = json.loads(ended.stdout)
    assert isinstance(content, dict)
    assert content["exit_code"] == code
    return content


def summary_of(run_: Path) -> dict[str, Any]:
    content = json.loads((run_ / "summary.json").read_text())
    assert isinstance(content, dict)
    return content


def rewrite(run_: Path, summary: dict[str, Any]) -> None:
    """The summary of a run as another leadscore would have written it, its digest in the manifest."""
    content = json.dumps(summary)
    (run_ / "summary.json").write_text(content)
    manifest = json.loads((run_ / "manifest.json").read_text())
    manifest["outputs"]["summary.json"]["sha256"] = hashlib.sha256(content.encode()).hexdigest()
    (run_ / "manifest.json").write_text(json.dumps(manifest))


def aged(run_: Path) -> None:
    """As a leadscore wrote it that knew nothing of trends."""
    summary = summary_of(run_)
    for key in ("fields", "unlisted", "looked_up"):
        del summary[key]
    for key in ("mean", "quantiles", "histogram"):
        del summary["score"][key]
    for rule in summary["rules"]:
        del rule["leads"]
    rewrite(run_, summary)


def test_a_run_keeps_what_later_ones_are_compared_with_and_no_value(runs: Path) -> None:
    summary = summary_of(runs / "2026-06-02")
    assert summary["score"] | {"histogram": None} == {
        "minimum": 0.0, "maximum": summary["score"]["maximum"], "mean": 8.0,
        "quantiles": {"10": 1.0, "25": 1.0, "50": 7.0, "75": 10.0, "90": 14.0}, "histogram": None,
    }  # fmt: skip
    counts = summary["score"]["histogram"]
    assert (counts["width"], counts["start"], sum(counts["leads"])) == (0.1, 1.0, 4)
    assert {field["name"]: field["unknown"] for field in summary["fields"]} == {
        "lead_id": 0, "visits": 1, "source": 0, "seen": 1, "title": 4, "won": 2,
    }  # fmt: skip
    # 2026-06-09 is not there yet on the 2nd.
    assert [field["newest_days"] for field in summary["fields"] if "newest_days" in field] == [0]
    assert summary["unlisted"] == [{"name": "rule 2", "field": "source", "leads": 2, "values": 1}]
    assert summary["looked_up"] == ["source"]
    assert [(rule["fired"], rule["leads"]) for rule in summary["rules"]] == [(5, 6), (4, 6), (4, 6)]
    assert "TikTok" not in list(strings(summary))


def test_the_last_two_runs_are_put_side_by_side(runs: Path) -> None:
    content = told(runs)
    first, second = content["runs"]
    assert [each["as_of"] for each in (first, second)] == ["2026-06-01", "2026-06-02"]
    assert second["leads"] == {"in": 6, "ranked": 4, "disqualified": 2, "set_aside": 0}
    assert [(tier["name"], tier["leads"], tier["won"], tier["known"]) for tier in second["tiers"]] == [
        ("Hot", 2, 2, 2), ("Warm", 1, 0, 1), ("Cold", 1, 0, 0),
    ]  # fmt: skip
    assert (first["score"]["psi"], first["score"]["psi_of_first"]) == (None, None)
    # Scores 4 4 6 10 14, then 1 7 10 14: the bins end with 4, 6, 10 and 14, and none is in the second.
    shares = ((0.4, 0.25), (0.2, 0.5 / 4), (0.2, 0.5), (0.2, 0.25))
    psi = pytest.approx(sum((now - was) * math.log(now / was) for was, now in shares), abs=1e-12)
    assert (second["score"]["psi"], second["score"]["psi_of_first"]) == (psi, psi)
    assert content["moves"] == [
        {"before": "Hot", "after": "Hot", "leads": 1},
        {"before": "Hot", "after": "Warm", "leads": 1},
        {"before": "Warm", "after": None, "leads": 1},
        {"before": "Cold", "after": "Hot", "leads": 1},
        {"before": "Cold", "after": "disqualified", "leads": 1},
        {"before": "disqualified", "after": "disqualified", "leads": 1},
        {"before": None, "after": "Cold", "leads": 1},
    ]
    assert content["new_values"] == [{"field": "source", "leads": 1, "values": 1, "shown": []}]
    assert (content["alarms"], content["notes"]) == ([], [])


def test_what_is_shown_fits_a_terminal(runs: Path) -> None:
    ended = run("trend", runs, COLUMNS="80")
    assert (ended.code, ended.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in ended.stdout.splitlines()]
    for line in (
        "2 runs, 2026-06-01 to 2026-06-02",
        "2026-06-02 6 4 8 1 1 7 10 14 0.3918 0.3918",
        "2026-06-01 2 40.0 % 1 20.0 % 2 40.0 %",
        "2026-06-02 2/2 100.0 % 0/1 0.0 % 0/0",
        "leads by tier: 2026-06-01 down, 2026-06-02 across",
        "Cold 1 1",
        "rule 2 83.3 % 66.7 % 0.1527",
        "visits 0.0 % 16.7 %",
        "seen 16.7 % 16.7 % 0 0",
        "not listed by rule 'rule 2': 1 value, 2 leads (before: 0 values, 0 leads)",
        "new in source: 1 value that none had before, 1 lead",
    ):
        assert line in lines, line
    tables = ended.stdout.split("fields:")[0].splitlines()
    assert max(map(len, tables)) <= 80


def test_a_value_that_many_leads_have_is_named(place: Place) -> None:
    rows = [f"{number},1,,{'Web' if number < 20 else 'Fair'},," for number in range(40)]
    assert night(place, "2026-06-01", rows).code == 0
    assert night(place, "2026-06-02", [row.replace("Web", "TikTok") for row in rows]).code == 0
    (new,) = told(place.folder / "runs")["new_values"]
    assert new["shown"] == [{"value": "TikTok", "leads": 20}]


def test_runs_are_found_in_their_folder_whatever_stands_beside_them(runs: Path) -> None:
    (runs / ".hidden").mkdir()
    shutil.copytree(runs / "2026-06-01", runs / ".hidden" / "2026-06-03")
    (runs / "archive").mkdir()
    (runs / "notes.txt").write_text("mine")
    assert (runs / "latest").is_symlink()
    content = told(runs)
    assert [each["run"] for each in content["runs"]] == [str(runs / "2026-06-01"), str(runs / "2026-06-02")]
    assert content["notes"] == [f"{runs / 'archive'}: is no run of leadscore, and is passed over"]


def test_a_folder_of_two_series_and_a_comparison_are_doubted(place: Place, runs: Path) -> None:
    export, model = place.folder / "leads.csv", place.folder / "model.yml"
    emea = place.folder / "runs" / "emea-{as_of}"
    assert run("score", export, "-c", model, "-o", emea, "--as-of", "2026-06-02").code == 0
    moved = ("--set", "groups.fit.rules.rule 2.values.Web=9", "--write", runs / "moved")
    assert run("compare", export, "-c", model, "--as-of", "2026-06-02", *moved).code == 0
    assert told(runs)["notes"] == [
        f"{runs / 'moved'}: is no run of leadscore, and is passed over",
        "several runs are for one day, such as 2026-06-02: of two series in one folder name one, "
        "as runs/emea-*",
    ]
    assert run("trend", runs / "moved").code == 4


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("as_of", "today"),
        ("leads", []),
        ("tiers", [{"name": "Hot", "leads": "many", "share": 0.5, "outcome": None}]),
        ("tiers", [{"name": "Hot", "leads": 2, "share": "half", "outcome": None}]),
        ("tiers", 7),
        ("score", {"histogram": {"width": 1e300, "start": 0, "leads": [1]}}),
        ("score", {"mean": "x"}),
        ("rules", [{"name": "rule 1", "fired": 9, "leads": 3}]),
        ("fields", {"visits": 1}),
        ("unlisted", [{"name": "rule 2", "field": "source", "leads": None, "values": 1}]),
    ],
)
def test_a_summary_that_says_nonsense_is_refused(runs: Path, key: str, value: object) -> None:
    rewrite(runs / "2026-06-01", summary_of(runs / "2026-06-01") | {key: value})
    ended = run("trend", runs)
    assert (ended.code, ended.stdout) == (4, "")
    assert f"{runs / '2026-06-01' / 'manifest.json'}: is damaged or of an older leadscore" in ended.stderr


def test_runs_that_rank_nobody_are_shown(place: Place) -> None:
    nobody = [row.replace(",,", ",Rival,", 1) for row in FIRST]
    for day in ("2026-06-01", "2026-06-02"):
        assert night(place, day, nobody).code == 0
    content = told(place.folder / "runs", "-c", place.folder / "model.yml", *WATCHED)
    assert content["runs"][1]["score"] == {
        "mean": None, "quantiles": dict.fromkeys(("10", "25", "50", "75", "90")),
        "psi": None, "psi_of_first": None,
    }  # fmt: skip
    assert run("trend", place.folder / "runs", COLUMNS="80").code == 0


def test_runs_may_be_named_in_any_order_and_count_once(runs: Path) -> None:
    content = told(runs / "latest", runs / "2026-06-01", runs / "2026-06-02")
    assert [each["as_of"] for each in content["runs"]] == ["2026-06-01", "2026-06-02"]
    content = told(runs / "2026-06-02")
    assert (len(content["runs"]), content["moves"], content["new_values"]) == (1, None, [])


def test_all_that_cannot_be_trusted_is_named_at_once(runs: Path) -> None:
    shutil.copytree(runs / "2026-06-01", runs / "2026-05-31")
    shutil.copytree(runs / "2026-06-01", runs / "2026-05-30")
    (runs / "2026-05-31" / "manifest.json").unlink()
    (runs / "2026-05-30" / "summary.json").write_text("{}")
    (runs / "2026-06-01" / "summary.json").unlink()
    ended = run("trend", runs, runs / "nowhere")
    assert ended.code == 4
    assert ended.stdout == ""
    for line in (
        f"{runs / 'nowhere'}: is no run of leadscore, and holds none; name a run's folder, or one ",
        f"{runs / '2026-05-30' / 'summary.json'}: is not as the run wrote it; ",
        f"{runs / '2026-05-31'}: is no run of leadscore; ",
        f"{runs / '2026-06-01' / 'summary.json'}: ",
    ):
        assert line in ended.stderr, line


def test_leads_that_are_not_as_they_were_written_are_refused(runs: Path) -> None:
    for day in ("2026-06-01", "2026-06-02"):
        ranked = runs / day / "ranked.csv"
        ranked.write_text(ranked.read_text().replace("Fair", "Fail"))
    ended = run("trend", runs)
    assert ended.code == 4
    assert ended.stderr.count("ranked.csv: is not as the run wrote it") == 2


def test_a_folder_without_runs_is_refused(tmp_path: Path) -> None:
    assert run("trend", tmp_path).code == 4


@pytest.mark.parametrize("which", ["2026-06-01", "2026-06-02"])
def test_of_runs_of_an_older_leadscore_the_figures_they_lack_are_blank(
    place: Place, runs: Path, which: str
) -> None:
    aged(runs / which)
    content = told(runs, "-c", place.folder / "model.yml", *WATCHED)
    assert content["runs"][1]["score"]["psi"] is None
    assert {rule["psi"] for rule in content["runs"][1]["rules"]} == {None}
    assert len(content["moves"]) == 7
    assert content["notes"] == [
        f"the run for {which} is of an older leadscore, which did not keep the figures that "
        "checks.psi_above and checks.missing_rise compare"
    ]
    assert run("trend", runs, COLUMNS="80").code == 0


def test_tiers_of_another_name_stand_beside_the_old_ones(place: Place, runs: Path) -> None:
    assert night(place, "2026-06-03", SECOND, config=CONFIG.replace("Hot", "SQL")).code == 0
    content = told(runs)
    assert {"before": "Hot", "after": "SQL", "leads": 2} in content["moves"]
    assert [each["same_config"] for each in content["runs"]] == [True, True, False]
    shown = run("trend", runs, COLUMNS="80").stdout
    assert "note: the config of 2026-06-03 is not that of the run before" in shown
    assert "SQL" in shown
    assert "Hot" in shown


def test_runs_that_identify_leads_by_other_columns_have_no_moves(place: Place, runs: Path) -> None:
    other = CONFIG.replace("id: lead_id", "id: visits").replace("field: visits", "field: lead_id")
    rows = [row for row in FIRST if row.split(",")[1]]
    assert night(place, "2026-06-03", rows, config=other).code == 0
    content = told(runs)
    assert content["moves"] is None
    assert content["notes"] == [
        "who has moved cannot be told: the two last runs identify their leads by different columns"
    ]
    assert run("trend", runs).code == 0


def test_runs_of_parquet_segments_and_a_screen_are_compared(place: Place) -> None:
    config = model_of(
        match := "kind: lookup, field: source, values: {Fair: 10}",
        head="screen: {spam: [{name: spam, when: {title: Spam}}]}\n"
        "segments:\n  - {name: web, when: {source: Web}, override: {tiers: [{name: Hot, min_score: 9}]}}\n"
        "  - {name: others}\noutput: {formats: [parquet]}",
        score="cap: 20",
    )
    assert match in config
    first = [f"{number},1,{'Spam' if number == 3 else ''},Fair,," for number in range(9)]
    second = [f"{number},1,,{'Web' if number % 2 else 'Fair'},," for number in range(9)]
    assert night(place, "2026-06-01", first, config=config).code == 0
    assert night(place, "2026-06-02", second, config=config).code == 0
    content = told(place.folder / "runs")
    assert {"before": "screened", "after": "Cold", "leads": 1} in content["moves"]
    assert [(each["segment"], each["leads"]) for each in content["runs"][1]["rules"]] == [
        ("web", 4),
        ("others", 5),
    ]
    assert content["new_values"][0]["leads"] == 4


def test_what_is_too_far_ends_with_5_and_says_so(place: Place, runs: Path) -> None:
    content = told(runs, "-c", place.folder / "model.yml", "--set", "checks.missing_rise=10%", code=5)
    visits, won = content["alarms"]
    assert (won["name"], won["before"], won["now"]) == ("won", pytest.approx(1 / 6), pytest.approx(2 / 6))
    assert visits == {
        "check": "missing_rise", "of": "field", "name": "visits", "value": pytest.approx(1 / 6), "limit": 0.1,
        "before": 0.0, "now": pytest.approx(1 / 6),
        "text": "field 'visits' is missing more often: from 0.0 % to 16.7 % of the leads, "
        "more than 10 points up (checks.missing_rise)",
    }  # fmt: skip
    watched = ("-c", place.folder / "model.yml", "--set")
    (_, rule) = told(runs, *watched, "checks.psi_above=0.15", code=5)["alarms"]
    assert (rule["of"], rule["name"], rule["value"]) == ("rule", "rule 2", pytest.approx(0.1527, abs=1e-4))
    assert rule["text"] == (
        "rule 'rule 2' fires for another share: from 83.3 % to 66.7 % of the leads, a PSI of 0.1527, "
        "above 0.15 (checks.psi_above)"
    )
    ended = run("trend", runs, *watched, "checks.psi_above=0.3", "--quiet")
    assert (ended.code, ended.stdout) == (5, "")
    assert ended.stderr.splitlines() == [
        f"{runs / '2026-06-02'}: is far from the run before: the score has a PSI of 0.3918, above 0.3 "
        "(checks.psi_above)",
    ]


def test_a_rise_that_is_just_the_limit_is_none(place: Place) -> None:
    rows = [f"{number},1,,Web,," for number in range(10)]
    assert night(place, "2026-06-01", ["0,,,Web,,", *rows[1:]]).code == 0
    assert night(place, "2026-06-02", ["0,,,Web,,", "1,,,Web,,", *rows[2:]]).code == 0
    watched = (place.folder / "runs", "-c", place.folder / "model.yml", "--quiet", "--set")
    assert run("trend", *watched, "checks.missing_rise=10%").code == 0
    assert run("trend", *watched, "checks.missing_rise=9.99%").code == 5


def test_each_run_is_compared_with_the_one_before_it_and_with_the_first(place: Place, runs: Path) -> None:
    assert night(place, "2026-06-03", FIRST).code == 0
    scores = [each["score"] for each in told(runs)["runs"]]
    assert [score["psi"] is None for score in scores] == [True, False, False]
    assert scores[2]["psi"] > 0
    # The same leads as in the first, and none so much older that its points are others.
    assert scores[2]["psi_of_first"] == 0


def test_only_the_last_run_rings(place: Place, runs: Path) -> None:
    assert night(place, "2026-06-03", SECOND).code == 0
    assert told(runs, "-c", place.folder / "model.yml", *WATCHED)["alarms"] == []


def test_what_cannot_ring_is_said(place: Place, runs: Path) -> None:
    nothing = "the config sets neither checks.psi_above nor checks.missing_rise, so nothing is watched"
    assert told(runs, "-c", place.folder / "model.yml")["notes"] == [nothing]
    alone = "there is one run only, so that nothing can be too far from the run before"
    assert told(runs / "latest", "-c", place.folder / "model.yml", *WATCHED)["notes"] == [alone]
    ended = run("trend", runs, *WATCHED)
    assert ended.code == 2
    assert "--set: changes a config, and there is none; name the config with -c" in ended.stderr


def test_of_many_runs_the_last_are_shown(place: Place) -> None:
    for day in range(1, 13):
        assert night(place, f"2026-06-{day:02}", FIRST).code == 0
    shown = run("trend", place.folder / "runs", "--last", "3", COLUMNS="80").stdout
    assert "12 runs, 2026-06-01 to 2026-06-12; the last 3 are shown" in shown
    assert "\n2026-06-10" in shown
    assert "\n2026-06-09" not in shown
    assert "\n2026-06-02" not in run("trend", place.folder / "runs", COLUMNS="80").stdout
    assert len(told(place.folder / "runs")["runs"]) == 12


def test_a_nightly_run_rings_by_itself_and_is_published(place: Place) -> None:
    before = place.folder / "runs" / "latest"
    assert night(place, "2026-06-01", FIRST, "--previous", before, *WATCHED).code == 0
    watched = ("--previous", before, "--set", "checks.missing_rise=10%")
    ended = night(place, "2026-06-02", SECOND, *watched, "--quiet")
    assert ended.code == 5
    said = "field 'visits' is missing more often: from 0.0 % to 16.7 % of the leads"
    assert ended.stderr.startswith(f"{place.folder / 'runs/2026-06-02'}: is published, but far from the run")
    assert said in ended.stderr
    assert before.readlink() == Path("2026-06-02")
    watch = summary_of(before)["watch"]
    assert (watch["since"], len(watch["alarms"]), watch["note"]) == ("2026-06-01", 2, None)
    assert f"since 2026-06-01: {said}" in night(place, "2026-06-02", SECOND, *watched).stderr
    log = night(place, "2026-06-02", SECOND, *watched, "--log").stderr
    assert f'alarm text="{said}' in log
    assert "ended exit_code=5" in log
    assert "watch" not in night(place, "2026-06-02", SECOND, "--previous", before, "--json").stdout


def test_a_nightly_run_after_one_of_an_older_leadscore_says_that_it_cannot_tell(place: Place) -> None:
    before = place.folder / "runs" / "latest"
    assert night(place, "2026-06-01", FIRST).code == 0
    aged(place.folder / "runs" / "2026-06-01")
    ended = night(place, "2026-06-02", SECOND, "--previous", before, *WATCHED)
    assert ended.code == 0
    assert "note: the run for 2026-06-01 is of an older leadscore" in ended.stderr


@pytest.mark.parametrize("setting", ["psi_above=0", "psi_above=-1", "missing_rise=110%", "missing_rise=x"])
def test_a_limit_that_means_nothing_is_refused(place: Place, runs: Path, setting: str) -> None:
    ended = run("trend", runs, "-c", place.folder / "model.yml", "--set", f"checks.{setting}")
    assert ended.code == 3
    assert f"checks.{setting.partition('=')[0]}" in ended.stderr
