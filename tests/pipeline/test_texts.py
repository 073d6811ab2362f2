"""test_texts: whatever a column holds and however it is kept, its cells are those written one by one."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, strategies as st

from leadscore.pipeline import texts as module
from leadscore.pipeline.coded import TEXT
from leadscore.pipeline.export import Dialect
from leadscore.pipeline.texts import CellTexts, write_points, write_whole
from leadscore.points import format_points

WORDS = st.text(st.sampled_from("ab1+-=@ ,;|\"'\t\r\n.é"), max_size=6)
DIALECTS = st.builds(
    Dialect, format=st.just("csv"), delimiter=st.sampled_from(",;\t|"), quote_all=st.booleans()
)
POINTS = st.integers(-10_000, 10_000) | st.integers(-(10**13), 10**13)
HARMLESS = re.compile(r"[+-]?[0-9]+([.,' ][0-9]+)*([eE][+-]?[0-9]+)?%?|\+[0-9(][0-9 ()./-]*[0-9)]")


def is_live(text: str) -> bool:
    return text[:1] in tuple("=@+-\t\r\n") and not HARMLESS.fullmatch(text)


def cell(text: str, dialect: Dialect, guard: bool) -> str:
    """One cell, written the plain way."""
    text = "'" + text if guard and is_live(text) else text
    quoted = dialect.quote_all or any(mark in text for mark in ("\r", "\n", '"', dialect.delimiter))
    return '"' + text.replace('"', '""') + '"' if quoted else text


def in_blocks(cells: CellTexts, values: pd.Series, size: int) -> list[str]:
    blocks = [values.iloc[first : first + size] for first in range(0, len(values), size)]
    return [text for block in blocks for text in cells.make("column", block).to_pylist()]


@given(
    words=st.lists(st.none() | WORDS, max_size=12),
    dialect=DIALECTS,
    guard=st.booleans(),
    size=st.integers(1, 5),
    as_category=st.booleans(),
)
@example(["", "=1", "", None], Dialect("csv"), True, 4, False)
@example(["-", "a,b", None, "=x"], Dialect("csv"), True, 1, True)
def test_texts_are_disarmed_quoted_and_counted_one_by_one(
    words: list[str | None], dialect: Dialect, guard: bool, size: int, as_category: bool
) -> None:
    values = pd.Series(pd.array(words, dtype=TEXT))
    cells = CellTexts(dialect, guard)
    made = in_blocks(cells, values.astype("category") if as_category else values, size)
    assert made == [cell(word or "", dialect, guard) for word in words]
    assert cells.disarmed == sum(guard and is_live(word or "") for word in words)


@given(points=st.lists(st.none() | POINTS, max_size=12), dialect=DIALECTS, size=st.integers(1, 5))
@example([0, 65_535, 65_536, -1], Dialect("csv"), 1)
def test_points_are_written_as_everywhere_else(points: list[int | None], dialect: Dialect, size: int) -> None:
    expected = [cell("" if each is None else format_points(each), dialect, False) for each in points]
    nullable = pd.Series(pd.array(points, dtype="Int64"))
    assert in_blocks(CellTexts(dialect, True), nullable, size) == expected
    if None not in points:
        numbers = pd.Series(np.array(points, dtype=np.int64))
        assert in_blocks(CellTexts(dialect, True), numbers, size) == expected


@given(points=st.lists(POINTS))
def test_points_have_two_decimals_at_most_and_none_that_is_nought(points: list[int]) -> None:
    written = write_points(np.array(points, dtype=np.int64)).to_pylist()
    assert written == [format_points(each) for each in points]


@pytest.mark.parametrize(
    ("hundredths", "text"),
    [(0, "0"), (8350, "83.5"), (-1500, "-15"), (-5, "-0.05"), (101, "1.01"), (-99, "-0.99")],
)
def test_points_read_as_a_person_writes_them(hundredths: int, text: str) -> None:
    assert write_points(np.array([hundredths])).to_pylist() == [text]


def test_a_rank_is_a_whole_number() -> None:
    cells = CellTexts(Dialect("csv", quote_all=True), True)
    assert cells.make("rank", pd.Series([1, 20, 300])).to_pylist() == ['"1"', '"20"', '"300"']
    assert write_whole(np.array([7, -7])).to_pylist() == ["7", "-7"]


def test_categories_of_another_frame_are_not_mixed_up() -> None:
    cells = CellTexts(Dialect("csv"), True)
    for words in (["a", "b"], ["b", "=a"], ["c"]):
        values = pd.Series(pd.array(words, dtype=TEXT)).astype("category")
        assert cells.make("tier", values).to_pylist() == [cell(word, cells.dialect, True) for word in words]
    assert cells.disarmed == 1


def test_a_value_is_written_once_however_many_blocks_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def write(numbers: Any) -> pa.Array:
        asked.extend(numbers.tolist())
        return write_points(numbers)

    monkeypatch.setattr(module, "write_points", write)
    values = pd.Series([3, 1, 2] * 100, dtype=np.int32)
    in_blocks(CellTexts(Dialect("csv"), True), values, 30)
    assert sorted(asked) == [0, 1, 2, 3]


def test_numbers_that_were_typed_ones_are_not_disarmed() -> None:
    cells = CellTexts(Dialect("csv", delimiter=";"), True)
    assert cells.finish(pa.array(["-inf", "1;2", None], pa.large_string()), False).to_pylist() == [
        "-inf",
        '"1;2"',
        "",
    ]
    assert cells.disarmed == 0
