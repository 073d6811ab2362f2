"""test_read_xlsx: a workbook is read as the CSV that its sheet would be saved as, or refused."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from leadscore.errors import InputError
from leadscore.model.input import Input
from leadscore.pipeline import sheet_table, workbook as parts
from leadscore.pipeline.read import open_export
from leadscore.pipeline.read_xlsx import XlsxExport
from leadscore.pipeline.sheet_texts import text_of
from tests.running import Place, run
from tests.workbooks import as_workbook, part_of, with_part, workbook

HEAD = ["lead_id", "name", "visits"]
SHEET = "xl/worksheets/sheet1.xml"


def opened(place: Path, content: bytes, wanted: tuple[str, ...] = (), **declared: Any) -> XlsxExport:
    path = place / "leads.csv"  # its name says nothing
    path.write_bytes(content)
    export = open_export(path, set(wanted), declared=Input.model_validate(declared))
    assert isinstance(export, XlsxExport)
    return export


def cells(export: XlsxExport) -> list[list[str]]:
    batches = [batch.leads for batch in export.batches(export.columns)]
    return [list(row) for batch in batches for row in batch.to_numpy().tolist()]


def lines(export: XlsxExport) -> list[int]:
    return [line for batch in export.batches(export.columns[:1]) for line in batch.lines.tolist()]


def refusal(place: Path, content: bytes, **declared: Any) -> str:
    with pytest.raises(InputError) as caught:
        opened(place, content, **declared)
    return str(caught.value).removeprefix(str(place / "leads.csv"))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("00123", "00123"),
        (5, "5"),
        (-5.25, "-5.25"),
        (0.1 + 0.2, "0.3"),
        (0.000001, "0.000001"),
        (1e-7, "0.0000001"),
        (999_999_999_999_999, "999999999999999"),
        (1_234_567_890_123_456, "1.23456789012346E+15"),
        (1e20, "1E+20"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31), "2026-01-31"),  # noqa: DTZ001
        (" a\nb ", " a\nb "),
        ("NA", "NA"),
        ("_x0041_", "_x0041_"),
    ],
)
def test_a_cell_is_the_text_that_its_sheet_shows(tmp_path: Path, cell: object, text: str) -> None:
    export = opened(tmp_path, workbook({"a": [["x", "y"], ["id", cell]]}))
    assert cells(export) == [["id", text]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (datetime(2026, 1, 31, 9, 30), "2026-01-31T09:30:00"),  # noqa: DTZ001
        (time(9, 30), "09:30:00"),
        (timedelta(hours=36, minutes=5), "36:05:00"),
    ],
)
def test_times_are_texts_of_their_own(cell: object, text: str) -> None:
    assert text_of(cell) == text


def test_a_table_may_begin_anywhere_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    above: list[list[Any]] = [[], [None, None, "Report of today"], [], [None, "note", *HEAD]]
    rows = [*above, [None, None, "1", "A", 5], [], [None, None, "2", "B"]]
    export = opened(tmp_path, workbook({"a": rows}), ("lead_id", "visits"))
    assert export.columns == ("note", *HEAD)
    assert (export.dialect.format, export.dialect.header_line) == ("xlsx", 4)
    assert (cells(export), lines(export)) == ([["", "1", "A", "5"], ["", "2", "B", ""]], [5, 7])
    assert export.notes == ["header in row 4; what stands before it was left out"]


def test_headers_that_are_missing_or_there_twice_are_named_and_said(tmp_path: Path) -> None:
    rows = [["id", "", "n", "n", None, None], ["1", "x", "y", "z", None, None], [None] * 5 + [""]]
    export = opened(tmp_path, workbook({"a": rows}))
    assert export.columns == ("id", "column B", "n", "n (2)")
    assert export.repeated == {"n"}
    assert export.notes == ["column 4 is called 'n' again; it is read as 'n (2)'", "column B has no header"]


def test_the_first_sheet_that_is_shown_and_holds_anything_is_read_or_the_named_one(tmp_path: Path) -> None:
    sheets = {"empty": [], "secret": [["a"]], "Leads": [["b"], ["1"]], "Other": [["c"], ["2"]]}
    content = workbook(sheets, hidden=["secret"])
    export = opened(tmp_path, content)
    assert export.columns == ("b",)
    assert export.notes == ["sheet 'Leads' was read; 3 others left out; input.sheet names one"]
    assert opened(tmp_path, content, sheet="Other").columns == ("c",)
    assert opened(tmp_path, content, sheet="secret").columns == ("a",)
    said = refusal(tmp_path, content, sheet="Laeds")
    assert said == ": input.sheet: there is no such sheet; did you mean 'Leads'?"
    assert refusal(tmp_path, content, sheet="empty") == ": no sheet holds anything; export it again"


def test_a_declared_header_is_taken_or_refused(tmp_path: Path) -> None:
    content = workbook({"a": [["x", "y"], HEAD, ["1", "A", 3]]})
    assert opened(tmp_path, content, header_line=2).columns == tuple(HEAD)
    assert ":9: row 9 holds nothing" in refusal(tmp_path, content, header_line=9)


def test_numbers_that_lost_digits_and_errors_are_said(tmp_path: Path) -> None:
    content = workbook({"a": [["lead_id", "n"], [12345678901234567890, "=NA()"]]})
    sheet = part_of(content, SHEET).replace(b'<c r="B2"><f>NA()</f><v>0</v>', b'<c r="B2" t="e"><v>#N/A</v>')
    export = opened(tmp_path, with_part(content, SHEET, sheet))
    assert cells(export) == [["1.23456789012346E+19", ""]]
    assert export.notes == [
        "column 'lead_id': numbers of more than 15 digits, of which a spreadsheet keeps 15: 1",
        "cells that hold an error such as #N/A, read as empty: 1",
    ]


def sheet_of(body: bytes) -> bytes:
    head, tail = part_of(workbook({"a": [["x"]]}), SHEET).split(b"<sheetData>")
    return head + b"<sheetData>" + body + b"</sheetData>" + tail.split(b"</sheetData>")[1]


FAR = {
    "a row that no sheet has": (b'<row r="1"><c r="A1048577"><v>1</v></c></row>', "a row beyond 1,048,576"),
    "a row number of many digits": (b'<row r="9999999999999"><c r="A1"/></row>', "a row beyond"),
    "a column that no export has": (b'<row r="1"><c r="XFD1"><v>1</v></c></row>', "more than 2,000 columns"),
    "two cells far apart": (
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="BXX1048576"><v>1</v></c></row>',
        "are more than 100,000,000 cells",
    ),
    "in other quotes": (b"<row r='1'><c s='1' r='A1048577'><v>1</v></c></row>", "a row beyond"),
    "under a prefix": (b'<x:row r="1"><x:c r="A1048577"><x:v>1</x:v></x:c></x:row>', "a row beyond"),
    "cells without places": (b"<row>" + b"<c/>" * 2_001 + b"</row>", "more than 2,000 columns"),
    "cells behind a place": (b'<row><c r="BXA1"/>' + b"<c><v>1</v></c>" * 1_000 + b"</row>", "2,000 columns"),
    "rows without places": (b"<row/>" * 1_048_577, "a row beyond"),
}


@pytest.mark.parametrize("name", FAR)
def test_a_sheet_is_refused_that_no_memory_could_hold(tmp_path: Path, name: str) -> None:
    body, said = FAR[name]
    assert said in refusal(tmp_path, with_part(workbook({"a": [["x"]]}), SHEET, sheet_of(body)))


def test_a_step_of_the_look_cuts_no_place_in_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "STEP", 7)
    said = refusal(tmp_path, with_part(workbook({"a": [["x"]]}), SHEET, sheet_of(FAR["under a prefix"][0])))
    assert "a row beyond" in said or "corrupt" in said


def test_a_workbook_that_unpacks_to_far_too_much_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "FREE_BYTES", 1 << 20)
    bomb = with_part(workbook({"a": [["x"]]}), SHEET, sheet_of(b" " * (4 << 20)))
    assert "unpacks to more than 300 times its size" in refusal(tmp_path, bomb)
    monkeypatch.setattr(parts, "MAX_UNPACKED_BYTES", 1 << 20)
    assert "unpacks to more than 1,048,576 bytes" in refusal(tmp_path, bomb)


def test_what_is_no_workbook_is_refused_by_its_content(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("leads.csv", "a,b\n1,2\n")
    assert "not CSV, Parquet or xlsx" in refusal(tmp_path, file.getvalue())


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, workbook({"a": []})) == ": no sheet holds anything; export it again"


def test_without_the_extra_the_command_says_what_to_install(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = place.write("leads.xlsx", workbook({"a": [["id"], ["1"]]}))
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    ended = run("inspect", export)
    assert (ended.code, ended.stderr) == (
        2,
        "a workbook: needs the extra xlsx; pip install 'leadscore[xlsx]'\n",
    )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


CONFIG = """\
name: sheets
id: lead_id
fields: {visits: {type: number}}
groups: {g: {rules: [{name: v, kind: match, when: {visits: {at_least: 3}}, points: 10}]}}
tiers: [{name: Hot, min_score: 10}, {name: Cold}]
checks: {max_rows_set_aside: 9, max_unreadable_cells: 9}
"""
LEADS = "lead_id,name,visits\n007,Ann,5\n90071992547409930001,Bob,1\n008,=1+1,x\n"


def test_a_workbook_gives_what_the_same_csv_gives(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    as_csv = (place.out / "ranked.csv").read_bytes()
    assert place.score(place.write("leads.xlsx", as_workbook(LEADS)), CONFIG).code == 0
    assert (place.out / "ranked.csv").read_bytes() == b"\xef\xbb\xbf" + as_csv  # what a spreadsheet opens
    assert place.unreadable() == [(4, "visits", "not a number")]
    dialect = place.manifest()["inputs"][0]["dialect"]
    assert (dialect["format"], dialect["header_line"]) == ("xlsx", 1)


def test_ids_that_a_spreadsheet_rounded_are_set_aside(place: Place) -> None:
    rows: list[list[Any]] = [["lead_id", "name", "visits"], ["7", "Ann", 5], [90071992547409930001, "Bob", 1]]
    ended = place.score(place.write("leads.xlsx", workbook({"a": rows})), CONFIG)
    assert ended.code == 0
    assert place.set_aside() == [(3, "lead_id was damaged by a spreadsheet (1.23E+11)")]
    assert "numbers of more than 15 digits" in ended.stderr


def test_the_column_of_a_workbook_that_is_missing_is_told_with_its_row(place: Place) -> None:
    rows = [["Report"], [], ["lead_id", "name"], ["7", "Ann"]]
    ended = place.score(
        place.write("leads.xlsx", workbook({"a": rows})), CONFIG, "--set", "input.header_line=3"
    )
    assert ended.code == 4
    assert "leads.xlsx:3: visits: no column 'visits'" in ended.stderr


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_damaged_workbook_is_refused_or_read_and_never_a_crash(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    content = bytearray(as_workbook(LEADS))
    if chance.random() < 0.5:
        name = chance.choice([SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
        text = bytearray(part_of(bytes(content), name))
        for _ in range(chance.randint(1, 4)):
            text[chance.randrange(len(text))] = chance.choice(b'<>"/= 9\0\xff&')
        content = bytearray(with_part(bytes(content), name, bytes(text)))
    else:
        for _ in range(chance.randint(1, 5)):
            content[chance.randrange(len(content))] = chance.randrange(256)
    path = tmp_path_factory.mktemp("damaged") / "leads"
    path.write_bytes(content)
    with contextlib.suppress(InputError):
        export = open_export(path, set())
        for batch in export.batches(export.columns):
            assert list(batch.leads) == list(export.columns)


def test_blocks_of_rows_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[Any]] = [HEAD, *([f"{number:03}", "x" * (number % 3), number] for number in range(100))]
    content = workbook({"a": rows})
    whole = cells(opened(tmp_path, content))
    monkeypatch.setattr(sheet_table, "_BLOCK", 7)
    assert cells(opened(tmp_path, content)) == whole
    assert len(whole) == 100
