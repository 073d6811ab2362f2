"""test_compare: what a user sees of a change before it is made, and what is refused."""

from __future__ import annotations

import json
import shlex
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.running import (
    DAY,
    SAMPLE,
    SAMPLE_CONFIG,
    Ended,
    Place,
    csv_of,
    files_in,
    match,
    model_of,
    rows_of,
    run,
)

LEADS = csv_of(
    "lead_id,forms,mail,owner,seen,won",
    [
        "0012,4,a@x.example,Ann,2026-06-29,1",  # 20 points of form
        "13,3,b@x.example,Ann,2026-06-29,0",  # 15
        "14,2,c@x.example,Bob,2026-06-30,1",  # 10
        "15,1,d@x.example,,2026-06-30,",  # 5
        "16,0,=bad,Bob,,0",
    ],
)
CONFIG = model_of(
    "kind: count, field: forms, each: 5, cap: 20",
    match("owner: Ann", 3),
    head='outcome: {field: won, won: ["1"]}\ndisqualify: [{name: rival, when: {mail: =bad}}]',
    tiers="[{name: Hot, min_score: 15}, {name: Warm, min_score: 10}, {name: Cold}]",
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def compare(place: Place, *options: object, config: str = CONFIG, leads: str = LEADS) -> Ended:
    export, model = place.write("leads.csv", leads), place.write("model.yml", config)
    return run("compare", export, "-c", model, "--as-of", DAY, *options)


def told(place: Place, *options: object, **more: Any) -> dict[str, Any]:
    ended = compare(place, "--json", *options, **more)
    assert ended.code == 0, ended.stderr
    content = json.loads(ended.stdout)
    assert isinstance(content, dict)
    return content


def test_the_change_the_tiers_the_movers_and_the_order_are_shown(place: Place) -> None:
    ended = compare(place, "--set", "groups.fit.rules.rule 1.each=4", "--by", "owner")
    assert (ended.code, ended.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in ended.stdout.splitlines()]
    for line in (
        f"5 leads = 5 compared, as of {DAY}",
        "groups.fit.rules.rule 1.each: 5 to 4",
        "Hot 2",  # 23 and 18 points; 19 and 15 now
        "Warm 1",  # 10; 8 now
        "disqualified 1",
        "Hot 2 1/2 50.0 % 0.75",
        "Warm 1 to 0 1/1 to 0/0 100.0 % to - 1.50 to -",
        "Cold 1 to 2 0/0 to 1/1 - to 100.0 % - to 1.50",
        "Ann 2 0 0",
        "Bob 0 1 to 0 0 to 1",
        "unknown 0 0 1",
        "moved: 1 down",
        "rule 1 1",
        "14 Warm Cold 10 to 8 3 rule 1 -2",
        "order of the 4 leads ranked in both: Kendall's tau 1.0000, Spearman's rho 1.0000",
        "the same leads are 4 of the first 4, 1 of the first 1 (a tenth)",
    ):
        assert line in lines, line


def test_as_json_the_same_for_machines(place: Place) -> None:
    content = told(place, "--set", "groups.fit.rules.rule 1.each=4", "--by", "seen")
    assert content["leads"] == {"in": 5, "compared": 5, "set_aside": 0}
    assert [(each["label"], each["set"]) for each in content["configs"]] == [
        ("A", []),
        ("B", ["groups.fit.rules.rule 1.each=4"]),
    ]
    (found,) = content["comparisons"]
    assert found["changes"] == [{"key": "groups.fit.rules.rule 1.each", "before": "5", "after": "4"}]
    assert found["tiers"] == [
        {"before": "Hot", "after": "Hot", "leads": 2},
        {"before": "Warm", "after": "Cold", "leads": 1},
        {"before": "Cold", "after": "Cold", "leads": 1},
        {"before": "disqualified", "after": "disqualified", "leads": 1},
    ]
    assert found["moved"] == {"entered": 0, "up": 0, "down": 1, "left": 0, "renamed": 0}
    assert found["movers"] == [
        {"id": "14", "line": 4, "file": None, "change": "down", "tier": "Cold", "previous_tier": "Warm",
         "score": 8.0, "previous_score": 10.0, "rank": 3, "previous_rank": 3, "moved_by": "rule 1",
         "lines": [{"name": "rule 1", "kind": "rule", "points": -2.0}]},
    ]  # fmt: skip
    assert found["order"]["kendall"] == found["order"]["spearman"] == 1
    assert found["order"]["first"][0] == {"number": 4, "common": 4, "tenth": False, "share": 1.0}
    rows = [(row["value"], row["before"]["Warm"], row["after"]["Warm"]) for row in found["work"]["rows"]]
    assert rows == [("2026-06-29", 0, 0), ("2026-06-30", 1, 0)]  # who is disqualified is nobody's work
    assert content["sweep"] is None


def test_what_moved_a_lead_is_the_line_that_went_the_way_it_went(place: Place) -> None:
    settings = ("rule 1.each=8", "rule 1.cap=60", "rule 2.points=-20")
    content = told(place, *(word for key in settings for word in ("--set", f"groups.fit.rules.{key}")))
    (found,) = content["comparisons"]
    assert {
        mover["id"]: (mover["tier"], mover["moved_by"], [line["points"] for line in mover["lines"]])
        for mover in found["movers"]
    } == {
        "14": ("Hot", "rule 1", [6]),  # 10 to 16
        "0012": ("Warm", "rule 2", [-23, 12]),  # 20 + 3 to 32 - 20
        "13": ("Cold", "rule 2", [-23, 9]),  # 15 + 3 to 24 - 20
    }
    assert [mover["id"] for mover in found["movers"]] == ["14", "0012", "13"]  # as they rank now


def test_of_two_lines_that_went_that_way_the_larger_one_moved_the_lead(place: Place) -> None:
    settings = ("rule 1.each=3", "rule 2.points=-8")  # 0012: -8 and -11; 13: -6 and -11
    content = told(place, *(word for key in settings for word in ("--set", f"groups.fit.rules.{key}")))
    moved = {mover["id"]: mover for mover in content["comparisons"][0]["movers"]}
    lines = [("rule 2", -11), ("rule 1", -8)]
    assert [(line["name"], line["points"]) for line in moved["0012"]["lines"]] == lines
    assert {name: mover["moved_by"] for name, mover in moved.items()} == {
        "0012": "rule 2",
        "13": "rule 2",
        "14": "rule 1",
    }


def test_who_is_out_of_the_ranking_for_another_reason_has_not_moved(place: Place) -> None:
    screen = (
        "screen={spam: [{name: no owner, when: {owner: {missing: true}}}, {name: bad, when: {mail: =bad}}]}"
    )
    (found,) = told(place, "--set", screen)["comparisons"]
    assert [
        (each["before"], each["after"]) for each in found["tiers"] if each["before"] != each["after"]
    ] == [
        ("Cold", "screened"),
        ("disqualified", "screened"),
    ]
    assert [(mover["id"], mover["change"], mover["moved_by"]) for mover in found["movers"]] == [
        ("15", "left", "screen")
    ]
    assert found["movers"][0]["rank"] is None


def test_a_lead_that_rises_while_its_score_falls_is_moved_by_the_tiers(place: Place) -> None:
    settings = ("groups.fit.rules.rule 1.each=4", "tiers.Hot.min_score=8", "tiers.Warm.min_score=6")
    (found,) = told(place, *(word for setting in settings for word in ("--set", setting)))["comparisons"]
    (mover,) = found["movers"]
    assert (mover["id"], mover["change"], mover["moved_by"]) == ("14", "up", "tiers")
    assert [(line["name"], line["points"]) for line in mover["lines"]] == [("rule 1", -2)]


def test_movers_stand_as_they_rank_now_and_those_that_left_at_the_end(place: Place) -> None:
    out = "disqualify=[{name: ann, when: {mail: a@x.example}}]"
    (found,) = told(place, "--set", out, "--set", "groups.fit.rules.rule 1.each=4")["comparisons"]
    assert [(mover["id"], mover["change"], mover["rank"]) for mover in found["movers"]] == [
        ("14", "down", 2),
        ("16", "entered", 4),
        ("0012", "left", None),
    ]


def test_leads_of_several_files_are_told_with_their_file(place: Place) -> None:
    header, *rows = LEADS.splitlines()
    files = [
        place.write(name, csv_of(header, part)) for name, part in (("a.csv", rows[:1]), ("b.csv", rows[1:]))
    ]
    model = place.write("model.yml", CONFIG)
    words = ("--set", "groups.fit.rules.rule 1.each=4", "--as-of", DAY, "--json")
    (found,) = json.loads(run("compare", *files, "-c", model, *words).stdout)["comparisons"]
    assert [(mover["id"], mover["file"], mover["line"]) for mover in found["movers"]] == [("14", "b.csv", 3)]


def test_leads_moved_by_a_cut_by_who_is_disqualified_and_by_a_new_tier(place: Place) -> None:
    content = told(place, "--set", "tiers.Warm.min_score=5", "--set", "disqualify=[]")
    (found,) = content["comparisons"]
    assert [(mover["id"], mover["change"], mover["moved_by"]) for mover in found["movers"]] == [
        ("15", "up", "tiers"),
        ("16", "entered", "disqualify: rival"),
    ]
    assert found["moved_by"] == [
        {"name": "disqualify: rival", "entered": 1, "up": 0, "down": 0, "left": 0, "renamed": 0},
        {"name": "tiers", "entered": 0, "up": 1, "down": 0, "left": 0, "renamed": 0},
    ]
    other = place.write("other.yml", CONFIG.replace("Hot", "Gold"))
    (found,) = told(place, "-c", other)["comparisons"]
    assert [(mover["change"], mover["previous_tier"], mover["tier"]) for mover in found["movers"]] == [
        ("renamed", "Hot", "Gold"),
        ("renamed", "Hot", "Gold"),
    ]


def test_several_configs_are_each_compared_with_the_first(place: Place) -> None:
    others = [place.write(f"{name}.yml", CONFIG.replace("each: 5", f"each: {name}")) for name in ("4", "5")]
    content = told(place, "-c", others[0], "-c", others[1])
    assert [(each["before"], each["after"], each["moved"]["down"]) for each in content["comparisons"]] == [
        ("A", "B", 1),
        ("A", "C", 0),
    ]
    assert content["comparisons"][1]["changes"] == []


def test_a_sweep_is_one_line_per_value(place: Place) -> None:
    ended = compare(place, "--sweep", "groups.fit.rules.rule 1.each=3:5:1")
    lines = [" ".join(line.split()) for line in ended.stdout.splitlines()]
    # 3 each: 12 + 3, 9 + 3, 6, 3. 4 each: 16 + 3, 12 + 3, 8, 4. 5 each: as it stands.
    for line in (
        "Value Hot Warm Cold Moved Up Down First 100 Spearman Rate Hot",
        "as is 2 1 1 50.0 %",
        "3 1 1 2 2 0 2 4/4 1.0000 100.0 %",
        "4 2 0 2 1 0 1 4/4 1.0000 50.0 %",
        "5 2 1 1 0 0 0 4/4 1.0000 50.0 %",
    ):
        assert line in lines, line
    content = told(place, "--sweep", "groups.fit.rules.rule 1.each=3,-1")
    assert [each["after"] for each in content["comparisons"]] == ["3"]
    assert content["sweep"]["key"] == "groups.fit.rules.rule 1.each"
    (refused,) = content["sweep"]["refused"]
    assert (refused["value"], "cap" in refused["problems"][0]["key"]) == ("-1", True)


def test_the_movers_are_kept_as_a_file_of_their_own(place: Place) -> None:
    out = place.folder / "moved"
    leads = LEADS.replace("14,2", '"=14",2')
    content = told(place, "--set", "groups.fit.rules.rule 1.each=4", "--write", out, leads=leads)
    assert content["written"] == str(out)
    assert rows_of((out / "movers.csv").read_bytes()) == [
        {"lead_id": "'=14", "change": "down", "tier": "Cold", "previous_tier": "Warm", "score": "8",
         "previous_score": "10", "rank": "3", "previous_rank": "3", "moved_by": "rule 1",
         "lines": "rule 1 -2"},
    ]  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["kind"], [each["set"] for each in manifest["configs"]]) == (
        "compare",
        [[], ["groups.fit.rules.rule 1.each=4"]],
    )
    assert manifest["outputs"].keys() == {"movers.csv"}
    assert "=14" not in (out / "manifest.json").read_text()
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    before = files_in(out)
    assert compare(place, "--set", "groups.fit.rules.rule 1.each=4", "--write", out, leads=leads).code == 0
    assert files_in(out) == before
    assert sorted(path.name for path in place.folder.iterdir()) == ["leads.csv", "model.yml", "moved"]


