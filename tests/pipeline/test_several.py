"""test_several: several files are one input: a cut export gives what the whole gives."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.errors import InputError
from leadscore.pipeline.read import open_export
from leadscore.pipeline.several import Exports, name_files
from tests.running import DAY, SAMPLE, Ended, Place, match, model_of, parquet_rows, rows_of, run

HEAD = """
output: {formats: [csv, parquet], contributions: true}
accounts: {by: company, combine: sum, in_score: {share: 10%, cap: 5}}
scales: {among_all: {of: score, to: percentile}}
rank_by: [score, note, {lowest: visits}]
fields: {note: {type: text}}
"""
CONFIG = model_of(
    match("visits: {at_least: 50}", 10),
    match("name: {known: true}", 5),
    "kind: count, field: visits, each: 0.01, cap: 3",
    head=HEAD,
)
HEADER = ["lead_id", "name", "visits", "company", "note"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def score(place: Place, files: Sequence[Path], config: str, *options: object, out: str = "out") -> Ended:
    model = place.write("model.yml", config)
    return run("score", *files, "-c", model, "-o", place.folder / out, "--as-of", DAY, *options)


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[str]], **dialect: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, **{"lineterminator": "\n", **dialect}).writerows([header, *rows])
    return text.getvalue().encode()


def parquet_bytes(**columns: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def without_file(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: cell for name, cell in row.items() if name != "file"} for row in rows]


def ranked(place: Place, out: str) -> list[dict[str, str]]:
    return rows_of((place.folder / out / "ranked.csv").read_bytes())


CELLS = st.sampled_from(
    ["", "Ann", 'say "hi"', "a,b", "a;b", "line\nbreak", " 60 ", "=1+1", "é 𝄞", "0", "x", "N"]
)
LEADS = st.lists(st.tuples(CELLS, st.sampled_from(["", "0", "49", "50", "700"]), CELLS, CELLS), max_size=12)


@settings(max_examples=15)
@given(leads=LEADS, data=st.data())
def test_an_export_cut_into_files_gives_what_the_whole_gives(
    leads: list[tuple[str, ...]], data: st.DataObject
) -> None:
    rows = [[f"{number:03}", *lead] for number, lead in enumerate(leads)]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), min_size=1, max_size=3)))
    pieces = [rows[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        whole = place.write("whole.csv", csv_bytes(HEADER, rows))
        files = [place.write(f"{n}.csv", csv_bytes(HEADER, piece)) for n, piece in enumerate(pieces)]
        order = data.draw(st.permutations(files))
        lenient = ("--set", "checks={min_rows: 0}")
        assert score(place, [whole], CONFIG, *lenient, out="whole").code == 0
        assert score(place, order, CONFIG, *lenient, out="cut").code == 0
        file_of = {row[0]: f"{n}.csv" for n, piece in enumerate(pieces) for row in piece}
        assert {row["lead_id"]: row["file"] for row in ranked(place, "cut")} == file_of
        one, many = (read_all(place.folder / out) for out in ("whole", "cut"))
        assert without_file(many.pop("ranked.csv")) == one.pop("ranked.csv")
        assert [without_file(many.pop(f"tiers/{tier}.csv")) for tier in ("Hot", "Cold")] == [
            one.pop(f"tiers/{tier}.csv") for tier in ("Hot", "Cold")
        ]
        assert many == one


def read_all(folder: Path) -> dict[str, Any]:
    """What stands in the files of a result, those aside that say of which files it is."""
    tables: dict[str, Any] = {
        path.relative_to(folder).as_posix(): rows_of(path.read_bytes()) for path in folder.rglob("*.csv")
    }
    tables = {name: rows for name, rows in tables.items() if name not in ("set_aside.csv", "unreadable.csv")}
    for path in folder.rglob("*.parquet"):
        name = path.relative_to(folder).as_posix()
        tables[name] = [{k: v for k, v in row.items() if k != "file"} for row in parquet_rows(path)]
    return tables


def test_lines_pass_through_as_they_are_with_the_file_before_them(place: Place) -> None:
    one = place.write("one.csv", 'lead_id;name;visits\r\n"1";"Ann";060\r\n2; ;5\r\n')
    two = place.write("two.csv", 'lead_id;name;visits\r\n0;"B;C";50')
    config = model_of(match("visits: {at_least: 50}", 10))
    assert score(place, [one, two], config).code == 0
    content = place.files()["ranked.csv"].decode()
    assert content == (
        "rank;score;tier;fit;reasons;coverage;file;lead_id;name;visits\r\n"
        '1;10;Hot;10;rule 1 +10;1;two.csv;0;"B;C";50\r\n'
        '2;10;Hot;10;rule 1 +10;1;one.csv;"1";"Ann";060\r\n'
        "3;0;Cold;0;;1;one.csv;2; ;5\r\n"
    )
    before = place.files()
    assert score(place, [two, one], config).code == 0
    after = place.files()
    assert [name for name in before if before[name] != after[name]] == ["manifest.json"]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (b"\xef\xbb\xbflead_id,note\n2,'a\n", "2,'a\n"),  # only the first file's byte order mark counts
        (b"lead_id,note\r\n2,'a\r\n", "2,'a\n"),
        (b'"lead_id","note"\n"2","\'a"\n', "2,'a\n"),
        (b"lead_id;note\n2;=a,b\n", '2,"\'=a,b"\n'),
        (b"note,lead_id\n-a,2\n", "2,'-a\n"),
    ],
    ids=["byte order mark", "line ends", "quotes", "delimiter", "order"],
)
def test_the_first_file_says_how_the_output_is_written(place: Place, second: bytes, expected: str) -> None:
    files = [place.write("1.csv", 'lead_id,note\n1,"x"\n'), place.write("2.csv", second)]
    assert score(place, files, model_of(match("note: {known: true}", 10))).code == 0
    first = '1,"x"\n' if second.startswith(b"\xef") else "1,x\n"
    assert place.files()["ranked.csv"].decode() == (
        "rank,score,tier,fit,reasons,coverage,file,lead_id,note\n"
        f"1,10,Hot,10,rule 1 +10,1,1.csv,{first}2,10,Hot,10,rule 1 +10,1,2.csv,{expected}"
    )


def test_columns_are_united_by_name_and_one_that_a_file_lacks_is_empty(place: Place) -> None:
    one = place.write("one.csv", "lead_id,visits,name\n1,60,Ann\n")
    two = place.write("two.csv", "city;name;lead_id\nOslo;;2\nBonn, Rhein;Bo;3\n")
    config = model_of(match("visits: {at_least: 50}", 10), match("name: {known: true}", 5))
    assert score(place, [one, two], config).code == 0
    assert place.files()["ranked.csv"].decode().splitlines()[0].endswith(",file,lead_id,visits,name,city")
    found = [
        [row[name] for name in ("lead_id", "score", "coverage", "file", "visits", "name", "city")]
        for row in place.rows()
    ]
    assert found == [
        ["1", "15", "1", "one.csv", "60", "Ann", ""],
        ["3", "5", "0.33", "two.csv", "", "Bo", "Bonn, Rhein"],
        ["2", "0", "0.33", "two.csv", "", "", "Oslo"],
    ]
    assert [note for note in place.summary()["notes"] if "visits" in note] == [
        "two.csv: not in this export, so unknown for every lead: visits"
    ]


def test_each_file_is_read_by_the_header_it_has(place: Place) -> None:
    one = place.write("one.csv", "lead_id,Visits,Sessions\n1,60,1\n")
    two = place.write("two.csv", "Contact ID,Sessions\n2,70\n3,many\n")
    fields = "fields: {lead_id: {from: Contact ID}, visits: {from: [Visits, Sessions]}}"
    config = model_of(match("visits: {at_least: 50}", 10), head=fields)
    assert score(place, [one, two], config).code == 5
    assert [(row["lead_id"] or row["Contact ID"], row["score"]) for row in place.rows()] == [
        ("1", "10"),
        ("2", "10"),
        ("3", "0"),
    ]
    assert [tuple(row.values())[:3] for row in place.rows("unreadable.csv")] == [("two.csv", "3", "Sessions")]


def test_csv_gzip_and_parquet_are_one_input(place: Place) -> None:
    rows = [["1", "60", "2026-06-01"], ["2", "5", ""]]
    files = [
        place.write("a.csv", csv_bytes(["lead_id", "visits", "seen"], rows, delimiter="\t")),
        place.write(
            "b.gz", gzip.compress(csv_bytes(["visits", "lead_id", "seen"], [["70", "3", "2026-06-02"]]))
        ),
        place.write(
            "c.parquet", parquet_bytes(lead_id=[4, 5], visits=[80.0, None], seen=[date(2026, 6, 29), None])
        ),
    ]
    config = model_of(
        match("visits: {at_least: 50}", 10),
        match("seen: {within_days: 30}", 1),
        head="output: {formats: [csv, parquet]}",
    )
    assert score(place, files, config).code == 0
    expected = [
        ("1", "11", "a.csv", "60", "2026-06-01"),
        ("3", "11", "b.gz", "70", "2026-06-02"),
        ("4", "11", "c.parquet", "80", "2026-06-29"),
        ("2", "0", "a.csv", "5", ""),
        ("5", "0", "c.parquet", "", ""),
    ]
    names = ("lead_id", "score", "file", "visits", "seen")
    assert [tuple(row[name] for name in names) for row in place.rows(delimiter="\t")] == expected
    typed = [tuple(row[name] for name in names) for row in parquet_rows(place.out / "ranked.parquet")]
    assert [
        (*row[:1], f"{row[1].normalize():f}", *(cell or "" for cell in row[2:])) for row in typed
    ] == expected
    assert [entry["file"] for entry in place.manifest()["inputs"]] == ["a.csv", "b.gz", "c.parquet"]
    assert [entry["dialect"]["format"] for entry in place.manifest()["inputs"]] == ["csv", "csv", "parquet"]


def test_a_declared_format_is_for_text_and_not_for_a_parquet_date(place: Place) -> None:
    files = [
        place.write("a.csv", "lead_id,seen\n1,29/06/2026\n"),
        place.write("b.parquet", parquet_bytes(lead_id=["2"], seen=[date(2026, 6, 29)])),
    ]
    config = model_of(
        match("seen: {within_days: 3}", 10), head='fields: {seen: {type: date, format: "%d/%m/%Y"}}'
    )
    assert score(place, files, config).code == 0
    assert place.scores() == {"1": "10", "2": "10"}


def test_a_type_that_all_files_share_stays(place: Place) -> None:
    one = parquet_bytes(
        lead_id=["1"], visits=pa.array([60], pa.int32()), when=[date(2026, 1, 1)], extra=[1.5]
    )
    two = parquet_bytes(lead_id=["2"], visits=pa.array([5], pa.int64()), when=pa.nulls(1))
    files = [place.write("one.parquet", one), place.write("two.parquet", two)]
    config = model_of(match("visits: {at_least: 50}", 10), head="output: {formats: [parquet]}")
    assert score(place, files, config).code == 0
    first, second = parquet_rows(place.out / "ranked.parquet")
    assert [first[name] for name in ("visits", "when", "extra")] == ["60", date(2026, 1, 1), 1.5]
    assert [second[name] for name in ("visits", "when", "extra")] == ["5", None, None]


def test_a_column_without_text_that_would_have_to_be_text_is_refused(place: Place) -> None:
    files = [
        place.write("a.csv", "lead_id,visits,tags\n1,60,x\n"),
        place.write("b.parquet", parquet_bytes(lead_id=["2"], visits=[5], tags=[["x", "y"]])),
    ]
    config = model_of(match("visits: {at_least: 50}", 10))
    for formats in ("csv", "parquet"):
        ended = score(place, files, config, "--format", formats)
        assert ended.code == 4
        assert ended.stderr == (
            f"{files[1]}: tags: a column of type list<element: string> holds no text; "
            "leave it out of the export\n"
        )
        assert not place.out.exists()


def test_a_column_without_text_stays_where_only_parquet_has_it(place: Place) -> None:
    files = [
        place.write("a.csv", "lead_id,visits\n1,60\n"),
        place.write("b.parquet", parquet_bytes(lead_id=["2"], visits=["5"], tags=[["x", "y"]])),
    ]
    config = model_of(match("visits: {at_least: 50}", 10))
    assert score(place, files, config, "--format", "parquet").code == 0
    assert [row["tags"] for row in parquet_rows(place.out / "ranked.parquet")] == [None, ["x", "y"]]


def test_what_a_file_name_says_holds_for_the_leads_of_that_file(place: Place) -> None:
    files = sorted((SAMPLE.parent / "crm" / "mailchimp").glob("*.csv"))
    rule = "kind: lookup, field: lead_status, values: {subscribed: 10, unsubscribed: 2, cleaned: -5}"
    assert score(place, files, model_of(rule).replace("lead_id", "email")).code == 0
    points = {(row["file"].split("_")[0], row["score"]) for row in place.rows()}
    assert points == {("subscribed", "10"), ("unsubscribed", "2"), ("cleaned", "-5")}


@pytest.mark.parametrize("way", ["as it is", "another way", "a link"])
def test_a_file_given_twice_is_refused(place: Place, way: str) -> None:
    path = place.write("leads.csv", "lead_id,visits\n1,60\n")
    other = {"as it is": path, "another way": path.parent / "." / "x" / ".." / "leads.csv", "a link": path}[
        way
    ]
    if way == "a link":
        other = path.with_name("link.csv")
        other.symlink_to(path)
    ended = score(place, [path, other], model_of(match("visits: {at_least: 50}", 10)))
    assert (ended.code, ended.stderr) == (2, f"{other}: this file is given twice; give each export once\n")


def test_the_same_id_in_two_files_is_refused_with_both_places(place: Place) -> None:
    one = place.write("one.csv", "lead_id,visits\n1,60\n2,5\n")
    two = place.write("two.csv", "lead_id,visits\n\n3,1\n2,60\n1,2\n")
    ended = score(place, [one, two], model_of(match("visits: {at_least: 50}", 10)))
    assert ended.code == 4
    hint = "remove the copies, set checks.on_duplicate to first or last, or name another column under id"
    assert ended.stderr.splitlines() == [
        f"{one}:2: lead_id: the same id stands again in {two}:5; {hint}",
        f"{one}:3: lead_id: the same id stands again in {two}:4; {hint}",
    ]


def test_what_is_left_out_is_listed_with_its_file(place: Place) -> None:
    one = place.write("one.csv", "lead_id,visits\n1,many\n,3\n2,5,6\n")
    two = place.write("two.csv", "lead_id,visits\n3\n4,few\n1.23E+11,7\n")
    three = place.write("three.parquet", parquet_bytes(lead_id=["5", None], visits=["1", "2"]))
    config = model_of(match("visits: {at_least: 50}", 10))
    assert score(place, [two, one, three], config).code == 5
    assert place.files()["set_aside.csv"].decode().splitlines() == [
        "file,line,reason,text",
        'two.csv,2,"1 field, the header has 2",3',
        'two.csv,4,lead_id was damaged by a spreadsheet (1.23E+11),"1.23E+11,7"',
        'one.csv,3,lead_id is empty,",3"',
        'one.csv,4,"3 fields, the header has 2","2,5,6"',
        "three.parquet,2,lead_id is empty,",
    ]
    assert [tuple(row.values())[:3] for row in place.rows("unreadable.csv")] == [
        ("two.csv", "3", "visits"),
        ("one.csv", "2", "visits"),
    ]
    assert place.summary()["leads"] == {"in": 8, "ranked": 3, "disqualified": 0, "set_aside": 5}


def test_dates_with_two_readings_are_named_with_their_files(place: Place) -> None:
    one = place.write("one.csv", "lead_id,seen\n1,2026-06-01\n2,03/04/2026\n")
    two = place.write("two.csv", "lead_id,seen\n3,05/06/2026\n")
    ended = score(place, [one, two], model_of(match("seen: {within_days: 3}", 10)))
    assert ended.code == 3
    assert "lines one.csv:3, two.csv:2 hold dates" in ended.stderr


def test_files_of_one_name_are_told_apart_by_their_folders(place: Place) -> None:
    for folder in ("may", "june"):
        (place.folder / folder).mkdir()
    files = [
        place.write("may/leads.csv", "lead_id,visits\n1,60\n"),
        place.write("june/leads.csv", "lead_id,visits\n2,5\n"),
    ]
    assert score(place, files, model_of(match("visits: {at_least: 50}", 10))).code == 0
    assert [row["file"] for row in place.rows()] == ["may/leads.csv", "june/leads.csv"]


def test_a_name_has_no_more_folders_than_it_takes() -> None:
    assert name_files([Path("/a/b/x.csv"), Path("/c/b/x.csv"), Path("/c/y.csv")]) == (
        "a/b/x.csv",
        "c/b/x.csv",
        "y.csv",
    )
    assert name_files([Path("/x.csv"), Path("/a/x.csv")]) == ("/x.csv", "a/x.csv")
    assert name_files([Path("/a\x1b.csv"), Path("/a\\x1b.csv")]) == ("a\\x1b.csv", "a\\x1b.csv (2)")
    assert name_files([Path("/a\udcff.csv")]) == ("a\\udcff.csv",)


def test_a_file_name_that_a_spreadsheet_would_run_is_disarmed(place: Place) -> None:
    files = [place.write("=1,2.csv", "lead_id,visits\n1,60\n"), place.write("b.csv", "lead_id,visits\n2,5\n")]
    assert score(place, files, model_of(match("visits: {at_least: 50}", 10))).code == 0
    assert [row["file"] for row in place.rows()] == ["'=1,2.csv", "b.csv"]


def test_a_column_called_file_needs_a_prefix(place: Place) -> None:
    files = [
        place.write("a.csv", "lead_id,visits\n1,60\n"),
        place.write("b.csv", "lead_id,visits,file\n2,5,x\n"),
    ]
    config = model_of(match("visits: {at_least: 50}", 10))
    ended = score(place, files, config)
    assert (ended.code, ended.stderr) == (
        4,
        f"{files[1]}:1: file: the output has a column of this name; set output.prefix, for example ls_\n",
    )
    assert score(place, files[1:], config).code == 0
    assert score(place, files, config, "--set", "output.prefix=ls_").code == 0
    assert [(row["ls_file"], row["file"]) for row in place.rows()] == [("a.csv", ""), ("b.csv", "x")]


def test_a_file_without_the_id_is_refused_and_so_is_a_field_that_no_file_has(place: Place) -> None:
    one = place.write("one.csv", "lead_id,name\n1,Ann\n")
    two = place.write("two.csv", "id,name\n2,Bo\n")
    three = place.write("three.csv", "lead_id\n3\n")
    config = model_of(match("visits: {at_least: 50}", 10), match("name: {known: true}", 1))
    ended = score(place, [one, two], config)
    assert ended.code == 4
    assert ended.stderr.startswith(f"{two}:1: lead_id: no column 'lead_id'; ")
    ended = score(place, [three, one], config)
    assert (ended.code, ended.stderr.count("\n")) == (4, 1)
    assert ended.stderr.startswith(f"{three}:1: visits: no column 'visits'; ")


def test_what_is_wrong_with_each_file_is_told_at_once(place: Place) -> None:
    files = [
        place.write("a.csv", b"\x00"),
        place.write("b.csv", "lead_id,visits\n1,5\n"),
        place.folder / "c.csv",
    ]
    ended = score(place, files, model_of(match("visits: {at_least: 50}", 10)))
    assert ended.code == 4
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == [str(files[0]), str(files[2])]


def test_too_few_leads_are_told_of_all_files(place: Place) -> None:
    files = [place.write(f"{n}.csv", f"lead_id,visits\n{n},5\n") for n in range(5)]
    ended = score(place, files, model_of(match("visits: {at_least: 50}", 10), head="checks: {min_rows: 6}"))
    assert ended.code == 4
    names = ", ".join(str(path) for path in files[:3])
    assert ended.stderr.startswith(f"{names} and 2 more: holds 5 leads that can be scored")


def test_every_list_says_the_file(place: Place) -> None:
    one = place.write("one.csv", "lead_id,visits,name\n1,45,Ann\n2,1,spam\n")
    two = place.write("two.csv", "lead_id,visits,name\n3,49,out\n4,9,Bo\n")
    head = (
        "screen: {spam: [{name: s, when: {name: spam}}]}\n"
        "disqualify: [{name: d, when: {name: out}}]\n"
        "nurture: {tier: Hot, margin: 9}"
    )
    config = model_of("kind: count, field: visits, each: 0.1, cap: 100", head=head)
    assert score(place, [one, two], config).code == 0
    found = {name: [row["file"] for row in place.rows(f"{name}.csv")] for name in
             ("ranked", "screened", "disqualified", "nurture", "tiers/Cold")}  # fmt: skip
    assert found == {
        "ranked": ["one.csv", "two.csv"],
        "screened": ["one.csv"],
        "disqualified": ["two.csv"],
        "nurture": ["one.csv"],
        "tiers/Cold": ["one.csv", "two.csv"],
    }


def test_one_file_alone_says_nothing_of_files(place: Place) -> None:
    one = place.write("one.csv", "lead_id,visits\n1,many\n2,60\n3\n")
    assert score(place, [one], model_of(match("visits: {at_least: 50}", 10))).code == 5
    assert place.files()["ranked.csv"].startswith(b"rank,score,tier,fit,reasons,coverage,lead_id,visits\n")
    assert place.files()["set_aside.csv"].startswith(b"line,reason,text\n")
    assert place.files()["unreadable.csv"].startswith(b"line,column,reason\n")


def test_explain_and_check_take_several_files(place: Place) -> None:
    one = place.write("one.csv", "lead_id,visits\n1,60\n2,5\n")
    two = place.write("two.csv", "lead_id,visits\n3,60\n2,5\n")
    model = place.write("model.yml", model_of(match("visits: {at_least: 50}", 10)))
    explained = run("explain", one, two, "-c", model, "--id", "3", "--as-of", DAY)
    assert (explained.code, explained.stdout.splitlines()[0]) == (0, "3 (two.csv, line 2)")
    explained = run("explain", one, two, "-c", model, "--id", "3", "--as-of", DAY, "--json")
    (lead,) = json.loads(explained.stdout)["leads"]
    assert (lead["file"], lead["line"]) == ("two.csv", 2)
    twice = run("explain", one, two, "-c", model, "--id", "2", "--as-of", DAY)
    assert twice.code == 4
    assert f"this id stands in {one}:3, {two}:3" in twice.stderr
    checked = run("check", model, one, two, "--as-of", DAY)
    assert checked.code == 0
    assert "4 leads, every column the config reads is there" in checked.stdout


def test_batches_of_all_files_have_the_columns_of_all() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        one = place.write("one.csv", "lead_id,visits\n1,60\n2,\n3,4,5\n")
        two = place.write("two.csv", "lead_id,name\n4,Ann,\n")
        opened: list[Any] = [open_export(path, {"lead_id", "visits"}) for path in (one, two)]
        export = Exports(opened)
        for _ in range(2):
            found = [
                (
                    batch.file,
                    batch.start,
                    batch.lines.tolist(),
                    batch.leads.astype(object).where(batch.leads.notna(), None).values.tolist(),
                )
                for batch in export.batches(["visits", "name"])
            ]
            assert found == [
                ("one.csv", 0, [2, 3], [["60", None], ["", None]]),
                ("two.csv", 2, [2], [[None, "Ann"]]),
            ]
            assert [(aside.file, aside.line) for aside in export.set_aside] == [("one.csv", 4)]
            assert export.damaged == 1
            assert export.notes == ["two.csv: an empty extra column on all rows was ignored"]
        assert export.columns == ("lead_id", "visits", "name")
        assert export.size == sum(path.stat().st_size for path in (one, two))
        with pytest.raises(InputError, match="no such column"):
            export.batches(["city"])
