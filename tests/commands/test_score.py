"""test_score: the main job through the command: what it writes, what it refuses, what it says."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT
from tests.running import (
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
    run_alone,
    strings,
)

CANARY = "CANARY"
HEADER = "lead_id,name,country,visits,last_seen"
RULES = (
    match("country: {known: true}", 1),
    match("visits: {at_least: 50}", 10),
    match("last_seen: {within_days: 30}", 5),
)
CONFIG = model_of(*RULES, head="output: {formats: [csv]}")


def canaries(count: int = 6) -> list[str]:
    """Leads in which every text cell and the id can be told wherever they turn up."""
    return [f"{CANARY}-id-{n},{CANARY}-name,{CANARY}-land,{n * 20},2026-06-{n + 1:02}" for n in range(count)]


GOOD = csv_of(HEADER, canaries())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def scored(place: Place) -> Place:
    """A place where a good result stands already."""
    assert place.score(GOOD, CONFIG).code == 0
    return place


def assert_refused(place: Place, ended: Ended, code: int, said: str) -> None:
    """The run ended with this code and message, gave away no cell, and left no trace."""
    assert ended.code == code, ended.stderr
    assert re.search(said, ended.stderr), ended.stderr
    assert ended.stdout == ""
    assert CANARY not in ended.said
    assert [path.name for path in place.folder.iterdir() if path.name.startswith(".")] == []


def xlsx() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<c>CANARY</c>")
    return content.getvalue()


def with_line(number: int, line: str | bytes) -> bytes:
    """The good export with another line in the place of this one (the header is line 1)."""
    lines = GOOD.encode().splitlines()
    lines[number - 1] = line.encode() if isinstance(line, str) else line
    return b"\n".join(lines) + b"\n"


BAD_EXPORTS: dict[str, tuple[str | bytes, str]] = {
    "a zip file without a workbook": (xlsx(), "not CSV, Parquet or xlsx"),
    "an old Excel file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not CSV, Parquet or xlsx"),
    "random bytes 1": (random.Random(1).randbytes(3_000), "leads.csv"),
    "random bytes 2": (random.Random(2).randbytes(3_000), "leads.csv"),
    "random bytes 3": (random.Random(3).randbytes(3_000), "leads.csv"),
    "random letters": ("".join(random.Random(4).choices('abc,;"\n', k=3_000)), "leads.csv"),
    "an empty file": ("", "no header: the file is empty"),
    "a byte order mark only": (b"\xef\xbb\xbf", "no header: the file is empty"),
    "newlines only": ("\n\n\r\n", "no header: the file is empty"),
    "a header only": (HEADER + "\n", "0 leads.*min_rows"),
    "a header without a newline": (HEADER, "0 leads.*min_rows"),
    "no header": (csv_of("", canaries())[1:], "leads.csv:1: lead_id: no column 'lead_id'"),
    "a column missing": (GOOD.replace("visits", "note"), r"leads.csv:1: visits: no column 'visits'"),
    "a column in other case": (
        GOOD.replace("visits", "Visits"),
        r"no column 'visits'; the file has 'Visits'",
    ),
    "a column with a space": (
        GOOD.replace("visits", "visits "),
        r"no column 'visits'; the file has 'visits '",
    ),
    "a used column twice": (GOOD.replace("name", "visits"), "leads.csv:1: visits: .*twice"),
    "an output column": (GOOD.replace("name", "score"), "leads.csv:1: score: .*output.prefix"),
    "a group's column": (GOOD.replace("name", "fit"), "leads.csv:1: fit: .*output.prefix"),
    "a duplicate id": (with_line(5, canaries()[0]), r"leads.csv:2: lead_id: .*leads.csv:5"),
    "latin-1": (
        with_line(4, b"CANARY,Ren\xe9,CANARY,1,2026-06-01"),
        r"leads.csv:4: not UTF-8 at line 4 byte 11; ",
    ),
    "half a letter of UTF-16": (GOOD.encode("utf-16") + b"x", "leads.csv:8: not utf-16-le at line 8 byte 1"),
    "a NUL byte": (with_line(3, "CANARY,CANARY\0,CANARY,1,"), "leads.csv:3: a NUL byte"),
    "a cut gzip file": (gzip.compress(GOOD.encode())[:-20], "gzip file is cut off"),
    "a broken gzip file": (b"\x1f\x8b\x08\x00" + bytes(40), "gzip file is"),
    "a broken Parquet file": (b"PAR1" + bytes(100) + b"PAR1", "Parquet file is corrupt or cut off"),
    "too few leads": (csv_of(HEADER, canaries(2)), "2 leads, the last run 6: .*max_row_drop"),
    "only damaged lines": (csv_of(HEADER, ["CANARY,1"] * 6), "0 leads.*min_rows"),
}


@pytest.mark.parametrize("name", BAD_EXPORTS)
def test_a_bad_export_is_refused_and_the_old_result_stands(scored: Place, name: str) -> None:
    before = scored.files()
    content, said = BAD_EXPORTS[name]
    limits = ("--set", "checks={min_rows: 1, max_row_drop: 50%}")
    ended = scored.score(content, CONFIG, *limits)
    assert_refused(scored, ended, 4, said)
    assert scored.files() == before


def a_missing_file(folder: Path) -> Path:
    return folder / "not there.csv"


def a_folder(folder: Path) -> Path:
    return folder


def a_fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo.csv")
    return folder / "fifo.csv"


def a_device(folder: Path) -> Path:
    return Path("/dev/zero")


@pytest.mark.parametrize("make", [a_missing_file, a_folder, a_device])
def test_what_is_no_file_is_refused_by_its_kind(scored: Place, make: Callable[[Path], Path]) -> None:
    before, export = scored.files(), make(scored.folder)
    assert_refused(scored, scored.score(export, CONFIG), 4, re.escape(str(export)))
    assert scored.files() == before


def test_a_fifo_is_refused_and_never_waited_for(scored: Place) -> None:
    before, export = scored.files(), a_fifo(scored.folder)
    ended = run_alone("score", export, "-c", scored.folder / "model.yml", "-o", scored.out, timeout=20)
    assert_refused(scored, ended, 4, "a FIFO, not a file")
    assert scored.files() == before


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_parquet_file_is_refused_or_read_but_never_a_bug(scored: Place, seed: int) -> None:
    chance = random.Random(seed)
    path = scored.folder / "leads.parquet"
    pq.write_table(pa.Table.from_pylist(rows_of(GOOD.encode())), path)
    sound = path.read_bytes()
    for _ in range(20):
        content = bytearray(sound)
        for place in chance.sample(range(len(content)), 3):
            content[place] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        ended = scored.score(path, CONFIG)
        assert ended.code in (0, 3, 4, 5)
        assert CANARY not in ended.said


BAD_CONFIGS = {
    "not YAML": ("name: [\n", r"model.yml:\d+:\d+: "),
    "a list": ("- name\n", "model.yml.*mapping"),
    "empty": ("", "model.yml"),
    "an unknown key": (CONFIG + "thershold: 5\n", r"model.yml:\d+:1: thershold: "),
    "no catch-all tier": (CONFIG.replace("{name: Cold}", "{name: Cold, min_score: 0}"), "model.yml.*tier"),
    "a bad pattern": (CONFIG.replace("{known: true}", "{matches: '(?=a)'}"), "model.yml.*RE2"),
    "not UTF-8": ("name: \udcff\n", "model.yml"),
}


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_bad_config_is_refused_and_the_old_result_stands(scored: Place, name: str) -> None:
    before = scored.files()
    content, said = BAD_CONFIGS[name]
    config = scored.write("model.yml", content.encode("utf-8", "surrogateescape"))
    assert_refused(scored, scored.score(GOOD, config), 3, said)
    assert scored.files() == before


@pytest.mark.parametrize("name", ["not there.yml", "."])
def test_a_config_that_is_not_there_is_refused(scored: Place, name: str) -> None:
    before = scored.files()
    assert_refused(scored, scored.score(GOOD, scored.folder / name), 3, "check the path|is a folder")
    assert scored.files() == before


@pytest.mark.parametrize(
    "options",
    [
        ["--as-of", "yesterday"],
        ["--as-of", "2026-02-30"],
        ["--nope"],
        ["--format", "ods"],
        ["--format", "csv], reasons: [1"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_changes_nothing(scored: Place, options: list[str]) -> None:
    before = scored.files()
    ended = scored.score(GOOD, CONFIG, *options)
    assert_refused(scored, ended, 2, ".")
    assert "--set" not in ended.stderr  # which nobody typed
    assert scored.files() == before


@pytest.mark.parametrize("arguments", [["score"], ["score", SAMPLE], ["score", SAMPLE, "-c", SAMPLE_CONFIG]])
def test_a_missing_argument_is_named(arguments: list[object]) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert re.search("(?i)export|--config|--out", ended.stderr)


def test_the_limits_of_a_run_may_be_loosened(scored: Place) -> None:
    few = csv_of(HEADER, canaries(2))
    assert scored.score(few, CONFIG).code == 0  # no max_row_drop, no limit
    assert scored.score(HEADER + "\n", CONFIG, "--set", "checks={min_rows: 0}").code == 0
    assert scored.rows() == []
    header = f"rank,score,tier,fit,reasons,coverage,{HEADER}\n".encode()
    names = ("ranked.csv", "tiers/Hot.csv", "tiers/Cold.csv")
    assert {scored.files()[name] for name in names} == {header}


def test_unreadable_cells_are_published_listed_and_told_by_the_exit_code(place: Place) -> None:
    leads = GOOD.replace(",20,", ",CANARY-20,").replace("2026-06-05", "CANARY-day")
    ended = place.score(leads, CONFIG)
    assert ended.code == 5
    assert [line_and_column[:2] for line_and_column in place.unreadable()] == [
        (3, "visits"),
        (6, "last_seen"),
    ]
    assert place.summary()["leads"] == {"in": 6, "ranked": 6, "disqualified": 0, "set_aside": 0}
    assert "unreadable.csv" in ended.stderr
    assert place.score(leads, CONFIG, "--set", "checks={max_unreadable_cells: 2}").code == 0
    assert place.score(leads, CONFIG, "--set", "checks={max_unreadable_cells: 1}").code == 5
    assert place.score(leads, CONFIG, "--set", "checks={max_unreadable_cells: 30%}").code == 5


def test_damaged_lines_are_published_listed_and_told_by_the_exit_code(place: Place) -> None:
    leads = with_line(3, "CANARY-short,1").decode()
    ended = place.score(leads, CONFIG)
    assert ended.code == 5
    assert place.set_aside() == [(3, "2 fields, the header has 5")]
    assert [row["text"] for row in place.rows("set_aside.csv")] == ["CANARY-short,1"]
    assert place.summary()["leads"] == {"in": 6, "ranked": 5, "disqualified": 0, "set_aside": 1}
    assert "set_aside.csv" in ended.stderr
    assert CANARY not in ended.said
    assert place.score(leads, CONFIG, "--set", "checks={max_rows_set_aside: 1}").code == 0
    assert place.score(leads, CONFIG, "--set", "checks={max_rows_set_aside: 17%}").code == 0
    assert place.score(leads, CONFIG, "--set", "checks={max_rows_set_aside: 16%}").code == 5


def test_no_cell_is_in_a_message_the_manifest_or_the_summary(place: Place) -> None:
    leads = [
        *canaries(),
        "CANARY,1",
        'CANARY"x,CANARY,CANARY,CANARY,CANARY',
        ",CANARY,CANARY,CANARY,CANARY",
        "=CANARY,=CANARY,,,",
    ]
    out = (
        "disqualify: [{name: first, when: {visits: 0}}]\n"
        "outcome: {field: name, won: [yes]}\noutput: {contributions: true}"
    )
    for options in ([], ["--json"], ["--format", "csv", "--format", "parquet"]):
        ended = place.score(csv_of(HEADER, leads), model_of(*RULES, head=out), *options)
        assert ended.code == 5
        assert CANARY not in ended.said
        content = [*strings(place.summary()), *strings(place.manifest())]
        assert [text for text in content if CANARY in text] == []
        assert b"CANARY" not in place.files()["unreadable.csv"]


# What stands in the output


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The sample export, scored once with everything switched on."""
    place = Place(tmp_path_factory.mktemp("sample"))
    options = ("--set", "output.contributions=true", "--format", "csv", "--format", "parquet", "--quiet")
    assert place.score(SAMPLE, SAMPLE_CONFIG, *options).code == 0
    return place


