"""test_evaluate: what outcomes say of a score, counted by hand; what is refused; chance says nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.running import DAY, Ended, Place, csv_of, match, model_of, run

HEAD = 'outcome: {field: won, won: ["1"]}'
TIERS = "[{name: Hot, min_score: 20}, {name: Warm, min_score: 10}, {name: Cold}]"
FORMS = "kind: count, field: forms, each: 10, cap: 20"
CONFIG = model_of(FORMS, match("owner: Ann", 5), head=HEAD, tiers=TIERS)
# Forms, owner: so many leads won, lost and not known yet.
HISTORY = {
    (2, "Ann"): (30, 5, 2),  # 25 points
    (2, "Bob"): (20, 10, 0),  # 20
    (1, "Ann"): (20, 25, 0),  # 15
    (0, ""): (10, 60, 3),  # 0
}
OUTCOMES = ("1", "0", "")


def leads_of(history: dict[tuple[int, str], tuple[int, int, int]]) -> str:
    rows = [
        f"{forms},{owner},{outcome}"
        for (forms, owner), counts in history.items()
        for outcome, count in zip(OUTCOMES, counts, strict=True)
        for _ in range(count)
    ]
    random.Random(1).shuffle(rows)
    return csv_of("lead_id,forms,owner,won", [f"{place:04},{row}" for place, row in enumerate(rows)])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.write("leads.csv", leads_of(HISTORY))
    place.write("model.yml", CONFIG)
    return place


def files(place: Place) -> tuple[object, ...]:
    return place.folder / "leads.csv", "-c", place.folder / "model.yml", "--no-cache"


def evaluate(place: Place, *more: object) -> Ended:
    return run("evaluate", *files(place), "--as-of", DAY, *more)


def told(place: Place, *more: object) -> dict[str, Any]:
    ended = evaluate(place, "--json", *more)
    assert ended.code == 0, ended.said
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_tiers_and_all_leads_are_counted(place: Place) -> None:
    answer = told(place)
    nothing = {"left_out": {}, "set_aside": 0, "unreadable_cells": 0}
    assert answer["leads"] == {"ranked": 185, "known": 180, "won": 80, **nothing}
    assert answer["rate"]["value"] == pytest.approx(80 / 180)
    hot, warm, cold = answer["tiers"]
    told_of = [hot[key] for key in ("name", "leads", "known", "won", "lowest", "highest")]
    assert told_of == ["Hot", 67, 65, 50, 20, 25]
    assert hot["rate"]["value"] == pytest.approx(50 / 65)
    assert hot["lift"] == pytest.approx(50 / 65 / (80 / 180))
    assert [tier["of_won"] for tier in (hot, warm, cold)] == [50 / 80, 20 / 80, 10 / 80]


def test_a_tier_without_leads_has_no_rate(place: Place) -> None:
    place.write("leads.csv", leads_of({(2, "Ann"): (50, 10, 0), (0, ""): (10, 50, 0)}))
    warm = told(place)["tiers"][1]
    assert (warm["leads"], warm["known"], warm["won"]) == (0, 0, 0)
    assert (warm["rate"], warm["lift"], warm["lowest"], warm["of_won"]) == (None, None, None, 0)


def test_the_area_is_the_share_of_pairs(place: Place) -> None:
    """Won above lost, from the top, and half of those that are level."""
    answer = told(place)
    above, level = 30 * 95 + 20 * 85 + 20 * 60, 30 * 5 + 20 * 10 + 20 * 25 + 10 * 60
    assert answer["auc"]["value"] == pytest.approx((above + level / 2) / (80 * 100))
    assert answer["ks"] == pytest.approx(50 / 80 - 15 / 100)
    assert answer["verdict"] == "evidence"


def test_tenths_hold_all_leads_in_the_order_of_their_ranks(place: Place) -> None:
    tenths = told(place)["tenths"]
    assert [tenth["known"] for tenth in tenths] == [18] * 10
    assert sum(tenth["won"] for tenth in tenths) == 80
    highest = [tenth["highest"] for tenth in tenths]
    assert highest == sorted(highest, reverse=True)
    assert tenths[-1]["so_far"] == pytest.approx(1)


def test_a_rule_is_told_by_the_points_it_gave(place: Place) -> None:
    forms, owner = told(place)["rules"]
    assert [(level["lowest"], level["known"], level["won"]) for level in forms["levels"]] == [
        (20, 65, 50), (10, 45, 20), (0, 70, 10)
    ]  # fmt: skip
    assert (forms["with"]["known"], forms["with"]["won"], forms["without"]["won"]) == (110, 70, 10)
    assert [(level["unknown"], level["lowest"], level["known"]) for level in owner["levels"]] == [
        (False, 5, 80), (False, 0, 30), (True, 0, 70)
    ]  # fmt: skip
    most, fewer, none = (level["supported"] for level in forms["levels"])
    assert none is None  # it is what the others are measured against
    assert most["low"] > fewer["low"] > 0


def test_a_rule_that_says_the_opposite_is_told(place: Place) -> None:
    """Ann's leads are won less often, whatever their forms."""
    history = {
        (2, "Bob"): (90, 10, 0),
        (0, "Bob"): (50, 50, 0),
        (2, "Ann"): (50, 50, 0),
        (0, "Ann"): (10, 90, 0),
    }
    place.write("leads.csv", leads_of(history))
    forms, owner = told(place)["rules"]
    assert owner["levels"][0]["verdict"] == "other sign"
    assert owner["levels"][0]["supported"]["high"] < 0
    assert forms["levels"][0]["supported"]["low"] > 0