def test_of_several_configs_the_file_says_which_one_moved_a_lead(place: Place) -> None:
    others = [place.write(f"{each}.yml", CONFIG.replace("each: 5", f"each: {each}")) for each in (4, 8)]
    out = place.folder / "moved-{as_of}"
    told(place, "-c", others[0], "-c", others[1], "--write", out)
    rows = rows_of((place.folder / f"moved-{DAY}" / "movers.csv").read_bytes())
    assert [(row["config"], row["lead_id"], row["tier"]) for row in rows] == [
        ("B", "14", "Cold"),
        ("C", "14", "Hot"),
    ]


def test_leads_are_ranked_by_a_place_among_all_of_the_file(place: Place) -> None:
    head = "scales: {among: {of: fit, to: percentile}}\nrank_by: [among]"
    config = model_of("kind: count, field: forms, each: 5, cap: 20", match("owner: Bob", "{}"), head=head)
    first, second = config.replace("{}", "1", 1), config.replace("{}", "14", 1)
    other = place.write("other.yml", second)
    content = told(place, "-c", other, config=first)
    (found,) = content["comparisons"]
    # 20, 15, 11, 5, 1 of the first; 20, 15, 24, 5, 14 of the second: of ten pairs three turn round.
    assert (found["order"]["kendall"], found["order"]["leads"]) == (0.4, 5)