def test_the_ranked_file_is_the_tier_files_one_after_the_other(sample: Place) -> None:
    header, _, ranked = sample.files()["ranked.csv"].partition(b"\n")
    parts = [
        sample.files()[f"tiers/{tier['name']}.csv"].partition(b"\n") for tier in sample.summary()["tiers"]
    ]
    assert {part[0] for part in parts} == {header}
    assert b"".join(part[2] for part in parts) == ranked


def test_ranks_count_up_from_one_and_scores_go_down(sample: Place) -> None:
    rows = sample.rows()
    assert [row["rank"] for row in rows] == [str(rank) for rank in range(1, len(rows) + 1)]
    keys = [
        (
            -float(row["score"]),
            -float(row["Employees"] if row["Employees"] not in ("", "N/A") else "-inf"),
            row["lead_id"],
        )
        for row in rows
    ]
    assert keys == sorted(keys)


def test_disqualified_leads_keep_their_score_and_have_a_reason(sample: Place) -> None:
    rows = sample.rows("disqualified.csv")
    assert {row["disqualified_by"] for row in rows} == {"competitor", "opted out", "throw-away address"}
    assert all(0 <= float(row["score"]) <= 100 for row in rows)
    assert "rank" not in rows[0]
    assert all(row["unsubscribed"] == "true" for row in rows if row["disqualified_by"] == "opted out")
    counted = sample.summary()["disqualified_by"]
    assert counted == {name: sum(row["disqualified_by"] == name for row in rows) for name in counted}


