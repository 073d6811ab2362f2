"""test_formats: the export's own columns come back unchanged, in every dialect and in both formats."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadscore.pipeline.read import open_export
from tests.running import SAMPLE, SAMPLE_CONFIG, Place, match, model_of, parquet_rows, rows_of

CONFIG = model_of(match("visits: {at_least: 50}", 10), match("name: {known: true}", 5))
BOTH = model_of(match("visits: {at_least: 50}", 10), head="output: {formats: [csv, parquet]}")
HEADER = ["name", "lead_id", "visits", "note, long; with | and\ttabs"]
AWKWARD = [
    ["Ann", "1", "60", "plain"],
    ['say "hi"', "2", "5", ""],
    ["a,b;c|d\te", "3", "70", '"'],
    ["line\nbreak", "4", "1", "two\r\nlines"],
    [" spaces ", "5", " 60 ", "\u00a0"],
    ["", "6", "", ""],
    ["é 𝄞 مدیر \u200f", "7", "60", "#comment"],
    ["x" * 40_000, "8", "3", "''"],
    ["00123", "0009", "0.50", "1e5"],
    ["NULL", "NA", "55", "\\N \\ ,"],
]
DIALECTS = list(product([",", ";", "\t", "|"], ["\n", "\r\n"], [False, True], [False, True]))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def written(row: list[str], delimiter: str, quote_all: bool) -> bytes:
    marks = {delimiter, '"', "\r", "\n"}
    cells = ['"' + cell.replace('"', '""') + '"' if quote_all or marks & set(cell) else cell for cell in row]
    return delimiter.join(cells).encode()


@pytest.mark.parametrize(("delimiter", "line_end", "bom", "quote_all"), DIALECTS)
def test_each_lead_keeps_its_bytes_and_the_output_speaks_the_exports_dialect(
    place: Place, delimiter: str, line_end: str, bom: bool, quote_all: bool
) -> None:
    end, mark = line_end.encode(), b"\xef\xbb\xbf" if bom else b""
    lines = {row[1]: written(row, delimiter, quote_all) for row in AWKWARD}
    header = written(HEADER, delimiter, quote_all)
    assert place.score(mark + end.join([header, *lines.values()]) + end, CONFIG).code == 0
    content = place.files()["ranked.csv"]
    assert content.startswith(mark)
    body = content.removeprefix(mark)
    added = written(["rank", "score", "tier", "fit", "reasons", "coverage"], delimiter, quote_all)
    assert body.startswith(added + delimiter.encode() + header + end)
    rows = list(csv.reader(io.StringIO(body.decode(), newline=""), delimiter=delimiter, strict=True))
    assert sorted(row[6:] for row in rows) == sorted([HEADER, *AWKWARD])
    rebuilt = [
        written(row[:6], delimiter, quote_all) + delimiter.encode() + lines[row[7]] + end for row in rows[1:]
    ]
    assert body == added + delimiter.encode() + header + end + b"".join(rebuilt)


def test_the_names_of_accounts_come_from_many_batches(place: Place) -> None:
    config = model_of(match("visits: {at_least: 1}", 10), head="accounts: {by: company, combine: sum}")
    assert open_export.__kwdefaults__ is not None
    with mock.patch.dict(open_export.__kwdefaults__, batch_bytes=20):
        assert place.score("lead_id,company,visits\n1,Ann & Sons,1\n2,Bo,0\n", config).code == 0
    assert [(row["account"], row["score"]) for row in place.rows("accounts.csv")] == [
        ("Ann & Sons", "10"),
        ("Bo", "0"),
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_last_line_without_an_end_gets_one(place: Place, line_end: str) -> None:
    assert place.score(f"lead_id,name,visits{line_end}1,a,5{line_end}2,b,60", CONFIG).code == 0
    expected = ["1,15,Hot,15,rule 1 +10; rule 2 +5,1,2,b,60", "2,5,Cold,5,rule 2 +5,1,1,a,5", ""]
    assert place.files()["ranked.csv"].decode().split(line_end)[1:] == expected


def sample_rows() -> list[list[str]]:
    return list(csv.reader(io.StringIO(SAMPLE.read_text(encoding="utf-8"), newline="")))


def sample_as(delimiter: str = ",", quote_all: bool = False, line_end: str = "\n") -> bytes:
    return b"".join(written(row, delimiter, quote_all) + line_end.encode() for row in sample_rows())


def sample_parquet(null: bool, kind: pa.DataType) -> bytes:
    header, *rows = sample_rows()
    columns = [[cell or None if null else cell for cell in column] for column in zip(*rows, strict=True)]
    file = io.BytesIO()
    pq.write_table(pa.table([pa.array(column, kind) for column in columns], header), file, row_group_size=70)
    return file.getvalue()


def sample_typed() -> bytes:
    """Numbers and true/false as a database would give them."""
    header, *rows = sample_rows()
    table: dict[str, pa.Array] = {}
    for name, cells in zip(header, zip(*rows, strict=True), strict=True):
        if name in ("visits", "pages", "emails_opened"):
            table[name] = pa.array([int(cell) if cell else None for cell in cells], pa.int32())
        elif name == "unsubscribed":
            table[name] = pa.array([cell == "true" if cell else None for cell in cells], pa.bool_())
        elif name == "created_date":
            table[name] = pa.array(
                [date.fromisoformat(cell) if cell else None for cell in cells], pa.date32()
            )
        else:
            table[name] = pa.array([cell or None for cell in cells])
    file = io.BytesIO()
    pq.write_table(pa.table(table), file)
    return file.getvalue()


FORMS: dict[str, Callable[[], bytes]] = {
    "semicolons": lambda: sample_as(";"),
    "tabs": lambda: sample_as("\t"),
    "bars": lambda: sample_as("|"),
    "all quoted": lambda: sample_as(quote_all=True),
    "CRLF and a byte order mark": lambda: b"\xef\xbb\xbf" + sample_as(line_end="\r\n"),
    "CR": lambda: SAMPLE.read_bytes().replace(b"\n", b"\r"),
    "gzip": lambda: gzip.compress(SAMPLE.read_bytes()),
    "a comma too many on every row": lambda: sample_as().replace(b"\n", b",\n").replace(b",\n", b"\n", 1),
    "blank lines between": lambda: sample_as().replace(b"\n", b"\n\n"),
    "Parquet text": lambda: sample_parquet(null=False, kind=pa.string()),
    "Parquet text with nulls": lambda: sample_parquet(null=True, kind=pa.large_string()),
    "Parquet dictionaries": lambda: sample_parquet(null=True, kind=pa.dictionary(pa.int32(), pa.string())),
    "Parquet with types": sample_typed,
}


def verdicts(place: Place) -> list[tuple[str, ...]]:
    content = place.files()["ranked.csv"]
    delimiter = place.manifest()["inputs"][0]["dialect"]["delimiter"] or ","
    asked = (
        "rank",
        "lead_id",
        "score",
        "tier",
        "fit",
        "engagement",
        "doubts",
        "grade",
        "reasons",
        "coverage",
    )
    return [tuple(row[name] for name in asked) for row in rows_of(content, delimiter)]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, ...]]:
    place = Place(tmp_path_factory.mktemp("plain"))
    assert place.score(SAMPLE, SAMPLE_CONFIG).code == 0
    return verdicts(place)


@pytest.mark.parametrize("form", FORMS)
def test_one_table_has_one_result_in_whatever_form_it_comes(
    place: Place, plain: list[tuple[str, ...]], form: str
) -> None:
    assert place.score(FORMS[form](), SAMPLE_CONFIG).code == 0
    assert verdicts(place) == plain


def test_parquet_output_holds_decimals_and_every_column_of_a_csv_export(place: Place) -> None:
    assert place.score(SAMPLE, SAMPLE_CONFIG, "--format", "parquet", "--format", "csv").code == 0
    for name in ("ranked", "disqualified", "tiers/SQL", "tiers/Cold"):
        table = pq.read_table(place.out / f"{name}.parquet")
        rows = place.rows(f"{name}.csv")
        assert table.column_names == list(rows[0])
        for column in ("score", "fit", "engagement", "doubts", "coverage"):
            assert pa.types.is_decimal(table.schema.field(column).type)
            assert table.schema.field(column).type.scale == 2
            assert table.column(column).to_pylist() == [Decimal(row[column]) for row in rows]
        own = sample_rows()[0]
        assert [list(map(str, row.values())) for row in table.select(own).to_pylist()] == [
            [row[column].removeprefix("'") for column in own] for row in rows
        ]
    assert pa.types.is_integer(pq.read_schema(place.out / "ranked.parquet").field("rank").type)


def test_parquet_output_keeps_the_awkward_cells_of_a_csv_export(place: Place) -> None:
    content = b"".join(written(row, ",", False) + b"\n" for row in [HEADER, *AWKWARD])
    assert place.score(content, CONFIG, "--set", "output={formats: [parquet]}").code == 0
    found = {
        row["lead_id"]: [row[name] for name in HEADER] for row in parquet_rows(place.out / "ranked.parquet")
    }
    assert found == {row[1]: row for row in AWKWARD}


def test_a_first_cell_that_begins_with_a_byte_order_mark_keeps_it_in_parquet_output(place: Place) -> None:
    leads = "name,lead_id,visits\n\ufeffa,1,60\n\ufeffb,2,5\n"
    assert place.score(leads, BOTH).code == 0
    assert [row["name"] for row in parquet_rows(place.out / "ranked.parquet")] == ["\ufeffa", "\ufeffb"]


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NO_TEXT = {
    "list": pa.array([[1, 2], None]),
    "struct": pa.array([{"a": 1}, None]),
    "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
    "binary": pa.array([b"\xff\x00", None]),
    "large binary": pa.array([b"abc", None], pa.large_binary()),
    "fixed binary": pa.array([b"\xffab", None], pa.binary(3)),
    "duration": pa.array([timedelta(days=1), None]),
}
WITH_TEXT = {
    "time": pa.array([NOON.time(), None]),
    "timestamp": pa.array([NOON, None]),
    "dictionary": pa.array(["a", None]).dictionary_encode(),
    "text view": pa.array(["a", None], pa.string_view()),
    "null": pa.nulls(2),
    "float": pa.array([1.5, float("nan")]),
    "small and large floats": pa.array([1e-7, 1e20]),
    "half": pa.array([1.5, None], pa.float16()),
    "decimal": pa.array([Decimal("1.50"), None]),
    "boolean": pa.array([True, None]),
}


def with_odd_column(place: Place, column: pa.Array) -> Path:
    export = place.folder / "leads.parquet"
    pq.write_table(pa.table({"lead_id": ["1", "2"], "visits": [5, 60], "odd": column}), export)
    return export


@pytest.mark.parametrize("name", [*WITH_TEXT, *NO_TEXT])
def test_a_parquet_column_that_no_rule_reads_may_be_of_any_type_in_parquet_output(
    place: Place, name: str
) -> None:
    column = (WITH_TEXT | NO_TEXT)[name]
    export = with_odd_column(place, column)
    assert place.score(export, BOTH.replace("csv, ", "")).code == 0
    own = pq.read_table(place.out / "ranked.parquet").column("odd")
    # Arrow cannot permute views yet: they become ordinary text, which is the same in the file.
    as_text = {pa.string_view(): pa.large_string()}
    kind = pq.read_table(export).column("odd").type
    assert own.type == as_text.get(kind, kind)
    assert str(own.to_pylist()[::-1]) == str(column.to_pylist())


@pytest.mark.parametrize("name", WITH_TEXT)
def test_a_parquet_column_that_no_rule_reads_is_written_as_text_in_csv_output(
    place: Place, name: str
) -> None:
    assert place.score(with_odd_column(place, WITH_TEXT[name]), BOTH).code == 0
    assert place.scores() == {"2": "10", "1": "0"}


@pytest.mark.parametrize("name", NO_TEXT)
def test_a_parquet_column_that_has_no_text_is_refused_by_name_in_csv_output(place: Place, name: str) -> None:
    ended = place.score(with_odd_column(place, NO_TEXT[name]), BOTH)
    assert ended.code == 4
    assert "leads.parquet: odd: a column of type" in ended.stderr


def test_a_parquet_float_is_written_without_an_exponent_as_the_reader_reads_it(place: Place) -> None:
    export = place.folder / "leads.parquet"
    pq.write_table(pa.table({"lead_id": ["1", "2", "3"], "visits": [1e-7, 1e20, 60.0]}), export)
    assert place.score(export, model_of(match("visits: {at_least: 50}", 10))).code in (0, 5)
    assert {row["lead_id"]: row["visits"] for row in place.rows()} == {
        "1": "0.0000001", "2": "100000000000000000000", "3": "60",
    }  # fmt: skip


def test_a_line_with_a_lone_carriage_return_can_be_read_back_from_the_lines_set_aside(place: Place) -> None:
    assert place.score(b"lead_id;name;visits\n1;a\rb;60\n2;c;60\n", CONFIG).code == 5
    assert place.rows("set_aside.csv") == [{"line": "2", "reason": "a lone CR", "text": "1;a\rb;60"}]


def test_only_disqualified_leads_make_an_empty_ranked_file_with_its_columns(place: Place) -> None:
    config = BOTH + "disqualify: [{name: all, when: {visits: {known: true}}}]\n"
    assert place.score("lead_id,visits\n1,60\n", config).code == 0
    assert place.files()["ranked.csv"] == b"rank,score,tier,fit,reasons,coverage,lead_id,visits\n"
    assert pq.read_table(place.out / "ranked.parquet").num_rows == 0
    assert [row["disqualified_by"] for row in parquet_rows(place.out / "disqualified.parquet")] == ["all"]