def test_a_scoring_run_is_never_replaced_by_movers(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    before = place.files()
    ended = compare(place, "--set", "groups.fit.cap=18", "--write", place.out)
    assert (ended.code, "holds a scoring run" in ended.stderr) == (6, True)
    assert place.files() == before


def test_lines_that_cannot_be_read_are_set_aside_as_in_a_run(place: Place) -> None:
    leads = LEADS + "17,1\n1.23E+11,4,e@x.example,Ann,,1\n"
    content = told(place, "--set", "groups.fit.cap=18", leads=leads)
    assert content["leads"] == {"in": 7, "compared": 5, "set_aside": 2}
    ended = compare(place, "--set", "groups.fit.cap=18", "--write", place.folder / "moved", leads=leads)
    assert ended.code == 5


def test_an_id_that_stands_twice_is_refused_or_its_copy_set_aside(place: Place) -> None:
    leads = LEADS + "13,0,f@x.example,,,\n"
    ended = compare(place, "--set", "groups.fit.cap=18", leads=leads)
    assert (ended.code, "the same id stands again" in ended.stderr) == (4, True)
    config = f"{CONFIG}checks: {{on_duplicate: first}}\n"
    content = told(place, "--set", "groups.fit.cap=18", leads=leads, config=config)
    assert content["leads"] == {"in": 6, "compared": 5, "set_aside": 1}
    assert [sum(tier["leads"] for tier in each["tiers"]) for each in content["configs"]] == [4, 4]
    both = (*("--set", "groups.fit.rules.rule 1.each=1"), *("--set", "groups.fit.rules.rule 2.points=14"))
    (found,) = told(
        place, *both, leads=leads.replace("13,0,f@x.example,", "13,2,f@x.example,"), config=config
    )["comparisons"]
    assert {mover["line"] for mover in found["movers"]} == {4}  # the copy on line 7 would have moved too


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ((), 2, "-c: one config cannot be compared; name a second one after -c"),
        (
            ("-c", "MODEL", "--set", "groups.fit.cap=18"),
            2,
            "--set: changes one config, and there are several",
        ),
        (("--sweep", "groups.fit.cap"), 2, "is not KEY=START:STOP:STEP; write for example --sweep"),
        (("--sweep", "groups.fit.cap=1:x:1"), 2, "goes from, to or by what is no number"),
        (("--sweep", "groups.fit.cap=1:9:0"), 2, "has no values"),
        (("--sweep", "groups.fit.cap=9:1:1"), 2, "has no values"),
        (("--sweep", "groups.fit.cap=1:9:0.1"), 2, "has more than 50 values; take a larger step"),
        (("--sweep", "groups.fit.cap=1,2", "-c", "MODEL"), 2, "goes through the values of one config"),
        (("--sweep", "groups.fit.cap=1,2", "--by", "owner"), 2, "leave out --write and --by"),
        (("--sweep", "groups.fit.cap=x,y"), 3, "--set groups.fit.cap=x"),
        (("--set", "groups.fit.caps=4"), 3, "did you mean cap?"),
        (("--set", "id=mail"), 3, "id: is another than in"),
        (("--set", "input.header_line=1"), 3, "input: is another than in"),
        (("--set", "groups.fit.cap=18", "--by", "onwer"), 4, "'owner'"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_do(
    place: Place, options: tuple[str, ...], code: int, message: str
) -> None:
    words = [str(place.folder / "model.yml") if word == "MODEL" else word for word in options]
    ended = compare(place, *words)
    assert ended.code == code
    assert message in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("step", ["10:30:10", "30:10:-10"])
def test_a_range_ends_with_its_stop(place: Place, step: str) -> None:
    content = told(place, "--sweep", f"groups.fit.cap={step}")
    assert {each["after"] for each in content["comparisons"]} == {"10", "20", "30"} - {
        each["value"] for each in content["sweep"]["refused"]
    }


def test_nothing_is_told_of_anybody_but_in_the_table(place: Place) -> None:
    ended = compare(place, "--set", "groups.fit.cap=18", "--first", 0)
    assert (ended.code, ended.stderr) == (0, "")
    assert "a@x.example" not in ended.stdout
    assert "0012" not in ended.stdout


def test_a_what_if_on_the_sample_is_what_two_runs_say(tmp_path: Path) -> None:
    place = Place(tmp_path)
    tiers = []
    for setting in ("groups.fit.cap=50", "groups.fit.cap=30"):
        assert place.score(SAMPLE, SAMPLE_CONFIG, "--set", setting).code == 0
        tiers.append({row["lead_id"]: row["tier"] for row in place.rows()})
    ended = run(
        "compare", SAMPLE, "-c", SAMPLE_CONFIG, "--set", "groups.fit.cap=30", "--as-of", DAY, "--json",
        "--first", 1000,
    )  # fmt: skip
    (found,) = json.loads(ended.stdout)["comparisons"]
    assert {mover["id"]: (mover["previous_tier"], mover["tier"]) for mover in found["movers"]} == {
        lead: (tier, tiers[1][lead]) for lead, tier in tiers[0].items() if tiers[1][lead] != tier
    }
    assert len(found["movers"]) > 5


def test_tables_and_logs_are_read_by_configs_that_want_them(place: Place) -> None:
    head = "join: {firms: {on: mail, key: Mail, columns: [Size]}}"
    config = model_of(
        match("Size: {at_least: 10}", 10), "kind: count, event: visit, each: 1, cap: 5", head=head
    )
    plain = place.write("plain.yml", model_of(match("forms: {at_least: 1}", 10)))
    table = place.write("firms.csv", "Mail,Size\na@x.example,12\nb@x.example,3\n")
    log = place.write("log.csv", "lead_id,event,time\n13,visit,2026-06-29\n0012,visit,2026-07-29\n")
    content = told(place, "-c", plain, "--join", table, "--events", log, config=config)
    (found,) = content["comparisons"]
    moved = {mover["id"]: (mover["previous_score"], mover["score"]) for mover in found["movers"]}
    assert moved == {"13": (1, 10), "14": (0, 10), "15": (0, 10)}


def test_configs_that_join_by_other_fields_each_have_their_own_columns(place: Place) -> None:
    head = "join: {firms: {on: FIELD, key: Key, columns: [Size]}}"
    by_mail, by_owner = (
        model_of(match("Size: {at_least: 10}", 10), head=head.replace("FIELD", field))
        for field in ("mail", "owner")
    )
    table = place.write("firms.csv", "Key,Size\na@x.example,12\nBob,30\n")
    content = told(place, "-c", place.write("owner.yml", by_owner), "--join", table, config=by_mail)
    moved = {mover["id"]: mover["change"] for mover in content["comparisons"][0]["movers"]}
    assert moved == {"0012": "down", "14": "up", "16": "up"}


def test_many_owners_are_told_by_the_twenty_with_most_leads(place: Place) -> None:
    rows = [f"{number},1,,owner {number // 2:02},,1" for number in range(60)]
    leads = csv_of(
        LEADS.splitlines()[0], [*rows, *(f"more {number},1,,zoe,,1" for number in range(3)), "x,1,,,,1"]
    )
    (found,) = told(place, "--set", "groups.fit.cap=18", "--by", "owner", leads=leads)["comparisons"]
    told_of = [(row["value"], row["values"], row["before"]["Cold"]) for row in found["work"]["rows"]]
    assert told_of[:2] == [("zoe", 1, 3), ("owner 00", 1, 2)]
    assert told_of[19:] == [("owner 18", 1, 2), (None, 11, 22), (None, 1, 1)]
    shown = compare(place, "--set", "groups.fit.cap=18", "--by", "owner", leads=leads).stdout
    assert "11 others" in shown
    assert "unknown" in shown


WHAT_IF = (
    (ROOT / "README.md").read_text(encoding="utf-8").partition("### What if\n")[2].partition("\n### ")[0]
)


def test_the_command_the_readme_shows_prints_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(ROOT)
    line = next(line for line in WHAT_IF.splitlines() if line.startswith("leadscore compare sample_data/"))
    shown = WHAT_IF.split("```text\n")[1].split("```")[0].splitlines()
    printed = [text.rstrip() for text in run(*line.split()[1:]).stdout.splitlines()]
    assert printed == shown


def test_the_three_changes_of_the_readme_do_what_it_says(place: Place, x_education: Path) -> None:
    config, mine = ROOT / "configs" / "x_education.yml", place.folder / "mine.yml"
    mine.write_text(WHAT_IF.split("```yaml\n")[1].split("```")[0].replace("x_education.yml ", f"{config} "))
    commands = [shlex.split(line) for line in WHAT_IF.splitlines() if line.startswith("leadscore compare x_")]
    files = {"x_education_leads.csv": x_education, "x_education.yml": config, "mine.yml": mine}
    files["moved"] = place.folder / "moved"
    found = []
    for words in commands:
        ended = run(*(files.get(word, word) for word in words[1:]), "--json")
        assert ended.code == 0, ended.stderr
        content = json.loads(ended.stdout)
        moved = [
            each for each in content["comparisons"][0]["tiers"] if "SQL" in (each["before"], each["after"])
        ]
        leads = sum(each["leads"] for each in moved if each["before"] != each["after"])
        was, now = (
            next(tier for tier in each["tiers"] if tier["name"] == "SQL") for each in content["configs"][:2]
        )
        hundred = content["comparisons"][0]["order"]["first"][1]["common"]
        found.append((leads, abs(now["won"] - was["won"]), hundred))
    form, visits, _, cut, adopted = found
    assert (form[:2], visits, cut, adopted) == ((290, 260), (671, 493, 48), (800, 597, 100), cut)
    assert len(rows_of((place.folder / "moved" / "movers.csv").read_bytes())) == 800