def test_every_lead_of_the_export_is_in_exactly_one_file(sample: Place) -> None:
    found = [row["lead_id"] for name in ("ranked.csv", "disqualified.csv") for row in sample.rows(name)]
    assert sorted(found) == sorted(row["lead_id"] for row in rows_of(SAMPLE.read_bytes()))
    assert sample.set_aside() == []


def test_the_summary_is_what_a_recount_of_the_files_gives(sample: Place) -> None:
    rows, summary = sample.rows(), sample.summary()
    assert summary["leads"] == {
        "in": len(rows_of(SAMPLE.read_bytes())),
        "ranked": len(rows),
        "disqualified": len(sample.rows("disqualified.csv")),
        "set_aside": 0,
    }
    for tier in summary["tiers"]:
        mine = [row for row in rows if row["tier"] == tier["name"]]
        scores = [float(row["score"]) for row in mine]
        known = [row["converted"] for row in mine if row["converted"] != ""]
        won = sum(word in ("1", "Yes") for word in known)
        assert (tier["leads"], tier["lowest"], tier["highest"]) == (len(mine), min(scores), max(scores))
        assert tier["mean"] == pytest.approx(sum(scores) / len(scores), abs=0.0051)
        assert tier["share"] == pytest.approx(len(mine) / len(rows), abs=0.0001)
        assert tier["outcome"] == {
            "known": len(known),
            "won": won,
            "rate": pytest.approx(won / len(known), abs=0.0001),
        }


