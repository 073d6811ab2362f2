"""test_nightly: a folder per day, who has moved since, what is kept, by the real command."""

from __future__ import annotations

import json
import os
import stat
from datetime import date
from pathlib import Path

import pytest

from leadscore.errors import Problem
from leadscore.pipeline.target import find_target
from tests.running import Ended, Place, csv_of, files_in, model_of, rows_of, run

CONFIG = model_of(
    "kind: count, field: visits, each: 1",
    head="disqualify: [{name: rival, when: {title: Rival}}]",
    tiers="[{name: Hot, min_score: 10}, {name: Warm, min_score: 5}, {name: Cold}]",
)
FIRST = ["1,12,", "2,7,", "3,1,", "4,11,", "5,20,", "6,8,"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def night(place: Place, day: str, *options: object, rows: list[str] = FIRST, config: str = CONFIG) -> Ended:
    export = place.write("leads.csv", csv_of("lead_id,visits,title", rows))
    model = place.write("model.yml", config)
    return run("score", export, "-c", model, "-o", place.folder / "runs/{as_of}", "--as-of", day, *options)


def listed(place: Place) -> list[str]:
    return sorted(path.name for path in (place.folder / "runs").iterdir())


def latest(place: Place) -> str:
    return str((place.folder / "runs" / "latest").readlink())


def test_each_day_has_its_folder_and_the_link_names_the_newest(place: Place) -> None:
    for day in ("2026-06-01", "2026-06-02"):
        assert night(place, day).code == 0
        assert latest(place) == day
    assert listed(place) == ["2026-06-01", "2026-06-02", "latest"]


def test_a_run_for_an_earlier_day_leaves_the_link_where_it_is(place: Place) -> None:
    for day in ("2026-06-02", "2026-06-01", "2026-06-02"):
        assert night(place, day).code == 0
    assert latest(place) == "2026-06-02"


def test_only_so_many_runs_are_kept_and_never_what_others_put_there(place: Place) -> None:
    (place.folder / "runs").mkdir()
    (place.folder / "runs" / "2026-05-01").mkdir()
    for day in ("2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"):
        ended = night(place, day, "--set", "output.keep_runs=2", "--log")
        assert ended.code == 0
    assert listed(place) == ["2026-05-01", "2026-06-03", "2026-06-04", "latest"]
    assert "removed run=2026-06-02\n" in ended.stderr


def test_a_run_somebody_put_a_file_into_is_not_removed_and_said(place: Place) -> None:
    assert night(place, "2026-06-01").code == 0
    (place.folder / "runs" / "2026-06-01" / "notes.txt").write_text("mine")
    ended = night(place, "2026-06-02", "--set", "output.keep_runs=1")
    assert ended.code == 7
    assert "is older than output.keep_runs, but holds 'notes.txt'" in ended.stderr
    assert listed(place) == ["2026-06-01", "2026-06-02", "latest"]


def test_the_run_compared_with_stays_though_it_is_too_old(place: Place) -> None:
    for day in ("2026-06-01", "2026-06-02"):
        assert (
            night(place, day, "--set", "output.keep_runs=1", "--previous", place.folder / "runs/latest").code
            == 0
        )
    assert listed(place) == ["2026-06-01", "2026-06-02", "latest"]


@pytest.mark.parametrize("made", ["file", "folder", "link elsewhere", "link to a name of others"])
def test_what_leadscore_did_not_make_is_not_taken_for_the_link(place: Place, made: str) -> None:
    link = place.folder / "runs" / "latest"
    link.parent.mkdir()
    if made == "file":
        link.write_text("mine")
    elif made == "folder":
        link.mkdir()
    else:
        link.symlink_to(place.folder if made == "link elsewhere" else "mine")
    ended = night(place, "2026-06-01")
    assert ended.code == 6
    assert "is not a link to a run that leadscore made" in ended.stderr
    assert listed(place) == ["latest"]


def test_a_name_with_the_day_in_it_has_a_link_of_its_own(place: Place) -> None:
    target = find_target(Path("runs/emea {as_of}.d"), date.fromisoformat("2026-06-02"))
    assert target.link is not None
    assert (target.folder.name, target.link.name) == ("emea 2026-06-02.d", "emea latest.d")
    assert target.day_of("emea 2026-06-01.d") == date.fromisoformat("2026-06-01")
    others = (
        "emea 2026-06-01",
        "apac 2026-06-01.d",
        "emea 2026-6-1.d",
        "emea 2026-W01-1.d",
        "emea latest.d",
        "",
    )
    assert [target.day_of(name) for name in others] == [None] * len(others)


def test_a_day_in_the_middle_of_the_path_has_no_link(place: Place) -> None:
    target = find_target(Path("{as_of}/out"), date.fromisoformat("2026-06-02"))
    assert (target.link, list(target.runs()), target.folder.parent.name) == (None, [], "2026-06-02")


def test_moved_says_who_entered_rose_fell_left_and_is_gone(place: Place) -> None:
    before = place.folder / "runs" / "latest"
    assert night(place, "2026-06-01", "--previous", before).code == 0
    assert not (before / "moved.csv").exists()
    rows = ["1,12,", "2,17,", "3,1,", "4,6.5,", "5,20,Rival", "7,6,"]
    ended = night(place, "2026-06-02", "--previous", before, rows=rows)
    assert ended.code == 0
    assert "1 entered, 1 up, 1 down, 1 left, 1 gone (see moved.csv, gone.csv)" in ended.stderr
    assert (before / "moved.csv").read_text() == (
        "change,tier,previous_tier,score,previous_score,because,reasons,lead_id,visits,title\n"
        "up,Hot,Warm,17,7,,rule 1 +17,2,17,\n"
        "down,Warm,Hot,6.5,11,,rule 1 +6.5,4,6.5,\n"
        "entered,Warm,,6,,,rule 1 +6,7,6,\n"
        "left,disqualified,Hot,20,20,,rule 1 +20,5,20,Rival\n"
    )
    assert (before / "gone.csv").read_text() == "lead_id,previous_tier,previous_score\n6,Warm,8\n"


CAUSES = model_of(
    "kind: count, field: visits, each: 1, cap: 12, decay: {window_days: 10, since: seen}",
    "kind: bands, age_of: seen, bands: {0: 4, 2: 0}",
    "kind: lookup, field: title, values: {Chief: 5}",
    head="output: {contributions: true}",
    score="cap: 15",
    tiers="[{name: Hot, min_score: 10}, {name: Warm, min_score: 5}, {name: Cold}]",
)


def test_with_contributions_moved_says_which_of_them_changed_and_why(place: Place) -> None:
    before, header = place.folder / "runs" / "latest", "lead_id,visits,seen,title"
    first = [
        "1,2,2026-06-01,",
        "2,4,2026-06-01,",
        "3,9,2026-05-23,",
        "4,9,2026-06-01,",
        "5,12,2026-06-01,Chief",
    ]
    then = [
        "1,6,2026-06-01,Chief",
        "2,12,2026-06-03,",
        "3,9,2026-05-23,",
        "4,,2026-06-01,",
        "5,12,2026-06-01,",
        "6,9,,",
    ]

    def run_night(day: str, rows: list[str], config: str) -> list[dict[str, str]]:
        export, model = place.write("leads.csv", csv_of(header, rows)), place.write("model.yml", config)
        options = ("-o", place.folder / "runs/{as_of}", "--as-of", day, "--previous", before)
        assert run("score", export, "-c", model, *options).code == 0
        moved = before / "moved.csv"
        return rows_of(moved.read_bytes()) if moved.exists() else []

    run_night("2026-06-02", first, CAUSES)
    because = {row["lead_id"]: row["because"] for row in run_night("2026-06-03", then, CAUSES)}
    assert because == {
        "1": "rule 3 (field) +5; rule 1 (activity) +4; rule 2 (time) -4",
        "2": "rule 1 (activity) +8; score: cap (cap) -1",
        "3": "rule 1: decay (time) -9",
        "4": "rule 1 (activity) -9; rule 2 (time) -4",
        "6": "",
    }
    changed = CAUSES.replace("Chief: 5", "Chief: 3").replace("rule 2", "fresh")
    (row,) = [row for row in run_night("2026-06-04", then, changed) if row["lead_id"] == "1"]
    assert row["because"] == "rule 3 (config or lead) -2"


def test_a_rerun_of_the_day_is_compared_with_the_day_before(place: Place) -> None:
    before = place.folder / "runs" / "latest"
    night(place, "2026-06-01")
    night(place, "2026-06-02", "--previous", before, rows=["1,1,"])
    first = files_in(place.folder / "runs" / "2026-06-02")
    night(place, "2026-06-02", "--previous", before, rows=["1,1,"])
    assert files_in(place.folder / "runs" / "2026-06-02") == first
    assert b"down,Cold,Hot" in first["moved.csv"]


def test_a_tier_of_another_name_is_renamed_and_no_move(place: Place) -> None:
    night(place, "2026-06-01", rows=["1,12,"])
    renamed = CONFIG.replace("Hot", "Call now")
    night(place, "2026-06-02", "--previous", place.folder / "runs" / "latest", rows=["1,12,"], config=renamed)
    moved = rows_of((place.folder / "runs" / "latest" / "moved.csv").read_bytes())
    assert [(row["change"], row["previous_tier"], row["tier"]) for row in moved] == [
        ("renamed", "Hot", "Call now")
    ]


def test_one_folder_for_all_days_is_compared_with_what_is_in_it(place: Place) -> None:
    leads = csv_of("lead_id,visits,title", FIRST)
    assert place.score(leads, CONFIG, "--previous", place.out).code == 0
    assert place.score(leads.replace("1,12", "1,2"), CONFIG, "--previous", place.out).code == 0
    assert [row["change"] for row in place.rows("moved.csv")] == ["down"]


def test_a_column_named_as_one_of_moved_is_refused(place: Place) -> None:
    leads = csv_of("lead_id,visits,title,change", ["1,12,,x"])
    assert place.score(leads, CONFIG).code == 0
    files = place.files()
    ended = place.score(leads, CONFIG, "--previous", place.out)
    assert ended.code == 4
    assert "leads.csv:1: change: moved.csv has a column of this name" in ended.stderr
    assert place.files() == files
    assert place.score(leads, CONFIG, "--previous", place.out, "--set", "output.prefix=ls_").code == 0


def test_the_drop_is_measured_against_the_run_of_the_day_before(place: Place) -> None:
    assert night(place, "2026-06-01").code == 0
    limit = ("--set", "checks.max_row_drop=20%")
    assert night(place, "2026-06-02", *limit, rows=FIRST[:4]).code == 4
    assert listed(place) == ["2026-06-01", "latest"]
    assert night(place, "2026-06-02", *limit, rows=FIRST[:5]).code == 0


def test_the_same_file_again_is_refused_where_a_new_one_is_required(place: Place) -> None:
    new = ("--set", "checks.require_new_input=true")
    assert night(place, "2026-06-01", *new).code == 0
    ended = night(place, "2026-06-02", *new)
    assert ended.code == 4
    assert "is the same input for 2026-06-02 as the run for 2026-06-01 had" in ended.stderr
    assert (
        night(place, "2026-06-01", *new).code == 4
    )  # of an earlier day there is none, so it is that of the day
    assert night(place, "2026-06-02", *new, rows=[*FIRST, "9,9,"]).code == 0


@pytest.mark.parametrize(
    ("mode", "file", "folder"), [("600", 0o600, 0o700), ("640", 0o640, 0o750), ("644", 0o644, 0o755)]
)
@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_files_have_the_mode_the_config_says(
    place: Place, mode: str, file: int, folder: int, mask: int
) -> None:
    before = os.umask(mask)
    try:
        assert night(place, "2026-06-01", "--set", f"output.file_mode={mode}").code == 0
    finally:
        os.umask(before)
    made = list((place.folder / "runs" / "2026-06-01").rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()} == {file}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()} == {folder}
    assert stat.S_IMODE((place.folder / "runs" / "2026-06-01").stat().st_mode) == folder
    assert stat.S_IMODE((place.folder / "runs").stat().st_mode) == 0o700


def test_a_log_has_one_line_per_event_whatever_the_names(place: Place) -> None:
    config = CONFIG.replace("name: test", 'name: "a b"').replace("{name: Cold}", '{name: "Cold = x"}')
    ended = night(place, "2026-06-01", "--log", config=config, rows=[*FIRST, "x", "8,many,"])
    lines = ended.stderr.splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        *("read", "scored", "tier", "tier", "tier", "set_aside", "unreadable", "published", "ended")
    ]
    assert 'tier name="Cold = x" leads=2' in lines
    assert lines[-1] == "ended exit_code=5"


def test_a_failure_is_told_to_machines_too(place: Place) -> None:
    ended = night(place, "2026-06-01", "--json", rows=["1,2"])
    assert ended.code == 4
    told = json.loads(ended.stdout)
    assert told["exit_code"] == 4
    assert [str(Problem(**problem)) for problem in told["problems"]] == ended.stderr.splitlines()


def test_a_wrong_command_line_is_told_to_machines_too() -> None:
    ended = run("score", "--json", "--nope")
    assert (ended.code, json.loads(ended.stdout)["exit_code"]) == (2, 2)
