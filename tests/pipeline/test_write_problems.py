"""test_write_problems: what could not be read comes back as it was, as rows any CSV reader takes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline.export import SetAside
from leadscore.pipeline.publish import Stage
from leadscore.pipeline.write_problems import write_log_problems, write_set_aside, write_unreadable

LINES = [
    SetAside(3, "1 field, the header has 2", b'a "b",c', "one.csv"),
    SetAside(7, "a lone CR", b"x", "two.csv"),
]
CELLS = [("one.csv", 2, "visits", "not a number"), ("two.csv", 9, "a,b", "not a date")]


def written(folder: Path, write: Callable[[Stage], None]) -> tuple[str, bytes]:
    """The one file that is written, and that its rows are counted."""
    stage = Stage(folder, folder)
    write(stage)
    ((name, about),) = stage.files.items()
    content = (folder / name).read_bytes()
    assert about["rows"] == len(rows_of(content)) - 1
    return name, content


def rows_of(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8", "surrogateescape")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_lines_set_aside_are_listed_with_their_place_and_reason(tmp_path: Path) -> None:
    assert written(tmp_path, lambda stage: write_set_aside(stage, LINES, True)) == (
        "set_aside.csv",
        b'line,reason,text\n3,"1 field, the header has 2","a ""b"",c"\n7,a lone CR,x\n',
    )


def test_of_several_files_each_line_says_which(tmp_path: Path) -> None:
    _, content = written(tmp_path, lambda stage: write_set_aside(stage, LINES, True, several=True))
    assert rows_of(content)[0] == ["file", "line", "reason", "text"]
    assert [row[:2] for row in rows_of(content)[1:]] == [["one.csv", "3"], ["two.csv", "7"]]


@pytest.mark.parametrize(("several", "first"), [(False, 1), (True, 0)])
def test_unreadable_cells_are_listed_by_place_without_their_value(
    tmp_path: Path, several: bool, first: int
) -> None:
    name, content = written(tmp_path, lambda stage: write_unreadable(stage, CELLS, several))
    assert name == "unreadable.csv"
    assert rows_of(content) == [
        ["file", "line", "column", "reason"][first:],
        ["one.csv", "2", "visits", "not a number"][first:],
        ["two.csv", "9", "a,b", "not a date"][first:],
    ]


def test_where_nothing_was_wrong_there_is_the_header_alone(tmp_path: Path) -> None:
    assert written(tmp_path, lambda stage: write_set_aside(stage, [], True))[1] == b"line,reason,text\n"


def test_a_column_that_a_spreadsheet_would_run_is_always_disarmed(tmp_path: Path) -> None:
    _, content = written(tmp_path, lambda stage: write_unreadable(stage, [("", 2, "=x", "not a number")]))
    assert rows_of(content)[1] == ["2", "'=x", "not a number"]


@pytest.mark.parametrize(("guard", "text"), [(True, "'=1+1"), (False, "=1+1")])
def test_lines_and_logs_are_disarmed_unless_the_config_says_not_to(
    tmp_path: Path, guard: bool, text: str
) -> None:
    lines = [SetAside(2, "a lone CR", b"=1+1")]
    assert rows_of(written(tmp_path, lambda stage: write_set_aside(stage, lines, guard))[1])[1][2] == text
    (tmp_path / "set_aside.csv").unlink()
    rows = [("log.csv", "2", "", "a lone CR", "=1+1")]
    name, content = written(tmp_path, lambda stage: write_log_problems(stage, rows, guard))
    assert (name, rows_of(content)) == (
        "events_set_aside.csv",
        [["file", "line", "column", "reason", "text"], ["log.csv", "2", "", "a lone CR", text]],
    )


@given(st.lists(st.binary(max_size=12), max_size=5))
def test_every_byte_of_a_line_comes_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("stage")
    lines = [SetAside(place, "broken", text) for place, text in enumerate(texts)]
    _, content = written(folder, lambda stage: write_set_aside(stage, lines, False))
    assert [row[2].encode("utf-8", "surrogateescape") for row in rows_of(content)[1:]] == texts