def test_the_manifest_names_every_file_by_its_digest(sample: Place) -> None:
    files, manifest = sample.files(), sample.manifest()
    found = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
        if name != "manifest.json"
    }
    rows = {name: written.pop("rows") for name, written in manifest["outputs"].items() if "rows" in written}
    counted = {name: len(sample.rows(name)) for name in files if name.endswith(".csv")}
    tables = [name for name in files if name.endswith(".parquet")]
    assert rows == counted | {name: pq.read_metadata(sample.out / name).num_rows for name in tables}
    assert manifest["outputs"] == found
    assert manifest["config"]["sha256"] == hashlib.sha256(SAMPLE_CONFIG.read_bytes()).hexdigest()
    assert manifest["inputs"][0]["sha256"] == hashlib.sha256(SAMPLE.read_bytes()).hexdigest()
    assert manifest["inputs"][0]["bytes"] == SAMPLE.stat().st_size
    assert manifest["as_of"] == "2026-06-30"


def test_the_contributions_of_a_lead_add_up_to_its_score(sample: Place) -> None:
    rows = pq.read_table(sample.out / "contributions.parquet").to_pylist()
    ranked = sample.rows()
    assert [row["id"] for row in rows] == [row["lead_id"] for row in ranked]
    for row, lead in zip(rows, ranked, strict=True):
        lines = [points for name, points in row.items() if name not in ("id", "score")]
        assert sum(lines) == row["score"] == Decimal(lead["score"])


