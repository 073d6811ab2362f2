"""sheet_table: the rows of a sheet -> its header, and the leads below it as text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from leadscore.model.input import Input
from leadscore.pipeline.dialect import LEAST
from leadscore.pipeline.export import unique_names
from leadscore.pipeline.header import HEAD_LINES
from leadscore.pipeline.sheet_texts import EXACT, text_of
from leadscore.pipeline.source import refused

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_TEXT = pa.large_string()
_BLOCK = 20_000
"""Rows that are in memory as Python's own objects at a time."""


class SheetTable:
    """The table of a sheet: its header, and the rows below that hold anything."""

    def __init__(self, sheet: CalamineSheet, path: Path, wanted: Collection[str], declared: Input) -> None:
        self.lines: list[int] = []
        self._first = sheet.start[1] if sheet.start else 0
        self._rows = (
            (line, row) for line, row in enumerate(sheet.iter_rows(), 1) if any(x != "" for x in row)
        )
        head = list(islice(self._rows, HEAD_LINES))
        place = _find_header(head, wanted, declared.header_line, path)
        self.header_line, cells = head[place]
        self._head = head[place + 1 :]
        self.names = [text_of(cell) for cell in cells]
        given, self.notes = unique_names(self.names)
        self.repeated = frozenset(name for name in self.names if self.names.count(name) > 1)
        if place:
            self.notes.append(f"header in row {self.header_line:,}; what stands before it was left out")
        self.columns = [(name.strip() and name) or self._letter(at) for at, name in enumerate(given)]
        self.long = np.zeros(len(self.columns), np.int64)

    def tables(self) -> Iterator[pa.Table]:
        """The leads as text, a block at a time, one at least."""
        yield self._table([])
        block = [*self._head, *islice(self._rows, _BLOCK)]
        while block:
            yield self._table(block)
            block = list(islice(self._rows, _BLOCK))

    def _table(self, block: list[tuple[int, list[Any]]]) -> pa.Table:
        self.lines += [line for line, _ in block]
        columns = zip(*(row for _, row in block), strict=True) if block else [()] * len(self.columns)
        return pa.table([self._cells(at, cells) for at, cells in enumerate(columns)], self.columns)

    def _cells(self, place: int, cells: Sequence[Any]) -> pa.Array:
        if set(map(type, cells)) - {str}:
            self.long[place] += sum(type(cell) is float and abs(cell) >= EXACT for cell in cells)
            cells = list(map(text_of, cells))
        return pa.array(cells, _TEXT)

    def _letter(self, place: int) -> str:
        place, letters = self._first + place + 1, ""
        while place:
            place, last = divmod(place - 1, 26)
            letters = chr(ord("A") + last) + letters
        return f"column {letters}"


def _find_header(
    head: Sequence[tuple[int, list[Any]]], wanted: Collection[str], declared: int | None, path: Path
) -> int:
    """The place of the row with most of the wanted columns, of the declared one, else of the first."""
    if not head:
        raise refused(path, "the sheet is empty", hint="name another one: input: {sheet: NAME}")
    if declared is not None:
        lines = [line for line, _ in head]
        if declared not in lines:
            what = f"row {declared:,} holds nothing or is far down, the config says it is the header"
            raise refused(path, what, declared, "correct input.header_line in the config")
        return lines.index(declared)
    names = {name.strip().casefold() for name in wanted}
    found = [len(names & {text_of(cell).strip().casefold() for cell in row}) for _, row in head]
    return found.index(max(found)) if max(found) >= LEAST else 0