@pytest.mark.parametrize(
    ("how", "before", "after"),
    [
        ("Hot=youden", 20, 15),  # with more of Ann's one form won: J is .50 at 15, .45 at 20
        ("Warm=recall:80%", 10, 10),  # 70 of 80 pass 15; 10 lets the same pass
        ("Hot=capacity:40", 20, 25),  # 37 have 25, 67 have 20 or more
        ("Hot=capacity:70", 20, 20),
    ],
)
def test_a_cut_is_proposed_from_history(place: Place, how: str, before: int, after: int) -> None:
    if how == "Hot=youden":
        place.write("leads.csv", leads_of({**HISTORY, (1, "Ann"): (25, 20, 0)}))
    proposed = told(place, "--cut", how)["proposed"]
    assert [(cut["before"], cut["after"]) for cut in proposed["cuts"]] == [(before, after)]
    assert sum(tier["leads"] for tier in proposed["tiers"]) == 185


def test_capacity_is_a_day_where_days_are_told(place: Place) -> None:
    rows = [f"{number},{number % 3},,{number % 2},2026-06-{1 + number % 10:02}" for number in range(300)]
    place.write("leads.csv", csv_of("lead_id,forms,owner,won,came", rows))
    proposed = told(place, "--cut", "Hot=capacity:10", "--per-day", "came")["proposed"]
    assert (proposed["days"], proposed["cuts"][0]["after"], proposed["tiers"][0]["leads"]) == (10, 20, 100)
    said = evaluate(place, "--cut", "Hot=capacity:10", "--per-day", "came").stdout
    assert "no more than 10 leads a day over 10 days" in said


