"""test_read: what is an export, what is refused, and how its dialect is recognised."""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
import re
import zipfile
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from leadscore.errors import InputError
from leadscore.pipeline import read
from leadscore.pipeline.read import CsvExport, Dialect, Export, ParquetExport, SetAside, open_export

TABLE = pa.table({"id": ["1"], "n": [5]})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "leads.csv"


def opened(place: Path, content: bytes, wanted: Collection[str] = ("id",)) -> Export:
    place.write_bytes(content)
    return open_export(place, wanted)


def refusal(place: Path, content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        opened(place, content)
    assert not re.search("CANARY", str(caught.value))
    return str(caught.value).removeprefix(f"{place}")


def test_an_export_names_its_columns_dialect_digest_and_size(place: Path) -> None:
    content = b'\xef\xbb\xbf"id";"n"\r\n"1";"a;b"\r\n"2"\r\n'
    export = opened(place, content)
    assert isinstance(export, CsvExport)
    assert export.columns == ("id", "n")
    assert export.header == b'"id";"n"'
    assert export.dialect == Dialect("csv", ";", quote_all=True, line_end="\r\n", bom=True)
    assert (export.digest, export.size) == (hashlib.sha256(content).hexdigest(), len(content))
    (batch,) = export.batches(["n", "id"])
    assert batch.leads.to_dict("list") == {"n": ["a;b"], "id": ["1"]}
    assert export.set_aside == [SetAside(3, "1 field, the header has 2", b'"2"')]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_finds_the_wanted_columns(place: Path, delimiter: str) -> None:
    other = "," if delimiter == ";" else ";"
    header = delimiter.join(["id", f"a{other}b{other}c{other}d{other}e", "n"])
    export = opened(place, header.encode(), wanted=["id", "n", "not there"])
    assert export.dialect.delimiter == delimiter
    assert export.columns == tuple(header.split(delimiter))


def test_without_a_wanted_column_the_delimiter_is_the_one_with_most_cells(place: Path) -> None:
    assert opened(place, b"a;b;c,d\n", wanted=["x"]).columns == ("a", "b", "c,d")
    assert opened(place, b"a\n", wanted=[]).dialect == Dialect("csv")


def test_a_header_name_keeps_its_spaces_quotes_and_line_ends(place: Path) -> None:
    export = opened(place, b'id , "n,"a ""b""","c\nd"\n1,2,3,4\n'.replace(b', "n', b",n"))
    assert export.columns == ("id ", "n", 'a "b"', "c\nd")
    assert not export.dialect.quote_all
    assert [batch.lines.tolist() for batch in export.batches(["n"])] == [[3]]


def test_a_column_name_that_comes_again_is_numbered_with_a_note(place: Path) -> None:
    export = opened(place, b"id,n,n,n (2),n\n1,a,b,c,d\n")
    assert export.columns == ("id", "n", "n (3)", "n (2)", "n (4)")
    assert export.notes == [
        "column 3 is called 'n' again; it is read as 'n (3)'",
        "column 5 is called 'n' again; it is read as 'n (4)'",
    ]


def test_blank_lines_before_the_header_are_skipped_and_counted(place: Path) -> None:
    export = opened(place, b"\xef\xbb\xbf\r\n\nid\n\n7\n")
    assert export.columns == ("id",)
    assert [batch.lines.tolist() for batch in export.batches(["id"])] == [[5]]


def test_gzip_is_unpacked_and_the_digest_is_that_of_the_file(place: Path) -> None:
    content = gzip.compress(b"id\n1\n") + gzip.compress(b"2\n") + bytes(512)
    export = opened(place, content)
    assert export.dialect == Dialect("csv", compression="gzip")
    assert (export.digest, export.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert [batch.leads["id"].tolist() for batch in export.batches(["id"])] == [["1", "2"]]


def test_gzip_that_is_cut_off_corrupt_or_too_large_is_refused(place: Path) -> None:
    content = gzip.compress(b"id\n" + os.urandom(500).hex().encode() * 500)
    assert refusal(place, content[:-9]) == ": the gzip file is cut off; export it again"
    assert (
        refusal(place, content[:200] + bytes(99) + content[299:])
        == ": the gzip file is corrupt; export it again"
    )
    assert refusal(place, content + b"more") == ": the gzip file is corrupt; export it again"
    place.write_bytes(gzip.compress(bytes(10_000_000)))
    with pytest.raises(InputError, match="unpacks to more than 9,999,999 bytes"):
        open_export(place, [], max_unpacked_bytes=9_999_999)


def test_gzip_that_unpacks_to_what_no_export_is_so_small_for_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, leads = gzip.compress(b"id\n" + b"1\n" * 500_000), 500_000
    export = opened(place, content)  # little is free of it
    assert sum(len(batch.leads) for batch in export.batches(["id"])) == leads
    monkeypatch.setattr(read, "FREE_BYTES", 300_000)
    assert refusal(place, content) == ": unpacks to more than 300 times its size, as no export does"
    assert isinstance(opened(place, gzip.compress(b"id\n" + os.urandom(200_000).hex().encode())), CsvExport)


def test_a_file_is_recognised_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    place = tmp_path / "leads.csv"
    pa.parquet.write_table(TABLE, place)
    assert isinstance(open_export(place, []), ParquetExport)
    assert isinstance(opened(tmp_path / "leads.parquet", b"id\n"), CsvExport)


def test_other_formats_are_refused_by_content(place: Path) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("leads.csv", "id\n1\n")
    files = {
        "zip": place.read_bytes(),
        "pickle": pickle.dumps(["id"]),
        "gzip": gzip.compress(gzip.compress(b"id")),
    }
    pyarrow.feather.write_feather(TABLE, str(place))
    files["feather"] = place.read_bytes()
    files["excel"] = b"\xd0\xcf\x11\xe0 and so on"
    for name, content in files.items():
        said = ": not CSV, Parquet or xlsx; export the leads as CSV"
        assert (name, refusal(place, content)) == (name, said)


def test_a_nul_byte_is_refused_with_its_line(place: Path) -> None:
    assert refusal(place, b"id,n\n1,5\n2,CANARY\0\n") == ":3: a NUL byte: not CSV or Parquet; export it again"


def test_bytes_that_are_not_utf_8_are_refused_with_their_place(place: Path) -> None:
    hint = "save the export as UTF-8, or set input.encoding in the config to the encoding it has"
    assert refusal(place, b"id\n1\nCANARY\xe9\n") == f":3: not UTF-8 at line 3 byte 7; {hint}"
    assert refusal(place, b"\xe9") == f":1: not UTF-8 at line 1 byte 1; {hint}"


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b"\n\r\n\n", b"\r\r", gzip.compress(b"", mtime=0)], ids=repr
)
def test_an_empty_file_has_no_header(place: Path, content: bytes) -> None:
    assert refusal(place, content) == ": no header: the file is empty; export it again"


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (b'id,"CANARY\n1,2\n', "quote is never closed"),
        (b'id,CANARY"x\n', "quote inside an unquoted field"),
        (b'id,"CANARY"x\n', "text after a closing quote"),
        (b"id,CANARY\rx\n", "a lone CR"),
        (b"id" + b"x" * (1 << 20) + b",CANARY\n", "it does not end within 1 MiB"),
        (b"id," + b"x" * 200_000 + b",CANARY\n", "a cell is too long"),
        (b"id" + b",x" * 2_000 + b"\n", "more than 2,000 columns"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_header_that_cannot_be_read_is_refused(place: Path, header: bytes, fault: str) -> None:
    assert refusal(place, b"\n" + header) == f":2: the header cannot be read: {fault}"


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    told = {
        tmp_path / "missing.csv": "cannot be read: No such file or directory",
        tmp_path: "a directory, not a file",
        tmp_path / "pipe": "a FIFO, not a file",
        Path("/dev/zero"): "a device or socket, not a file",
        Path("a\0b"): "cannot be read: no such path",
    }
    for path, what in told.items():
        with pytest.raises(InputError) as caught:
            open_export(path, [])
        assert str(caught.value) == f"{path}: {what}"
    with pytest.raises(InputError) as caught:
        open_export(Path("https://example.com/leads.csv"), [])
    assert str(caught.value).startswith("https://example.com/leads.csv: https:// is no address of a store")


def test_a_file_that_changes_while_it_is_read_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_bytes(b"id\n1\n")
    fstat = os.fstat

    def touch_and_look(number: int) -> os.stat_result:
        os.utime(place, ns=(0, 0))
        return fstat(number)

    monkeypatch.setattr(os, "fstat", touch_and_look)
    with pytest.raises(InputError, match="changed while it was read; wait until the export is finished"):
        open_export(place, [])


def test_a_real_export_is_read_whole(x_education: Path) -> None:
    export = open_export(x_education, ["Converted"], batch_bytes=1 << 19)
    batches = list(export.batches(["Converted", "Lead Number"]))
    assert len(batches) > 3
    assert sum((batch.leads["Converted"] == "1").sum() for batch in batches) == 3_561
    assert sum(batch.leads["Lead Number"].nunique() for batch in batches) == 9_240
    assert (export.set_aside, export.notes, export.dialect.line_end) == ([], [], "\r\n")
