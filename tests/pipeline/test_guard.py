"""test_guard: cells a spreadsheet would run are disarmed, in every CSV file, and no other cell is touched."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline.guard import disarm, find_live, guard_line, guard_texts
from leadscore.pipeline.quoting import Layout
from tests.running import Place, match, model_of, parquet_rows, rows_of

LIVE = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.test","click")',
    "@SUM(1+1)",
    "@import",
    "+1+1",
    "+cmd",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "--1",
    "+",
    "-",
    "- ",
    "-x",
    "+44 20 7946 0958 ext 5",
    "-1;2",
    "+1e5*2",
    "\t=1+1",
    "\tx",
    "\r=1+1",
    "\n=1+1",
    "=",
    "@",
    "=\u0661",
    '="a,b;c|d"',
    "=1\n2",
    *("＝1+1", "＝", "＠SUM(1)", "＋cmd", "－1+1", "－", "＋44 20 x", "－１＋１"),
    # A number or a phone only up to a mark that is part of the cell:
    *("-1,cmd|x", "-1;cmd|x", "-1\tcmd|x", "-1|cmd", '-1"x', "-1\n=2", "+44 20\r\n=2", "-1\n", "+44\r"),
]
HARMLESS = [
    *("-5", "+5", "-5.5", "-1,234.56", "-1.234,56", "-12%", "+1 234", "-1'000"),
    *("+44 20 7946 0958", "+44 (0)20 7946-0958", "+4420", "+1-555-0100", "+1 (555) 010.0123", "+49/30/1234"),
    *(
        "－5",
        "－１２.5",
        "＋44 20 7946 0958",
        "＋81 ３ 1234",
        "＋５",
        "！=1",
        "１",
        "＊",
        "\ufeff=1",
        "\u00a0=1",
    ),
    *("", " ", "5", "a=b", "a@b.test", "'=1", "x\n=1", "1-1", "\u00e9", "\u200b=1", "(=1)", '"=1"', "#REF!"),
]
CELLS = [*LIVE, *HARMLESS]
DELIMITERS = [",", ";", "\t", "|"]
COLD = "[{name: Cold}]"
CONFIG = model_of(match("note: {known: true}", 5), tiers=COLD)
OFF = model_of(match("note: {known: true}", 5), head="output: {formula_guard: false}", tiers=COLD)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def csv_bytes(rows: list[list[str]], delimiter: str, quote_all: bool = False) -> bytes:
    """Written by hand: Python's writer does not quote a lone CR."""
    marks = {delimiter, '"', "\r", "\n"}
    cells = [[quoted(cell) if quote_all or marks & set(cell) else cell for cell in row] for row in rows]
    return "".join(delimiter.join(row) + "\n" for row in cells).encode()


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def guarded(cell: str) -> str:
    return f"'{cell}" if cell in LIVE else cell


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_a_text_is_disarmed_if_and_only_if_it_is_live(cell: str) -> None:
    texts, count = guard_texts(pa.array([cell, None, "x"], pa.large_string()))
    assert texts.to_pylist() == [guarded(cell), None, "x"]
    assert count == (cell in LIVE)


def guard_lines(lines: list[bytes], delimiter: str) -> tuple[list[bytes], int]:
    """As an export does it: looked at in one piece, and taken apart only where a cell is live."""
    starts = np.cumsum([0, *(len(line) for line in lines)])
    live = find_live(b"".join(lines), starts[:-1], Layout(ord(delimiter), ord("\n"), 0))
    return disarm(pa.array(lines, pa.large_binary()), live).to_pylist(), len(live.places)


@pytest.mark.parametrize("delimiter", DELIMITERS, ids=repr)
@pytest.mark.parametrize("quote_all", [False, True])
def test_a_cell_of_a_line_is_disarmed_wherever_it_stands(delimiter: str, quote_all: bool) -> None:
    rows = [
        [*before, cell, *after]
        for cell in CELLS
        for before, after in (([], ["b"]), (["a"], ["b"]), (["a"], []))
    ]
    lines = [csv_bytes([row], delimiter, quote_all) for row in rows]
    found, count = guard_lines(lines, delimiter)
    read = list(csv.reader(io.StringIO(b"".join(found).decode(), newline=""), delimiter=delimiter))
    assert read == [[guarded(cell) for cell in row] for row in rows]
    assert count == 3 * len(LIVE)
    for line, before in zip(found, lines, strict=True):
        assert line.replace(b"'", b"") == before.replace(b"'", b"")


