"""test_source: a file read in windows gives what the whole file gives, and is never read but in windows."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.errors import InputError
from leadscore.pipeline import dialect, encoding, header, read, read_csv, source, spans
from leadscore.pipeline.read import Export, open_export
from leadscore.pipeline.source import FileBytes, open_source

MADE = st.text(alphabet='ab",;\n\r é\ufeff😀', max_size=200)
OCTETS = st.binary(max_size=60) | st.text(alphabet="aé€😀\n\0", max_size=40).map(str.encode)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("source")


def put(folder: Path, content: bytes) -> Path:
    path = folder / "log"
    path.write_bytes(content)
    return path


@contextmanager
def steps_of(size: int) -> Iterator[None]:
    """All that goes through a file looks at so few bytes at a time."""
    with (
        mock.patch.object(source, "STEP", size),
        mock.patch.object(source, "FIRST_STEP", max(size // 3, 1)),
        mock.patch.object(encoding, "STEP", size),
        mock.patch.object(read, "PACKED_STEP", size),
        mock.patch.object(header, "STEP", size),
        mock.patch.object(spans, "FIRST_WINDOW", size),
        mock.patch.object(read_csv, "FIRST_WINDOW", size),
    ):
        yield


def story(path: Path, **how: Any) -> Any:
    """All that is said of a file: its refusal, or what it holds."""
    try:
        export = open_export(path, ["a", "b"], **how)
        batches = list(export.batches(export.columns))
    except InputError as error:
        return str(error)
    leads = pd.concat([batch.leads for batch in batches], ignore_index=True)
    lines = [line for batch in batches for line in batch.lines.tolist()]
    about = export.columns, export.dialect, export.digest, export.size, export.notes
    return about, leads.to_dict("list"), lines, export.set_aside, export.damaged


def written(draw: Any, text: str) -> bytes:
    head, end = (
        draw(st.sampled_from(["", "\ufeff", "\n", "\ufeff\n" + "\r\n" * 90])),
        draw(st.sampled_from("\n\r")),
    )
    width = draw(st.integers(1, 3))
    return f"{head}{','.join('abc'[:width])}{end}{text}".encode()


@settings(max_examples=400, deadline=None)
@given(st.data(), MADE, st.integers(5, 70), st.integers(1, 90), st.booleans())
def test_in_windows_a_csv_gives_what_the_whole_file_gives(
    folder: Path, data: st.DataObject, text: str, step: int, batch_bytes: int, packed: bool
) -> None:
    content = written(data.draw, text)
    path = put(folder, gzip.compress(content, mtime=0) if packed else content)
    expected = story(path, batch_bytes=batch_bytes)
    with steps_of(step):
        assert story(path, batch_bytes=batch_bytes, once=True) == expected


@settings(max_examples=300, deadline=None)
@given(OCTETS, st.integers(5, 12))
def test_in_steps_bytes_are_refused_as_they_are_whole(folder: Path, octets: bytes, step: int) -> None:
    path = put(folder, b"a,b\n" + octets)
    expected = story(path)
    assert isinstance(expected, str) is (0 in octets or not is_text(octets))
    with steps_of(step):
        assert story(path, once=True) == expected


def is_text(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("damage", ["cut off", "corrupt", "too large", "text after it"])
def test_in_windows_a_bad_gzip_file_is_refused_as_it_is_whole(folder: Path, damage: str) -> None:
    packed = gzip.compress(b"a,b\n" + os.urandom(400).hex().encode() * 50)
    content = {
        "cut off": packed[:-9], "corrupt": packed[:200] + bytes(99) + packed[299:], "too large": packed,
        "text after it": packed + b"more",
    }[damage]  # fmt: skip
    path, most = put(folder, content), 20_000 if damage == "too large" else 1 << 20
    expected = story(path, max_unpacked_bytes=most)
    assert isinstance(expected, str)
    with steps_of(100):
        assert story(path, max_unpacked_bytes=most, once=True) == expected


@pytest.mark.parametrize("group", [7, 1_000])
def test_in_windows_parquet_gives_what_the_whole_file_gives(folder: Path, group: int) -> None:
    table = pa.table({"a": [str(i) for i in range(500)], "b": [i / 4 for i in range(500)]})
    pq.write_table(table, folder / "log", row_group_size=group)
    expected = story(folder / "log", batch_bytes=9_000)
    assert len(expected[2]) == 500
    assert story(folder / "log", batch_bytes=9_000, once=True) == expected
    content = (folder / "log").read_bytes()
    for size in (9, 100, len(content) - 4):
        path = put(folder, content[:size])
        assert story(path, once=True) == story(path) == f"{path}: {CORRUPT}"


CORRUPT = "the Parquet file is corrupt or cut off; export it again"


def big(folder: Path, form: str) -> Path:
    """Files of 3 MB and more, one with damage, whose every part is needed."""
    chance = random.Random(5)
    rows = [f'{i},"{chance.random()}"' + ',x"' * (i % 97 == 0) for i in range(120_000)]
    text = "\n".join(["a,b", *rows]).encode()
    path = folder / form
    if form == "parquet":
        cells = [str(chance.random()) for _ in range(200_000)]
        table = pa.table({"a": cells, "b": cells[::-1]})
        pq.write_table(table, path, data_page_size=1 << 12, use_dictionary=False, compression=None)
    else:
        path.write_bytes(gzip.compress(text, 1) if form == "gzip" else text)
    return path


@pytest.mark.parametrize("form", ["csv", "gzip", "parquet"])
def test_no_read_of_a_log_asks_for_more_than_a_window(
    folder: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, window, asked = big(folder, form), 1 << 16, []
    size, pread = path.stat().st_size, os.pread

    def spy(number: int, count: int, offset: int) -> bytes:
        asked.append(count)
        return pread(number, count, offset)

    monkeypatch.setattr(os, "pread", spy)
    monkeypatch.setattr(dialect, "MAX_HEADER_BYTES", window)
    monkeypatch.setattr("leadscore.pipeline.held_rows.STEP", window)
    with steps_of(window):
        log = open_export(path, ["a", "b"], batch_bytes=window, once=True)
        events = sum(len(batch.lines) for batch in log.batches(["a", "b"])) + log.damaged
    assert events == (200_000 if form == "parquet" else 120_000)
    assert sum(asked) > size > 20 * window
    assert max(asked) <= 2 * window


def test_a_stray_quote_does_not_bring_the_rest_of_a_log_into_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = b"2,y\n" * 9_000
    path = put(folder, b'a,b\n1,"x\n' + rest + b'3,"z"\n4,"' + rest[:900] + b'"\n')
    expected = story(path, batch_bytes=500)
    assert (len(expected[2]), [(aside.line, aside.reason) for aside in expected[3]]) == (
        9_002,
        [(2, "quote is never closed")],
    )
    asked, pread = [], os.pread

    def spy(number: int, count: int, offset: int) -> bytes:
        asked.append(count)
        return pread(number, count, offset)

    monkeypatch.setattr(os, "pread", spy)
    monkeypatch.setattr(spans, "LONGEST", 1_500)
    monkeypatch.setattr(dialect, "MAX_HEADER_BYTES", 1_500)
    monkeypatch.setattr(dialect, "HEAD_BYTES", 1_500)
    with steps_of(1_500):
        assert story(path, batch_bytes=500, once=True) == expected
    assert max(asked) <= 4_000


# --- the bytes themselves ------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.binary(max_size=50), st.integers(0, 60), st.integers(0, 60), st.integers(5, 20))
def test_the_bytes_of_a_file_answer_as_bytes_do(
    folder: Path, content: bytes, start: int, stop: int, step: int
) -> None:
    octets = open_source(put(folder, content))
    stop = min(stop, len(content))
    assert (len(octets), octets[start:stop], octets.read()) == (len(content), content[start:stop], content)
    with steps_of(step):
        for byte in {0, 10, *content[:5]}:
            assert octets.find(byte, start, stop) == content.find(byte, start, stop)
            assert octets.rfind(byte, start, stop) == content.rfind(byte, start, stop)
            assert octets.count(byte, start, stop) == content.count(byte, start, stop)
    assert all(octets[place] == content[place] for place in range(len(content)))
    assert octets.startswith((b"x", content[:9]))


def test_a_read_that_gives_less_than_was_asked_for_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets, pread = open_source(put(folder, b"0123456789")), os.pread
    monkeypatch.setattr(os, "pread", lambda number, count, offset: pread(number, count // 2 + 1, offset))
    assert octets[1:9] == b"12345678"


def longer(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"3,4\n")


def shorter(path: Path) -> None:
    os.truncate(path, 6)


def newer(path: Path) -> None:
    os.utime(path, ns=(0, 0))


@pytest.mark.parametrize("change", [longer, shorter, newer])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_log_that_changes_between_two_looks_is_refused(
    folder: Path, form: str, change: Callable[[Path], None]
) -> None:
    path = folder / "changing"
    if form == "parquet":
        pq.write_table(pa.table({"a": ["1"], "b": ["2"]}), path)
    else:
        path.write_bytes(b"a,b\n1,2\n")
    log = open_export(path, ["a"], once=True)
    change(path)
    with pytest.raises(InputError, match="changed while it was read; wait until the export is finished"):
        list(log.batches(["a"]))


def test_a_log_replaced_by_another_is_still_read_as_it_was(folder: Path) -> None:
    path = put(folder, b"a,b\n1,2\n")
    log = open_export(path, ["a"], once=True)
    path.unlink()
    put(folder, b"a,b\n9,9\n9,9\n")
    assert [batch.leads["a"].tolist() for batch in log.batches(["a"])] == [["1"]]


def test_where_there_is_no_room_to_unpack_the_message_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(InputError, match="cannot be unpacked: No space left on device; let TMPDIR name"):
        open_export(put(folder, gzip.compress(b"a,b\n")), [], once=True)


OPEN_FILES = Path("/proc/self/fd")


def open_below(folder: Path) -> Iterator[str]:
    """What this process has open below a folder, named or not."""
    for entry in OPEN_FILES.iterdir() if OPEN_FILES.exists() else ():
        with suppress(OSError):  # what the listing itself was read from is closed by now
            if (name := str(entry.readlink())).startswith(str(folder)):
                yield name


def test_what_a_log_is_unpacked_to_has_no_name_and_goes_with_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    log: Export | None = open_export(put(folder, gzip.compress(b"a\n1\n")), [], once=True)
    assert list(tmp_path.iterdir()) == []
    assert log is not None
    assert log.digest  # what makes it holds the file until it is done
    assert len(list(open_below(tmp_path))) == (1 if OPEN_FILES.exists() else 0)
    del log
    assert list(open_below(tmp_path)) == []


def test_of_very_many_damaged_lines_only_the_first_are_kept_and_all_are_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_csv, "LISTED", 5)
    log = open_export(put(folder, b"a,b\n" + b"1\n2,3\n" * 20), ["a"], once=True, batch_bytes=16)
    for _ in range(2):
        assert sum(len(batch.lines) for batch in log.batches(["a"])) == 20
        assert ([aside.line for aside in log.set_aside], log.damaged) == ([2, 4, 6, 8, 10], 20)


def test_a_log_keeps_no_place_of_its_events(folder: Path) -> None:
    path = put(folder, b"a,b\n" + b"1,2\n" * 99)
    log: Any = open_export(path, ["a"], once=True)
    assert isinstance(log._data, FileBytes)
    list(log.batches(["a"]))
    assert log._lines is None