def test_proposed_cuts_are_written_into_a_config_of_their_own(place: Place) -> None:
    """The new file keeps the comments, and scores as was promised; the config itself is never written to."""
    place.write("model.yml", CONFIG.replace("id: lead_id", "id: lead_id  # as the CRM has it"))
    new = place.folder / "new.yml"
    proposed = told(place, "--cut", "Hot=capacity:40", "-o", new)["proposed"]
    assert new.read_text() == (place.folder / "model.yml").read_text().replace(
        "min_score: 20", "min_score: 25"
    )
    assert run("score", place.folder / "leads.csv", "-c", new, "-o", place.out, "--as-of", DAY).code == 0
    tiers = {tier["name"]: tier["leads"] for tier in place.summary()["tiers"]}
    assert tiers == {tier["name"]: tier["leads"] for tier in proposed["tiers"]}
    again = evaluate(place, "--cut", "Hot=capacity:70", "-o", new)
    assert (again.code, "new.yml: is there already, and is never written over" in again.stderr) == (6, True)
    itself = evaluate(place, "--cut", "Hot=capacity:40", "-o", place.folder / "model.yml")
    assert (itself.code, "is the config itself" in itself.stderr) == (6, True)
    nothing = evaluate(place, "-o", new)
    assert (nothing.code, "-o: is where proposed cuts go; add --cut" in nothing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ("Hot", "is not TIER=HOW; write a tier and how to choose"),
        ("Hot=best", "is not TIER=HOW"),
        ("Hot=recall", "is not TIER=HOW"),
        ("Hot=recall:120%", "is not TIER=HOW"),
        ("Hot=youden:3", "is not TIER=HOW"),
        ("Nowhere=youden", "names no tier with a cut; the tiers with one are Hot, Warm"),
        ("Cold=youden", "names no tier with a cut"),
        ("Hot=capacity:3", "is less than the 37 leads that have the highest score"),
        ("Warm=capacity:40", "would let tiers begin at Hot 20, Warm 25"),
    ],
)
def test_a_cut_that_cannot_be_meant_is_refused(place: Place, how: str, what: str) -> None:
    ended = evaluate(place, "--cut", how)
    assert ended.code == 2
    assert f"--cut {how}" in ended.stderr
    assert what in ended.stderr


def test_won_leads_that_stand_lowest_are_named(place: Place) -> None:
    missed = told(place, "--missed", 3)["missed"]
    assert [(lead["tier"], lead["score"]) for lead in missed] == [("Cold", 0)] * 3
    assert missed[0]["id"] > missed[1]["id"]  # the last rank first
    assert missed[0]["id"] in evaluate(place, "--missed", 3).stdout


@pytest.mark.parametrize(("won", "lost"), [(39, 200), (200, 39), (0, 0)])
def test_too_few_leads_are_refused(place: Place, won: int, lost: int) -> None:
    place.write("leads.csv", leads_of({(1, "Ann"): (won, lost, 5)}))
    ended = evaluate(place)
    assert (ended.code, ended.stdout) == (4, "")
    assert f"leads.csv: has {won} won and {lost} lost leads that are ranked; fewer than 40" in ended.stderr


def test_what_could_not_be_read_is_told(place: Place) -> None:
    place.write("leads.csv", leads_of(HISTORY) + "broken\n9999,many,Ann,1\n")
    ended = evaluate(place)
    assert ended.code == 5
    assert "1 lines set aside" in ended.stdout
    assert "1 cells not read" in ended.stdout


def test_forty_of_each_are_enough(place: Place) -> None:
    place.write("leads.csv", leads_of({(1, "Ann"): (40, 40, 0)}))
    assert told(place)["verdict"] == "no evidence"


def test_a_config_without_an_outcome_is_told_what_to_add(place: Place) -> None:
    place.write("model.yml", model_of(match("owner: Ann", 10)))
    ended = evaluate(place)
    assert ended.code == 3
    assert "outcome: the config does not say who was won; add outcome" in ended.stderr


DATED = HEAD.replace("}", ", at: closed}")


def dated(place: Place) -> None:
    """Won and lost before July, in July, in August; 50 of each, and 5 won of whom nobody knows when."""
    rows = []
    for day, forms in {"2026-06-15": 0, "2026-07-15": 1, "2026-08-15": 2, "": 2}.items():
        won, lost = (50, 50) if day else (5, 50)
        rows += [f"{forms},Ann,1,{day},2026-08-20"] * won + [f"0,Ann,0,{day},2026-08-20"] * lost
    rows = [f"{number},{row}" for number, row in enumerate(rows)]
    place.write("leads.csv", csv_of("lead_id,forms,owner,won,closed,seen", rows))
    bands = "kind: bands, age_of: seen, bands: {0: 5}, otherwise: 5"
    place.write("model.yml", model_of("kind: count, field: forms, each: 10", bands, head=DATED, tiers=TIERS))