@given(
    st.lists(
        st.lists(st.text('=-@1,;"\t\r\n a＝－１！', max_size=6), min_size=2, max_size=2),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(DELIMITERS),
    st.booleans(),
)
def test_lines_and_texts_are_disarmed_alike(rows: list[list[str]], delimiter: str, quote_all: bool) -> None:
    lines = [csv_bytes([row], delimiter, quote_all) for row in rows]
    found, count = guard_lines(lines, delimiter)
    assert found == [guard_line(line, delimiter)[0] for line in lines]
    text = io.StringIO(b"".join(found).decode(), newline="")
    cells, by_text = guard_texts(pa.array([cell for row in rows for cell in row], pa.large_string()))
    assert [cell for row in csv.reader(text, delimiter=delimiter) for cell in row] == cells.to_pylist()
    assert count == by_text
    assert guard_lines(found, delimiter) == (found, 0)


def test_one_line_may_be_guarded_alone() -> None:
    assert guard_line(b'=1,"=2",-3\r\n', ",") == (b"'=1,\"'=2\",-3\r\n", 2)


def notes_of(place: Place, delimiter: str) -> dict[str, str]:
    return {
        row["lead_id"]: row[next(name for name in row if name.endswith("note"))]
        for name in ("ranked.csv", "disqualified.csv")
        for row in rows_of(place.files()[name], delimiter)
    }


def leads_with_every_cell() -> list[list[str]]:
    return [["lead_id", "note", "end"], *([str(number), cell, "x"] for number, cell in enumerate(CELLS))]


@pytest.mark.parametrize("delimiter", DELIMITERS, ids=repr)
def test_every_csv_output_of_a_csv_export_is_guarded(place: Place, delimiter: str) -> None:
    leads = csv_bytes(leads_with_every_cell(), delimiter)
    assert place.score(leads, CONFIG).code == 0
    assert notes_of(place, delimiter) == {str(number): guarded(cell) for number, cell in enumerate(CELLS)}
    assert place.summary()["disarmed"] == len(LIVE)
    assert place.score(leads, OFF).code == 0
    assert notes_of(place, delimiter) == {str(number): cell for number, cell in enumerate(CELLS)}
    assert place.summary()["disarmed"] == 0


@pytest.mark.parametrize("kind", ["string", "large_string", "dictionary", "string_view"])
def test_every_csv_output_of_a_parquet_export_is_guarded(place: Place, kind: str) -> None:
    types = {
        "string": pa.string(),
        "large_string": pa.large_string(),
        "dictionary": pa.dictionary(pa.int32(), pa.string()),
        "string_view": pa.string_view(),
    }
    header, *rows = leads_with_every_cell()
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    columns[1] = pa.array([row[1] for row in rows], types[kind])
    path = place.folder / "leads.parquet"
    pq.write_table(pa.table(columns, header), path)
    assert place.score(path, CONFIG).code == 0
    assert notes_of(place, ",") == {str(number): guarded(cell) for number, cell in enumerate(CELLS)}
    assert place.score(path, OFF).code == 0
    assert notes_of(place, ",") == {str(number): cell for number, cell in enumerate(CELLS)}


def test_parquet_output_needs_no_guard(place: Place) -> None:
    leads = csv_bytes(leads_with_every_cell(), ",")
    assert (
        place.score(
            leads, model_of(match("note: {known: true}", 5), head="output: {formats: [parquet]}", tiers=COLD)
        ).code
        == 0
    )
    found = {row["lead_id"]: row["note"] for row in parquet_rows(place.out / "ranked.parquet")}
    assert found == {str(number): cell for number, cell in enumerate(CELLS)}


def test_negative_numbers_of_a_parquet_export_stay_numbers(place: Place) -> None:
    path = place.folder / "leads.parquet"
    table = {"lead_id": ["1", "2"], "note": ["a", "b"], "gain": [-5, 5], "rate": [-0.5, 1e20]}
    pq.write_table(pa.table(table), path)
    assert place.score(path, CONFIG).code == 0
    assert [(row["gain"], row["rate"]) for row in place.rows()] == [
        ("-5", "-0.5"),
        ("5", "100000000000000000000"),
    ]


def headers(place: Place) -> list[str]:
    return next(csv.reader(io.StringIO(place.files()["ranked.csv"].decode(), newline="")))


def test_header_cells_are_guarded(place: Place) -> None:
    assert place.score('lead_id,note,=1+1,"@x",-5,+a\n1,a,b,c,d,e\n', CONFIG).code == 0
    assert headers(place)[-4:] == ["'=1+1", "'@x", "-5", "'+a"]


def test_names_from_the_config_are_guarded_in_the_header_and_in_cells(place: Place) -> None:
    config = (
        model_of(match("note: {known: true}", 10)).replace("fit:", '"=1+1":').replace("rule 1", '"@rule"')
    )
    assert place.score("lead_id,note\n1,a\n", config.replace("Hot", '"=2+2"')).code == 0
    assert not [cell for cell in headers(place) if cell.startswith("=")]
    (row,) = place.rows()
    assert row["tier"] == "'=2+2"
    assert row["reasons"] == "'@rule +10"


def test_lines_set_aside_are_guarded(place: Place) -> None:
    leads = 'lead_id,note\n=1+1\n"-1+1\n1,a\n@x,y,z\n"a",=1,\n'
    assert place.score(leads, CONFIG).code == 5
    texts = [row["text"] for row in place.rows("set_aside.csv")]
    assert texts
    assert [text for text in texts if text[0] in "=+-@\t\r"] == []