def test_the_reasons_are_the_largest_contributions(sample: Place) -> None:
    rows = pq.read_table(sample.out / "contributions.parquet").to_pylist()
    for row, lead in zip(rows, sample.rows(), strict=True):
        reasons = [reason.rpartition(" ") for reason in lead["reasons"].split("; ") if reason]
        assert [float(row[name]) for name, _, _ in reasons] == [float(points) for _, _, points in reasons]
        sizes = [abs(float(points)) for _, _, points in reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert len(reasons) <= 3


# Where it stands


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o027])
def test_files_are_for_their_owner_only(place: Place, umask: int) -> None:
    before = os.umask(umask)
    try:
        assert place.score(GOOD, CONFIG, "--set", "output={contributions: true}").code == 0
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [place.out, *place.out.rglob("*")]}
    assert {name for name, mode in modes.items() if mode == 0o700} == {"out", "tiers"}
    assert set(modes.values()) == {0o700, 0o600}


def test_the_output_folder_may_be_named_after_the_day(place: Place) -> None:
    export, model = place.write("leads.csv", GOOD), place.write("model.yml", CONFIG)
    out = str(place.folder / "runs" / "{as_of}")
    for day in ("2026-06-29", "2026-06-30"):
        assert run("score", export, "-c", model, "-o", out, "--as-of", day, "-q").code == 0
        assert "ranked.csv" in files_in(place.folder / "runs" / day)


def test_a_new_result_replaces_all_of_the_old_one(scored: Place) -> None:
    assert scored.score(GOOD, CONFIG.replace("Hot", "Warm"), "--format", "parquet").code == 0
    assert sorted(scored.files()) == sorted(
        ["disqualified.parquet", "manifest.json", "ranked.parquet", "set_aside.csv", "summary.json",
         "tiers/Cold.parquet", "tiers/Warm.parquet", "unreadable.csv"]
    )  # fmt: skip
    assert [path.name for path in scored.folder.iterdir() if path.name.startswith(".")] == []


def test_a_format_may_be_asked_for_whether_or_not_the_config_has_an_output_section(place: Place) -> None:
    assert place.score(GOOD, model_of(*RULES), "--format", "parquet").code == 0
    assert "ranked.parquet" in place.files()
    assert place.score(GOOD, model_of(*RULES), "--set", "output.contributions=true").code == 0
    assert "contributions.parquet" in place.files()


# What it says


def test_json_is_one_object_on_stdout_and_nothing_else(place: Place) -> None:
    ended = place.score(GOOD, CONFIG, "--json")
    assert ended.stderr == ""
    content = json.loads(ended.stdout)
    assert content["exit_code"] == ended.code == 0
    assert content["out"] == str(place.out)
    assert content["summary"] == place.summary()