def test_with_a_split_only_what_came_after_it_counts(place: Place) -> None:
    dated(place)
    ended = run("evaluate", *files(place), "--split", DAY, "--json")
    answer = json.loads(ended.stdout)
    assert answer["as_of"] == "2026-06-30"
    assert answer["leads"] == {
        "ranked": 355, "known": 250, "won": 100,
        "left_out": {"their outcome was known by 2026-06-30": 100, "they were won, and nobody knows when": 5},
        "set_aside": 0, "unreadable_cells": 0,
    }  # fmt: skip
    until = run("evaluate", *files(place), "--split", DAY, "--until", "2026-07-31", "--json")
    assert json.loads(until.stdout)["leads"]["won"] == 50


def test_a_rule_that_reads_what_came_after_the_outcome_is_doubted(place: Place) -> None:
    dated(place)
    doubts = evaluate(place).stdout
    assert "doubt: rules read seen, which is later than the outcome for 100% of the leads" in doubts


def test_a_rule_that_knows_the_outcome_is_doubted(place: Place) -> None:
    place.write("leads.csv", leads_of({(1, "Ann"): (60, 1, 0), (1, "Bob"): (1, 60, 0)}))
    assert "doubt: the rule rule 2 alone tells won from lost" in evaluate(place).stdout


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--until", "2026-07-01"], "--until: ends what --split begins; add --split DATE"),
        (["--split", "2026-07-01", "--as-of", "2026-07-01"], "--as-of: is what --split says; leave it out"),
        (["--split", "July"], "--split: is not a date; write YYYY-MM-DD"),
        (["--split", "2026-07-01", "--until", "2026-07-01"], "--until: is not after the day scored for"),
    ],
)
def test_a_split_that_cannot_be_meant_is_refused(place: Place, options: list[str], what: str) -> None:
    dated(place)
    ended = run("evaluate", *files(place), *options)
    assert ended.code == 2
    assert what in ended.stderr


def test_a_split_needs_the_day_of_the_outcome(place: Place) -> None:
    ended = run("evaluate", *files(place), "--split", "2026-07-01")
    assert ended.code == 3
    assert "outcome.at: the config does not say when an outcome was known" in ended.stderr


def test_drawn_outcomes_are_no_evidence_in_93_of_100_draws(place: Place) -> None:
    verdicts = []
    for seed in range(100):
        draw = random.Random(seed)
        rows = [
            f"{number},{draw.randrange(4)},{draw.choice(['Ann', 'Bob', ''])},{int(draw.random() < 0.35)}"
            for number in range(400)
        ]
        place.write("leads.csv", csv_of("lead_id,forms,owner,won", rows))
        verdicts.append(told(place)["verdict"])
    assert verdicts.count("no evidence") >= 93


@pytest.mark.parametrize("columns", ["80", "140"])
def test_tables_fit_the_terminal(place: Place, columns: str) -> None:
    ended = run("evaluate", *files(place), "--cut", "Hot=capacity:40", COLUMNS=columns)
    tables = [line for line in ended.stdout.splitlines() if not line.startswith(("doubt", "note"))]
    assert max(map(len, tables)) <= max(int(columns), 96)  # sentences are not broken
    assert "AUC 0.809" in ended.stdout
    assert "Hot from 20 to 25: no more than 40 leads" in ended.stdout


def test_the_figures_are_those_of_the_ranked_file(place: Place) -> None:
    assert run("score", *files(place), "-o", place.out, "--as-of", DAY).code == 0
    ranked = place.rows()
    for tier in told(place)["tiers"]:
        rows = [row for row in ranked if row["tier"] == tier["name"]]
        assert (len(rows), sum(row["won"] == "1" for row in rows)) == (tier["leads"], tier["won"])
