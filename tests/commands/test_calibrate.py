"""test_calibrate: a new config from history: what it promises is what it gives, and the old one stays."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest
import yaml
from sklearn.metrics import roc_auc_score

from leadscore.model.group import ScoreConfig
from leadscore.model.load import load_model
from tests.conftest import ROOT
from tests.running import DAY, Ended, Place, csv_of, rows_of, run, run_alone

README = (ROOT / "README.md").read_text(encoding="utf-8")
HEADER = "lead_id,job,size,visits,forms,mail,seen,won,closed"
JOBS = ["chief", "manager", "intern", "clerk", ""]


def made(count: int = 1_200, seed: int = 7, random_outcomes: bool = False) -> list[str]:
    """Leads of whom chiefs of large firms with many visits are won more often; the same ones every time."""
    random, rows = Random(seed), []
    for number in range(count):
        job, size = random.choice(JOBS), random.choice([3, 20, 80, 400])
        visits, forms = min(int(random.expovariate(0.2)), 40), random.randrange(3)
        odds = {"chief": 1.5, "manager": 0.5, "intern": -2.0}.get(job, 0.0)
        odds += 0.9 * (size >= 80) + 0.08 * min(visits, 10) + 0.5 * (forms > 0) - 1.6
        chance = 0.3 if random_outcomes else 1 / (1 + math.exp(-odds))
        won = random.random() < chance
        day = f"2026-{1 + number % 6:02}-{1 + number % 28:02}"
        closed = day if won or number % 3 else ""
        rows.append(f"L{number:05},{job},{size},{visits},{forms},m@x.example,{day},{won:d},{closed}")
    return rows


CONFIG = """\
# What we think of our leads.
name: made  # up
id: lead_id
groups:
  fit:          # who they are
    cap: 18     # no more than that
    rules:
      - name: seniority
        kind: table
        field: job
        cases:
          - {has_word: chief, points: 10}    # decides
          - {has_word: manager, points: 10}  # asks the chief
          - {has_word: intern, points: '-5'}
        missing: -1
      # firms
      - {name: size, kind: bands, field: size, bands: {0: 0, 10: 10, 50: 5, 1e2: 8}}
  interest:
    rules:
      - name: visits
        kind: count
        field: visits
        each: 1
        cap: 10  # ten are enough
      - {name: form, kind: match, when: {forms: {at_least: 1}}, points: "2"}
score: {floor: 0, cap: 28}
tiers:
  - {name: Hot, min_score: 25}   # call today
  - {name: Warm, min_score: 15}
  - {name: Cold}
outcome: {field: won, won: ["1"]}
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def calibrate(
    place: Place,
    *options: object,
    config: str = CONFIG,
    rows: Sequence[str] | None = None,
    out: str = "new.yml",
) -> Ended:
    export = place.write("leads.csv", csv_of(HEADER, made() if rows is None else rows))
    model = place.write("model.yml", config)
    named = ("-o", place.folder / out) if out else ()
    return run("calibrate", export, "-c", model, *named, "--as-of", DAY, *options)


def told(place: Place, *options: object, **more: Any) -> dict[str, Any]:
    ended = calibrate(place, "--json", *options, **more)
    assert ended.code == 0, ended.stderr
    content = json.loads(ended.stdout)
    assert isinstance(content, dict)
    return content


