"""test_slow_path: however an export is read and written, by whatever way, the same bytes come out."""

from __future__ import annotations

import csv
import functools
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadscore.pipeline import guard, inputs, lines, rank, scan, spans, write, write_csv
from leadscore.pipeline.read import open_export
from tests.running import SAMPLE, SAMPLE_CONFIG, Place

ODD = {
    3: "=1+1",
    40: '-cmd|"x"',
    41: "+44 20 7946 0958",
    90: "two\nlines",
    91: 'a "quoted" word, and a comma',
    200: "@x",
    201: "café – 試験",
}
"""Notes of some leads: to be disarmed, to be left alone, to be quoted."""


def rows() -> list[list[str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        header, *leads = csv.reader(file)
    note = header.index("notes")
    for number, text in ODD.items():
        leads[number][note] = text
    return [header, *leads]


def written(leads: list[list[str]], quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=quoting).writerows(leads)  # type: ignore[arg-type]
    return text.getvalue().encode()


PLAIN = written(rows())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def results(place: Place, leads: bytes | Path, *options: object, code: int = 0) -> dict[str, bytes]:
    """The files of leads."""
    assert place.score(leads, SAMPLE_CONFIG, "--no-cache", *options).code == code
    files = place.files()
    return {name: files[name] for name in files if name.startswith(("ranked", "disqualified", "tiers/"))}


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, bytes]:
    (tmp_path / "plain").mkdir()
    found = results(Place(tmp_path / "plain"), PLAIN)
    assert len(found) == 6
    assert found["ranked.csv"].count(b"'=1+1") + found["disqualified.csv"].count(b"'=1+1") == 1
    return found


def test_a_compressed_file(place: Place, expected: dict[str, bytes]) -> None:
    assert results(place, gzip.compress(PLAIN)) == expected


def test_another_encoding(place: Place, expected: dict[str, bytes]) -> None:
    marked = {name: b"\xef\xbb\xbf" + content for name, content in expected.items()}
    assert results(place, PLAIN.decode().encode("utf-16")) == marked


def test_damaged_lines_between(place: Place, expected: dict[str, bytes]) -> None:
    header, *leads = PLAIN.splitlines(keepends=True)
    damaged = [header, leads[0], b"one cell\n", *leads[1:30], b'1,"a"b,c\n', *leads[30:], b"too,short\n"]
    assert results(place, b"".join(damaged), code=5) == expected


def test_other_line_ends_and_blank_lines(place: Place, expected: dict[str, bytes]) -> None:
    # A line end inside a cell is part of it, so the file without that cell is compared.
    leads = [[cell.replace("\n", " ") for cell in row] for row in rows()]
    plain = results(place, written(leads))
    lines_ = written(leads).decode().splitlines()
    mixed = (
        lines_[0]
        + "\n"
        + "".join(line + end for line, end in zip(lines_[1:], ["\n", "\r\n", "\n\n"] * 200, strict=False))
    )
    assert results(place, mixed.encode()) == plain
    assert plain.keys() == expected.keys()


def test_no_line_end_at_the_end(place: Place, expected: dict[str, bytes]) -> None:
    assert results(place, PLAIN[:-1]) == expected


def test_an_empty_cell_too_many_on_every_line(place: Place) -> None:
    leads = [[cell.replace("\n", " ") for cell in row] for row in rows()]
    wide = [leads[0], *([*row, ""] for row in leads[1:])]
    assert results(place, written(wide)) == results(place, written(leads))


def test_a_space_after_each_separator(place: Place) -> None:
    leads = [
        [cell.replace(",", ";").replace('"', "").replace("\n", " ").strip() for cell in row] for row in rows()
    ]
    spaced = "".join(", ".join(row) + "\n" for row in leads)
    assert results(place, spaced.encode()) == results(place, written(leads))


def without_file(files: dict[str, bytes]) -> dict[str, list[list[str]]]:
    tables = {name: list(csv.reader(io.StringIO(text.decode(), newline=""))) for name, text in files.items()}
    places = {
        name: [place for place, head in enumerate(rows[0]) if head != "file"] for name, rows in tables.items()
    }
    return {name: [[row[place] for place in places[name]] for row in rows] for name, rows in tables.items()}


def test_several_files(place: Place, expected: dict[str, bytes]) -> None:
    header, *leads = rows()
    second = place.write("second.csv", written([header, *leads[200:]]))
    first = place.write("first.csv", written([header, *leads[:200]]))
    assert place.score(first, SAMPLE_CONFIG, second).code == 0
    files = place.files()
    assert without_file({name: files[name] for name in expected}) == without_file(expected)


def test_parquet_to_csv(place: Place, expected: dict[str, bytes]) -> None:
    header, *leads = rows()
    table = pa.table({name: [row[number] for row in leads] for number, name in enumerate(header)})
    path = place.folder / "leads.parquet"
    pq.write_table(table, path)
    assert results(place, path) == expected


def test_csv_to_parquet_and_back(place: Place, expected: dict[str, bytes]) -> None:
    assert place.score(PLAIN, SAMPLE_CONFIG, "--no-cache", "--format", "parquet").code == 0
    own = pq.read_table(place.out / "ranked.parquet").select(rows()[0]).to_pylist()
    header, *ranked = csv.reader(io.StringIO(expected["ranked.csv"].decode(), newline=""))
    first = header.index("lead_id")
    assert [[cell.removeprefix("'") for cell in row.values()] for row in own] == [
        [cell.removeprefix("'") for cell in row[first:]] for row in ranked
    ]


def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything in the smallest pieces."""
    monkeypatch.setattr(inputs, "open_export", functools.partial(open_export, batch_bytes=3_000))
    monkeypatch.setattr(spans, "WINDOW", 700)
    monkeypatch.setattr(guard, "PIECE", 500)
    monkeypatch.setattr(lines, "WINDOW", 900)
    monkeypatch.setattr(write, "HOLD_BYTES", 10_000)
    monkeypatch.setattr(write_csv.CsvFormat, "block_rows", 7)


def a_mark_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "sound_records", lambda *arguments: None)


def both(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny(monkeypatch)
    a_mark_at_a_time(monkeypatch)


@pytest.mark.parametrize("how", [tiny, a_mark_at_a_time, both])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_in_other_pieces(
    place: Place, how: Callable[[pytest.MonkeyPatch], None], quoting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = written(rows(), quoting)
    whole = results(place, leads)
    how(monkeypatch)
    assert results(place, leads) == whole


def test_an_export_that_changes_before_its_lines_are_written_leaves_the_old_result(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = results(place, PLAIN)
    ranked = rank.rank_leads

    def overwritten(*arguments: Any) -> Any:
        place.write("leads.csv", PLAIN.replace(b"Partner", b"Webinar"))
        return ranked(*arguments)

    monkeypatch.setattr("leadscore.pipeline.lists.rank_leads", overwritten)
    ended = place.score(PLAIN, SAMPLE_CONFIG, "--no-cache")
    assert ended.code == 4
    assert "changed while it was read" in ended.stderr
    assert {name: place.files()[name] for name in before} == before