def test_quiet_says_nothing_unless_something_is_wrong(place: Place) -> None:
    assert place.score(GOOD, CONFIG, "--quiet") == Ended(0, "", "")
    said = f"{place.out}: is published, but not complete: 1 lines set aside, 0 cells unreadable"
    ended = place.score(with_line(3, "x"), CONFIG, "-q")
    assert ended == Ended(5, "", f"{said}; see set_aside.csv and unreadable.csv there\n")


@pytest.mark.parametrize("columns", [80, 140])
def test_a_pipe_gets_plain_lines_that_fit_and_name_every_tier(tmp_path: Path, columns: int) -> None:
    arguments = ("score", SAMPLE, "-c", SAMPLE_CONFIG, "-o", tmp_path / "out", "--as-of", "2026-06-30")
    ended = run_alone(*arguments, COLUMNS=str(columns))
    assert (ended.code, ended.stdout) == (0, "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ended.stderr)
    lines = ended.stderr.splitlines()
    assert max(len(line) for line in lines if not line.startswith("written to ")) <= columns
    for tier in ("SQL", "MQL", "Nurture", "Cold"):
        assert any(line.strip().startswith(tier) for line in lines), ended.stderr
    assert "500 leads = 464 ranked + 36 disqualified + 0 set aside" in ended.stderr


HOSTILE = ("[/b]", "[link=http://x.test]y[/link]", "\\x1b[2J", "\\u202Egnp", "[red]", ":smile:")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_the_config_reach_the_terminal_as_text(place: Place, name: str) -> None:
    tier = name.replace("/", "")  # a tier's name is a file's name
    tiers = f'[{{name: "{tier}", min_score: 5}}, {{name: Cold}}]'
    config = model_of(match("visits: {at_least: 50}", 10), tiers=tiers).replace("rule 1", f'"{name}"', 1)
    ended = place.score(GOOD, config.replace("name: test", f'name: "{name}"'))
    assert ended.code in (0, 3)  # a name that a terminal obeys may be refused
    assert "\x1b" not in ended.said
    assert "\u202e" not in ended.said
    if name.startswith(("[", ":")):
        assert ended.code == 0
        assert ended.stderr.count(name) >= 2
        assert tier in ended.stderr


def test_a_file_whose_name_is_not_utf_8_is_scored_like_any_other(place: Place) -> None:
    export = place.folder / "leads\udcff.csv"
    export.write_text(GOOD)
    assert place.score(export, CONFIG).code == 0
    assert place.manifest()["inputs"][0]["sha256"]


def test_a_run_whose_summary_cannot_be_shown_says_that_the_result_is_published(place: Place) -> None:
    export, model = place.write("leads.csv", GOOD), place.write("model.yml", CONFIG)
    arguments = [
        sys.executable,
        "-m",
        "leadscore",
        "score",
        str(export),
        "-c",
        str(model),
        "-o",
        str(place.out),
    ]
    for option, stdout, stderr in (
        ("--json", "/dev/full", "/dev/null"),
        ("--set=name=x", "/dev/null", "/dev/full"),
    ):
        with Path(stdout).open("w") as out, Path(stderr).open("w") as err:
            done = subprocess.run([*arguments, option], cwd=ROOT, stdout=out, stderr=err)
        assert "manifest.json" in place.files()
        assert done.returncode == 7, option


@pytest.mark.parametrize("typed", ["boolean", "number", "date"])
def test_an_outcome_may_be_a_field_that_a_rule_reads_as_another_type(place: Place, typed: str) -> None:
    test_on = {"boolean": "true", "number": "{at_least: 1}", "date": "{within_days: 9}"}[typed]
    value = {"boolean": "yes", "number": "1", "date": "2026-06-29"}[typed]
    config = model_of(match(f"won: {test_on}", 5), head='outcome: {field: won, won: ["Yes", "1"]}')
    assert place.score(f"lead_id,won\n1,{value}\n2,\n", config).code in (0, 3)