def held_out(rows: Sequence[str]) -> set[str]:
    """A fifth of the won and a fifth of the lost: those with the lowest SHA-256 of their ids."""
    found: set[str] = set()
    for outcome in ("1", "0"):
        ids = [row.split(",")[0] for row in rows if row.split(",")[7] == outcome]
        ids.sort(key=lambda each: hashlib.sha256(each.encode()).digest()[:8])
        found |= set(ids[: len(ids) // 5])
    return found


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def test_the_new_config_gives_the_figures_that_were_promised(place: Place) -> None:
    content, held = told(place), held_out(made())
    new = place.folder / "new.yml"
    for config, promised in ((place.folder / "model.yml", "before"), (new, "after")):
        figures = content[promised]
        assert (
            run("score", place.folder / "leads.csv", "-c", config, "-o", place.out, "--as-of", DAY).code == 0
        )
        ranked = [row for row in place.rows() if row["lead_id"] in held]
        won = [int(row["won"]) for row in ranked]
        area = roc_auc_score(won, [float(row["score"]) for row in ranked])
        assert figures["auc"]["value"] == pytest.approx(area, abs=1e-9)
        assert (figures["leads"], figures["won"]) == (len(won), sum(won))
        tenth = won[: len(won) // 10]
        assert figures["top_tenth"]["leads"] == len(tenth)
        assert figures["top_tenth"]["lift"] == pytest.approx(sum(tenth) / len(tenth) / (sum(won) / len(won)))
        for tier in figures["tiers"]:
            inside = [int(row["won"]) for row in ranked if row["tier"] == tier["name"]]
            assert (tier["leads"], tier["won"]) == (len(inside), sum(inside))
    assert content["after"]["auc"]["value"] > content["before"]["auc"]["value"] + 0.01
    assert content["verdict"] == ""


def test_only_numbers_change_and_every_comment_stays(place: Place) -> None:
    content = told(place)
    text = (place.folder / "new.yml").read_text()
    assert comments(text) == comments(CONFIG)
    assert (place.folder / "model.yml").read_text() == CONFIG
    old, new = CONFIG.splitlines(), text.splitlines()
    assert len(old) == len(new)
    other = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    keys = {"points", "each", "cap", "floor", "min_score", "bands", "missing"}
    assert all(any(f"{key}:" in line for key in keys) for line, _ in other)
    assert f"points: '{yaml.safe_load(text)['groups']['fit']['rules'][0]['cases'][2]['points']}'" in text
    assert "1e2: " in text
    changed = {change["key"] for change in content["changes"]}
    assert "groups.fit.rules.seniority.cases.1.points" in changed
    assert "groups.interest.rules.visits.cap" in changed
    ended = run("check", place.folder / "new.yml")
    assert "no doubts" in ended.stdout


def test_points_are_whole_and_the_share_of_each_tier_stays(place: Place) -> None:
    content = told(place)
    for row in content["levers"]:
        assert row["lever"] == "each" or row["after"] == round(row["after"])
    before, after = (
        [tier["leads"] / content[when]["leads"] for tier in content[when]["tiers"]]
        for when in ("before", "after")
    )
    assert after == pytest.approx(before, abs=0.08)


def test_the_same_bytes_come_of_any_order_of_the_leads(place: Place) -> None:
    first = told(place)
    rows = made()
    Random(3).shuffle(rows)
    second = told(place, rows=rows, out="again.yml")
    again, new = (place.folder / name for name in ("again.yml", "new.yml"))
    assert again.read_bytes() == new.read_bytes()
    assert {**second, "written": []} == {**first, "written": []}


def test_the_same_bytes_come_of_any_hash_seed(place: Place) -> None:
    told(place)
    names = (place.folder / name for name in ("leads.csv", "model.yml", "seed.yml"))
    leads, model, out = map(str, names)
    ended = run_alone("calibrate", leads, "-c", model, "-o", out, "--as-of", DAY, PYTHONHASHSEED="1")
    assert ended.code == 0, ended.stderr
    assert (place.folder / "seed.yml").read_bytes() == (place.folder / "new.yml").read_bytes()


def test_many_levers_are_not_all_shown(place: Place) -> None:
    values = ", ".join(f"L{number:05}: 1" for number in range(0, 1_200, 2))
    rule = f"- {{name: ids, kind: lookup, field: lead_id, values: {{{values}}}}}"
    config = CONFIG.replace("missing: -1", f"missing: -1\n      {rule}")
    ended = calibrate(place, config=config)
    assert ended.code == 0, ended.stderr
    assert "and 510 more; --json has all of them" in ended.stdout
    assert "L00038 and 580 more" in " ".join(ended.stdout.split())


def test_rules_keep_the_sign_that_the_config_says(place: Place) -> None:
    free = told(place, out="free.yml")
    config = CONFIG.replace("name: form, kind: match,", "name: form, kind: match, effect: negative,")
    held = told(place, config=config)
    points = [row["after"] for when in (free, held) for row in when["levers"] if row["rule"] == "form"]
    assert points[0] > 0
    assert points[1] == 0
    assert "history gives form no points: take it out" in held["notes"]


def test_levers_of_few_leads_are_left_as_they_were(place: Place) -> None:
    config = CONFIG.replace("{has_word: chief, points: 10}", "{has_word: [chief, pope], points: 10}")
    rare = "- {name: rare, kind: match, when: {lead_id: [L00001, L00002]}, points: 9}"
    config = config.replace("missing: -1", f"missing: -1\n      {rare}")
    content = told(place, config=config)
    (found,) = [row for row in content["levers"] if row["rule"] == "rare"]
    assert (found["note"], found["leads"] <= 2) == ("too few leads", True)
    assert 0 < found["after"] <= 30
    assert any("fewer than 20 leads" in note and "rare" in note for note in content["notes"])


def test_more_points_double_the_odds_where_more_are_asked_for(place: Place) -> None:
    wide, narrow = told(place, "--pdo", 40, out="wide.yml"), told(place, "--pdo", 4)
    assert (wide["scale"]["pdo"], narrow["scale"]["pdo"]) == (40, 4)
    assert wide["scale"]["factor"] == pytest.approx(40 / math.log(2))
    pairs = zip(wide["levers"], narrow["levers"], strict=True)
    assert all(abs(one["after"] - 10 * other["after"]) <= 6 for one, other in pairs if one["lever"] != "each")


def test_random_outcomes_are_no_evidence(place: Place) -> None:
    content = told(place, rows=made(random_outcomes=True))
    assert content["verdict"] == "no evidence that these points tell won from lost leads: do not use them"


def test_with_dates_of_outcomes_the_latest_are_held_out(place: Place) -> None:
    config = CONFIG.replace('won: ["1"]}', 'won: ["1"], at: closed}')
    content = told(place, config=config)
    rows = [row.split(",") for row in made()]
    dated, undated = [row for row in rows if row[8]], [row for row in rows if not row[8]]
    assert all(row[7] == "0" for row in undated)
    assert content["learned_on"]["by_date"] is True
    assert content["learned_on"]["held_out"] == len(dated) // 5 + len(undated) // 5
    latest = sorted(dated, key=lambda row: row[8], reverse=True)[: len(dated) // 5]
    hidden = [row for row in latest if row[8] > latest[-1][8]]  # of the last day some are learned from
    assert content["before"]["won"] >= sum(row[7] == "1" for row in hidden)


def test_a_split_scores_as_of_a_day_and_learns_from_what_came_after(place: Place) -> None:
    config = CONFIG.replace('won: ["1"]}', 'won: ["1"], at: closed}')
    export = place.write("leads.csv", csv_of(HEADER, made()))
    model = place.write("model.yml", config)
    ended = run(
        "calibrate", export, "-c", model, "-o", place.folder / "new.yml", "--split", "2026-02-01", "--json"
    )
    assert ended.code == 0, ended.stderr
    content = json.loads(ended.stdout)
    assert content["as_of"] == "2026-02-01"
    early = sum(1 for row in made() if "" < row.split(",")[8] <= "2026-02-01")
    assert content["left_out"] == {"their outcome was known by 2026-02-01": early}
    ended = run("calibrate", export, "-c", model, "-o", "x.yml", "--split", "2026-02-01", "--as-of", DAY)
    assert (ended.code, "leave it out" in ended.stderr) == (2, True)


def test_points_by_frequency_are_those_of_the_won_leads(place: Place) -> None:
    config = CONFIG.replace("points: '-5'", "points: 1").replace("missing: -1", "otherwise: 0")
    content = told(place, "--method", "frequency", config=config)
    held = held_out(made())
    learning = [row.split(",") for row in made() if row.split(",")[0] not in held]
    won = [row for row in learning if row[7] == "1"]
    chiefs = sum(row[1] == "chief" for row in won) / len(won)
    lost = [row for row in learning if row[7] == "0"]
    (row,) = [row for row in content["levers"] if (row["rule"], row["lever"]) == ("seniority", "case 1")]
    assert row["of_won"] == pytest.approx(chiefs)
    assert row["after"] == min(max(math.floor(chiefs * 5 + 0.5), 1), 5)
    assert row["lift"]["value"] == pytest.approx(
        chiefs / (sum(row[1] == "chief" for row in lost) / len(lost))
    )
    (left,) = [note for note in content["notes"] if note.startswith("left as they are")]
    assert "visits (it gives points by a number)" in left
    assert (
        yaml.safe_load((place.folder / "new.yml").read_text())["groups"]["interest"]["rules"][0]["each"] == 1
    )
    ten = told(place, "--method", "frequency", "--scale", 10, config=config, out="ten.yml")
    (row,) = [row for row in ten["levers"] if (row["rule"], row["lever"]) == ("form", "")]
    forms = sum(row[4] != "0" for row in won) / len(won)
    assert row["after"] == math.floor(forms * 10 + 0.5)


def test_what_separates_nothing_and_what_the_lost_have_more_often_is_told(place: Place) -> None:
    config = CONFIG.replace("chief, points: 10", "clerk, points: 10").replace("points: '-5'", "points: 1")
    rule = "- {name: everybody, kind: match, when: {mail: m@x.example}, points: 3}"
    config = config.replace("missing: -1", f"otherwise: 0\n      {rule}")
    content = told(place, "--method", "frequency", config=config)
    found = {(row["rule"], row["lever"]): row for row in content["levers"]}
    everybody = found["everybody", ""]
    assert (everybody["after"], everybody["lift"]["value"], everybody["note"]) == (5, 1, "separates nothing")
    assert any("separates nothing" in note and "everybody" in note for note in content["notes"])
    intern = found["seniority", "case 3"]
    assert (intern["after"], intern["note"]) == (1, "more of the lost")
    assert intern["lift"]["high"] < 1


def test_caps_and_floors_are_as_they_were_or_at_the_ends(place: Place) -> None:
    told(place)
    model, new = (load_model(place.folder / name) for name in ("model.yml", "new.yml"))
    for was, now in ((model.groups["fit"], new.groups["fit"]), (model.score, new.score)):
        sums = new.sums() if isinstance(now, ScoreConfig) else now.sums()
        assert now.cap in (was.cap, sums[1])
        assert now.floor in (was.floor, sums[0])
    assert run("score", place.folder / "leads.csv", "-c", place.folder / "new.yml", "-o", place.out).code == 0
    ends = [
        min(float(row["score"]) for row in place.rows()),
        max(float(row["score"]) for row in place.rows()),
    ]
    low, high = new.bounds()
    assert low / 100 <= ends[0] < ends[1] <= high / 100


def test_rules_with_negative_points_are_no_matter_of_frequency(place: Place) -> None:
    content = told(place, "--method", "frequency")
    assert not [row for row in content["levers"] if row["rule"] == "seniority"]
    assert any("seniority (it has negative points)" in note for note in content["notes"])


def test_bands_replace_those_of_the_rule_that_reads_the_field(place: Place) -> None:
    content = told(place, "--method", "bands", "--field", "size", "--bands", 3, "--monotone", "up")
    text = (place.folder / "new.yml").read_text()
    bands = yaml.safe_load(text)["groups"]["fit"]["rules"][1]["bands"]
    assert list(bands) == [0, 50]  # sizes are 3, 20, 80 and 400: 50 parts the same leads as 21 would
    assert list(bands.values()) == sorted(bands.values())
    assert comments(text) == comments(CONFIG)
    assert content["after"]["auc"]["value"] > content["before"]["auc"]["value"]
    assert [row["rule"] for row in content["levers"]] == ["size"] * len(bands)


def test_bands_of_a_field_without_a_rule_are_only_told(place: Place) -> None:
    content = told(place, "--method", "bands", "--field", "visits")
    assert content["written"] == []
    assert not (place.folder / "new.yml").exists()
    assert any("write them yourself: bands: {0: " in note for note in content["notes"])
    ended = calibrate(place, "--method", "bands", "--field", "job", out="")
    assert ended.code in {2, 4}


def test_bands_of_a_date_are_of_the_days_since_it(place: Place) -> None:
    rule = "- {name: quiet, kind: bands, age_of: seen, bands: {30: 0, 90: -5}}"
    config = CONFIG.replace("missing: -1", f"missing: -1\n      {rule}")
    rows = []
    for place_, row in enumerate(made()):
        cells = row.split(",")
        cells[6], cells[7] = ("2026-01-01", "0") if place_ % 3 else ("2026-06-20", cells[7])
        rows.append(",".join(cells))
    content = told(place, "--method", "bands", "--field", "seen", "--bands", 4, config=config, rows=rows)
    (recent, old) = content["levers"]
    assert recent["after"] > 0 > old["after"]
    bands = yaml.safe_load((place.folder / "new.yml").read_text())["groups"]["fit"]["rules"][1]["bands"]
    assert list(bands) == [0, 100]  # 10 and 180 days: 100 is the roundest between them


def test_points_of_events_that_fade_are_learned(place: Place) -> None:
    events = ["lead_id,event,time"]
    for row in made():
        cells = row.split(",")
        if int(cells[5 - 1]):
            events.append(f"{cells[0]},demo,2026-06-{28 if cells[7] == '1' else 1:02}")
    log = place.write("log.csv", "\n".join(events) + "\n")
    rule = "- {name: demo, kind: count, event: demo, each: 5, cap: 10, decay: {half_life_days: 7}}"
    config = CONFIG.replace("missing: -1", f"missing: -1\n      {rule}").replace("cap: 18", "cap: 40")
    content = told(place, "--events", log, config=config)
    (demo,) = [row for row in content["levers"] if row["rule"] == "demo"]
    assert demo["after"] > 5
    assert content["after"]["auc"]["value"] > content["before"]["auc"]["value"]
    keys = {change["key"]: change["after"] for change in content["changes"]}
    assert float(keys["groups.fit.rules.demo.cap"]) == pytest.approx(2 * demo["after"], abs=1)


def test_a_probability_file_is_of_the_scores_it_goes_with(place: Place) -> None:
    told(place, "--probability", place.folder / "new.json")
    told(place, "--method", "probability", "--probability", place.folder / "old.json", out="")
    for config, chances in (("new.yml", "new.json"), ("model.yml", "old.json")):
        arguments = ("score", place.folder / "leads.csv", "-c", place.folder / config, "-o", place.out)
        ended = run(*arguments, "--as-of", DAY, "--predict", place.folder / chances)
        assert ended.code == 0, ended.stderr
        ranked = place.rows()
        expected = sum(float(row["win_probability"]) for row in ranked)
        assert expected == pytest.approx(sum(row["won"] == "1" for row in ranked), rel=0.1)
    ended = run(*arguments, "--as-of", DAY, "--predict", place.folder / "new.json")
    assert (ended.code, "another config" in ended.stderr) == (3, True)


def test_a_config_that_extends_another_is_extended(place: Place) -> None:
    base = place.write("base.yml", CONFIG)
    config = "extends: base.yml  # ours\nname: mine\ngroups: {interest: {cap: 25}}\n"
    whole = told(place, config=CONFIG.replace("  interest:\n", "  interest:\n    cap: 25\n"), out="whole.yml")
    content = told(place, config=config)
    text = (place.folder / "new.yml").read_text()
    assert "extends: model.yml" in text
    assert base.read_text() == CONFIG
    assert content["levers"] == whole["levers"]
    assert content["after"]["auc"] == whole["after"]["auc"]


def test_what_is_set_on_the_command_line_is_written_too(place: Place) -> None:
    told(place, "--set", "groups.interest.rules.visits.max_count=8", "--set", "tiers.Warm.min_score=12")
    text = (place.folder / "new.yml").read_text()
    assert yaml.safe_load(text)["groups"]["interest"]["rules"][0]["max_count"] == 8
    assert comments(text) == comments(CONFIG)
    told(place, "--set", "score.combine=sum", "--set", "name=other", out="other.yml")
    assert run("check", place.folder / "other.yml", "--resolved").stdout.startswith("name: other")


def test_nothing_that_is_there_is_replaced(place: Place) -> None:
    told(place)
    new = place.folder / "new.yml"
    content = new.read_bytes()
    told(place)  # the same bytes: nothing to do
    assert new.read_bytes() == content
    new.write_bytes(content + b"\n")
    ended = calibrate(place)
    assert (ended.code, "is there already, and is never written over" in ended.stderr) == (6, True)
    assert new.read_bytes() == content + b"\n"
    ended = calibrate(place, out="model.yml")
    assert (ended.code, "is the config itself" in ended.stderr) == (6, True)
    ended = calibrate(place, out="none/new.yml")
    assert (ended.code, "there is no such folder" in ended.stderr) == (6, True)
    assert sorted(path.name for path in place.folder.iterdir()) == ["leads.csv", "model.yml", "new.yml"]


SEGMENTS = "segments: [{name: large, when: {size: {at_least: 50}}}, {name: rest}]\n"


BEST = CONFIG.replace("{floor", "{combine: max, floor").replace("e: 25}", "e: 12}").replace("e: 15}", "e: 5}")


@pytest.mark.parametrize(
    ("options", "config", "code", "message"),
    [
        ((), CONFIG.replace("outcome:", "#"), 3, "the config does not say who was won"),
        ((), CONFIG + SEGMENTS, 3, "segments: has segments, so no points are learned; calibrate each"),
        ((), BEST, 3, "takes the best group alone"),
        (("--method", "bands"), CONFIG, 2, "--field: says of which number bands are wanted"),
        (("--field", "size"), CONFIG, 2, "write --method bands --field NAME"),
        (("--method", "probability"), CONFIG, 2, "writes no config, only the chances by score"),
        (("--method", "bands", "--field", "job"), CONFIG, 2, "is a text field, and bands are of numbers"),
        (("--method", "magic"), CONFIG, 2, "magic"),
        (("--pdo", "0"), CONFIG, 2, "--pdo"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_with_what_to_do(
    place: Place, options: tuple[str, ...], config: str, code: int, message: str
) -> None:
    ended = calibrate(place, *options, config=config)
    assert (ended.code, ended.stdout) == (code, "")
    assert message in ended.stderr
    assert not (place.folder / "new.yml").exists()


def test_without_a_file_to_write_to_nothing_is_learned(place: Place) -> None:
    ended = calibrate(place, out="")
    assert (ended.code, "write -o new.yml" in ended.stderr) == (2, True)


def test_too_little_history_is_refused(place: Place) -> None:
    won = [row for row in made() if row.split(",")[7] == "1"][:39]
    lost = [row for row in made() if row.split(",")[7] == "0"]
    ended = calibrate(place, rows=won + lost)
    assert (ended.code, "39 won" in ended.stderr) == (4, True)


def test_without_the_extra_stats_the_command_says_what_to_install(place: Place) -> None:
    config = CONFIG.replace("points: '-5'", "points: 1").replace("missing: -1", "otherwise: 0")
    with mock.patch.dict(
        sys.modules, {"sklearn": None, "sklearn.tree": None, "scipy": None, "scipy.optimize": None}
    ):
        for method in (("scorecard",), ("bands", "--field", "size")):
            ended = calibrate(place, "--method", *method)
            assert (ended.code, "pip install 'leadscore[stats]'" in ended.stderr) == (2, True)
        told(place, "--method", "frequency", config=config)
        told(place, "--method", "probability", "--probability", place.folder / "p.json", out="")


def test_the_answer_fits_on_a_narrow_screen(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for method in ("scorecard", "frequency"):
        ended = calibrate(place, "--method", method, out=f"{method}.yml")
        assert ended.code == 0
        lines = ended.stdout.splitlines()
        tables = [line for line in lines if not line.startswith(("note:", "written", "learned", "  groups."))]
        assert max(map(len, tables)) <= 80
        assert "L00" not in ended.stdout


def test_the_calibrated_x_education_is_better_and_next_to_a_plain_regression(
    place: Place, x_education: Path
) -> None:
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    config, new = ROOT / "configs" / "x_education.yml", place.folder / "new.yml"
    ended = run("calibrate", x_education, "-c", config, "-o", new, "--json")
    assert ended.code == 0, ended.stderr
    content = json.loads(ended.stdout)
    rows = rows_of(x_education.read_bytes())
    found: set[str] = set()
    for outcome in ("1", "0"):
        ids = [row["Prospect ID"] for row in rows if row["Converted"] == outcome]
        found |= set(
            sorted(ids, key=lambda each: hashlib.sha256(each.encode()).digest()[:8])[: len(ids) // 5]
        )
    leads = pd.DataFrame(rows)
    visits = pd.to_numeric(leads["TotalVisits"], errors="coerce").fillna(-1)
    seconds = pd.to_numeric(leads["Total Time Spent on Website"])
    texts = [
        "Lead Origin",
        "Lead Source",
        "What is your current occupation",
        "Specialization",
        "Do Not Email",
    ]
    fields = leads[texts].assign(
        visits=np.digitize(visits, [0, 1, 2, 5]).astype(str),
        seconds=np.digitize(seconds, [1, 100, 400, 700, 1000, 1300]).astype(str),
    )
    dummies, won = pd.get_dummies(fields).to_numpy(np.float64), (leads["Converted"] == "1").to_numpy()
    held = leads["Prospect ID"].isin(found).to_numpy()
    plain = LogisticRegression(max_iter=5_000).fit(dummies[~held], won[~held])
    area = roc_auc_score(won[held], plain.predict_proba(dummies[held])[:, 1])
    before, after = (content[when]["auc"]["value"] for when in ("before", "after"))
    assert content["after"]["leads"] == held.sum()
    assert after > before
    assert after > area - 0.02
    assert comments(new.read_text(encoding="utf-8")) == comments(config.read_text(encoding="utf-8"))
    section = README.partition("### Points from history")[2].partition("\n### ")[0]
    assert f"AUC goes from {before:.3f} to {after:.3f} on the {held.sum():,} held out" in section
    assert f"comes to {area:.3f}" in section
    top = [f"{100 * content[when]['top_tenth']['rate']['value']:.1f} %" for when in ("before", "after")]
    assert f"{top[1]} were won instead of {top[0]}" in section
