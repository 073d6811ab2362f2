"""test_read_csv: leads come out of a CSV as csv.reader reads them, and their lines as they went in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.errors import InputError
from leadscore.pipeline.dialect import read_header
from leadscore.pipeline.read import open_export
from leadscore.pipeline.read_csv import CsvExport
from tests.conftest import ROOT

SPECTRUM = ROOT.parent / "shared" / "data" / "csv-spectrum"
PLACE = Path("leads.csv")


def csv_export(text: str | bytes, batch_bytes: int = 1 << 20) -> CsvExport:
    octets = text.encode() if isinstance(text, str) else text
    return CsvExport(PLACE, octets, read_header(octets, PLACE), batch_bytes=batch_bytes)


def rows_of(export: CsvExport) -> list[list[str]]:
    return [row for batch in export.batches(export.columns) for row in batch.leads.to_numpy().tolist()]


def lines_of(export: CsvExport) -> list[int]:
    return [line for batch in export.batches(export.columns) for line in batch.lines.tolist()]


def set_aside_of(export: CsvExport) -> list[tuple[int, str, bytes]]:
    rows_of(export)
    return [(aside.line, aside.reason, aside.text) for aside in export.set_aside]


@dataclass(frozen=True)
class Written:
    """A table and one of the ways to write it."""

    rows: list[list[str]]
    records: list[str]  # without line ends
    ends: list[str]
    delimiter: str

    @property
    def text(self) -> str:
        return "".join(record + end for record, end in zip(self.records, self.ends, strict=True))


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
HARD_CELLS = st.text(alphabet='",;\t|\n\r \ufeffaé', max_size=5)


BOOLEANS = st.booleans()


@st.composite
def written(draw: st.DrawFn) -> Written:
    width = draw(st.integers(1, 4))
    delimiter = draw(st.sampled_from(",;\t|")) if width > 1 else ","
    row = st.lists(CELLS | HARD_CELLS, min_size=width, max_size=width)
    rows = draw(st.lists(row, max_size=12))
    every_cell = draw(BOOLEANS)

    def write(cell: str) -> str:
        must = (width == 1 and not cell) or any(letter in cell for letter in f'"\r\n{delimiter}')
        quoted = must or every_cell or draw(BOOLEANS)
        return '"' + cell.replace('"', '""') + '"' if quoted else cell

    records = [delimiter.join(map(write, cells)) for cells in rows]
    ends = [draw(st.sampled_from(["\n", "\r\n"])) for _ in records]
    cut = draw(BOOLEANS)
    if ends and cut:
        ends[-1] = ""
    header = delimiter.join(f"c{i}" for i in range(width))
    return Written(rows, [header, *records], [draw(st.sampled_from(["\n", "\r\n"])), *ends], delimiter)


@settings(max_examples=250)
@given(table=written(), batch_bytes=st.integers(1, 300), seed=st.integers(0, 99))
def test_every_cell_is_what_csv_reader_reads_and_every_line_what_was_written(
    table: Written, batch_bytes: int, seed: int
) -> None:
    reader = csv.reader(io.StringIO(table.text, newline=""), delimiter=table.delimiter, strict=True)
    assert list(reader)[1:] == table.rows
    octets = table.text.encode()
    export = CsvExport(PLACE, octets, read_header(octets, PLACE, ["c0", "c1"]), batch_bytes=batch_bytes)
    assert export.dialect.delimiter == table.delimiter
    assert rows_of(export) == table.rows
    assert export.set_aside == []
    ends_before = np.cumsum(
        [0, *((r + e).count("\n") for r, e in zip(table.records, table.ends, strict=True))]
    )
    assert lines_of(export) == (ends_before[1:-1] + 1).tolist()
    order = np.random.default_rng(seed).permutation(len(table.rows))
    lines = [table.records[row + 1] + export.dialect.line_end for row in order]
    assert export.take_lines(order)[0].to_pylist() == [line.encode() for line in lines]


def test_batches_are_text_counted_from_the_start_and_the_same_whatever_their_size() -> None:
    text = "id,n\n" + "".join(f"{i},x\n" for i in range(100))
    whole = pd.concat([batch.leads for batch in csv_export(text).batches(["n", "id"])], ignore_index=True)
    batches = list(csv_export(text, batch_bytes=64).batches(["n", "id"]))
    assert len(batches) > 5
    assert [batch.start for batch in batches] == np.cumsum([0, *(len(b.leads) for b in batches)])[
        :-1
    ].tolist()
    assert all(batch.leads.index.equals(pd.RangeIndex(len(batch.leads))) for batch in batches)
    assert (whole.dtypes == "str").all()
    assert list(whole.columns) == ["n", "id"]
    pd.testing.assert_frame_equal(whole, pd.concat([batch.leads for batch in batches], ignore_index=True))


def test_words_like_na_and_empty_cells_stay_text() -> None:
    rows = [["NA", "", "null"], ["007", "nan", "#N/A"]]
    assert rows_of(csv_export("a,b,c\n" + "\n".join(map(",".join, rows)))) == rows


def test_a_file_without_leads_gives_one_empty_batch_of_the_asked_columns() -> None:
    (batch,) = csv_export("a,b\n").batches(["b"])
    assert list(batch.leads.columns) == ["b"]
    assert batch.leads.dtypes["b"] == "str"
    assert len(batch.leads) == len(batch.lines) == batch.start == 0


def test_no_asked_column_still_counts_the_leads() -> None:
    (batch,) = csv_export("a,b\n1,2\n3,4\n").batches([])
    assert batch.leads.shape == (2, 0)


def test_asking_for_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match=r"leads\.csv:1: visits: no such column"):
        csv_export("a,b\n").batches(["visits"])


def test_reading_twice_gives_the_same_leads_and_sets_lines_aside_once() -> None:
    export = csv_export("a,b\n1,2\n3\n")
    assert rows_of(export) == rows_of(export) == [["1", "2"]]
    assert set_aside_of(export) == [(3, "1 field, the header has 2", b"3")]


def test_lines_are_disarmed_after_another_reading_as_after_the_first() -> None:
    export = csv_export("a,b\n=1,2\nx,=3\n")
    for _ in range(3):
        rows_of(export)
        assert export.take_lines(np.array([0]))[0].to_pylist() == [b"=1,2\n"]
        lines, disarmed = export.take_lines(np.array([1, 0]), guard=True)
        assert (lines.to_pylist(), disarmed) == ([b"x,'=3\n", b"'=1,2\n"], 2)


def test_line_numbers_stay_those_of_the_editor_after_quoted_line_ends_and_blank_lines() -> None:
    export = csv_export('id,note\n1,"a\r\nb\nc"\n\n2,x\n3\n#4,y\n')
    assert lines_of(export) == [2, 6, 8]
    assert [aside.line for aside in export.set_aside] == [7]


def test_leads_around_set_aside_and_blank_lines_keep_their_own_lines() -> None:
    export = csv_export(b'a,b\r\n1,2\r\nbad\r\n\r\n3,"4\n5"\n6,7')
    assert rows_of(export) == [["1", "2"], ["3", "4\n5"], ["6", "7"]]
    taken = export.take_lines(np.array([2, 0, 1, 0]))[0].to_pylist()
    assert taken == [b"6,7\r\n", b"1,2\r\n", b'3,"4\n5"\r\n', b"1,2\r\n"]


def test_a_mac_file_with_only_carriage_returns_is_read() -> None:
    export = csv_export('a,b\r1,"x\ry"\rbad\r2,z\r')
    assert rows_of(export) == [["1", "x\ry"], ["2", "z"]]
    assert export.dialect.line_end == "\r"
    assert [aside.line for aside in export.set_aside] == [4]
    assert export.take_lines(np.array([1]))[0].to_pylist() == [b"2,z\r"]


def test_a_cell_larger_than_a_batch_is_read_whole() -> None:
    cell = "x\n" * 3_000_000
    assert rows_of(csv_export(f'a,b\n1,"{cell}"\n2,y\n', batch_bytes=1 << 16)) == [["1", cell], ["2", "y"]]


@pytest.mark.parametrize("batch_bytes", [4, 1 << 20])
def test_an_extra_delimiter_on_all_rows_is_ignored_with_a_note(batch_bytes: int) -> None:
    export = csv_export("a,b\n1,2,\n3,,\nbad\n5,6,", batch_bytes)
    assert rows_of(export) == [["1", "2"], ["3", ""], ["5", "6"]]
    assert export.notes == ["an empty extra column on all rows was ignored"]
    assert [aside.line for aside in export.set_aside] == [4]
    assert export.take_lines(np.array([2, 1]))[0].to_pylist() == [b"5,6\n", b"3,\n"]


@pytest.mark.parametrize(
    "rows", ["1,2,\n3,4\n", "1,2\n3,4,\n", "1,2,\n3,4,5\n", "1,2,\n3,4,,\n5,6\n"], ids=repr
)
def test_an_extra_delimiter_on_some_rows_sets_them_aside(rows: str) -> None:
    export = csv_export("a,b\n" + rows)
    good = [row.split(",") for row in rows.split() if row.count(",") == 1]
    assert rows_of(export) == good
    assert len(export.set_aside) == rows.count("\n") - len(good)
    assert export.notes == []


@pytest.mark.skipif(not SPECTRUM.exists(), reason="csv-spectrum is not on this machine")
def test_the_corners_that_csv_spectrum_collects_are_read_as_it_says() -> None:
    files = sorted((SPECTRUM / "csvs").glob("*.csv"))
    assert len(files) == 12
    for path in files:
        expected = json.loads((SPECTRUM / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        export = csv_export(path.read_bytes())
        leads = [dict(zip(export.columns, row, strict=True)) for row in rows_of(export)]
        if path.stem == "location_coordinates":  # inches as a bare quote: another reader might move cells
            expected = []
        assert (path.name, leads) == (path.name, expected)


PLAIN = [[str(i), f"name{i}", "US", str(i * 7), "", f"n{i}@x.example"] for i in range(40)]
QUOTED = [
    [str(i), f'say "{i}"', "a, b", f"two\nlines{i}", "", "\nx" if i % 9 == 4 else "y"] for i in range(40)
]


def as_written(cell: str, quoted: bool) -> str:
    must = quoted or any(letter in cell for letter in '"\r\n,')
    return '"' + cell.replace('"', '""') + '"' if must else cell


def faults(cells: list[str], place: int) -> Iterator[str]:
    """A line with a stray quote at three places of one cell, a separator too many, or one gone."""
    cell, left, right = cells[place], cells[:place], cells[place + 1 :]
    middle = len(cell) // 2
    for new in (f'"{cell}', f'{cell}"', f'{cell[:middle]}"{cell[middle:]}', f"{cell},", f",{cell}"):
        yield ",".join([*left, new, *right])
    if right:
        yield ",".join([*left, cell + right[0], *right[1:]])


def polluted(rows: list[list[str]], quote_all: bool) -> Iterator[tuple[int, str]]:
    """Every row and column with every fault, one at a time."""
    table = [[as_written(cell, quote_all) for cell in row] for row in rows]
    lines = ["a,b,c,d,e,f", *map(",".join, table), ""]
    for at, cells in enumerate(table):
        for place in range(len(cells)):
            for line in faults(cells, place):
                yield at, "\n".join([*lines[: at + 1], line, *lines[at + 2 :]])


@pytest.mark.parametrize(
    ("rows", "quote_all"), [(PLAIN, False), (PLAIN[:9], True), (QUOTED[:16], False), (QUOTED[:9], True)]
)
def test_one_fault_anywhere_sets_its_line_aside_and_changes_no_other_lead(
    rows: list[list[str]], quote_all: bool
) -> None:
    heights = [1 + "".join(row).count("\n") for row in rows]
    first_lines = np.cumsum([2, *heights])
    for at, text in polluted(rows, quote_all):
        export = csv_export(text)
        assert rows_of(export) == rows[:at] + rows[at + 1 :], text
        assert {aside.line for aside in export.set_aside} <= set(range(first_lines[at], first_lines[at + 1]))
        assert export.set_aside[0].line == first_lines[at]


def test_what_looks_like_a_lead_inside_a_cell_whose_opening_is_damaged_is_none(tmp_path: Path) -> None:
    lost_comma = b'lead_id,name,note\n1,Ann"see:\n9,Eve,x\nend"\n2,Bob,y\n'
    lost_quote = b'lead_id,name,note\n1,"Ann"x,"see:\n9,Eve,x\nend"z\n2,Bob,y\n'
    for number, content in enumerate((lost_comma, lost_quote)):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        export = open_export(path, {"lead_id"})
        ids = [cell for batch in export.batches(["lead_id"]) for cell in batch.leads["lead_id"]]
        assert ids == ["2"]
        assert [aside.line for aside in export.set_aside] == [2, 3, 4]
