"""read_csv: a CSV export -> batches of leads as text, and any lead's original bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leadscore.errors import InputError, Problem
from leadscore.fields import FieldType
from leadscore.pipeline.ahead import ahead
from leadscore.pipeline.cache import Recall
from leadscore.pipeline.dialect import Header
from leadscore.pipeline.endings import LeadTable, layout_of
from leadscore.pipeline.export import BATCH_BYTES, LISTED, Batch, SetAside, to_frame, unique_names
from leadscore.pipeline.file_digest import Digest
from leadscore.pipeline.lines import Lines
from leadscore.pipeline.quoting import NOWHERE
from leadscore.pipeline.records import Parser, Records, repeats
from leadscore.pipeline.scan import Layout
from leadscore.pipeline.source import Octets, view
from leadscore.pipeline.spans import FIRST_WINDOW, Damage, distrust_between, scan_spans

Places = NDArray[np.int64]


class CsvExport:
    """A CSV export. Knows of each lead read where its line is, so that it can be taken again.

    If it is read but ``once`` it keeps nothing but the first LISTED lines set aside.
    """

    def __init__(
        self,
        path: Path,
        data: Octets,
        head: Header,
        *,
        digest: Digest | None = None,
        size: int = 0,
        batch_bytes: int = BATCH_BYTES,
        once: bool = False,
    ) -> None:
        self.path, self.size, self._digest = path, size, digest
        self.header, self.dialect = head.line, head.dialect
        self.columns, renamed = unique_names(head.names)
        self.notes = [*head.notes, *renamed]
        self.repeated = frozenset(name for name in head.names if head.names.count(name) > 1)
        self.kinds: Mapping[str, FieldType] = {}
        self.set_aside: list[SetAside] = []
        self.damaged = 0
        self._data, self._head, self._batch_bytes = data, head, batch_bytes
        layout = layout_of(head)
        self._lines = None if once else Lines(data, layout, head.dialect.line_end)
        self._multiline = False
        self._extra = _has_empty_extra_cell(data, head.start, layout)
        self._layout = replace(layout, fields=layout.fields + self._extra)
        self._table = LeadTable(data, head, self._layout)
        self._parser = Parser(self.columns, self._layout, guard=not once)
        self.recall: Recall | None = None
        self._reading = f"{head} {self._layout} {batch_bytes}"
        if self._extra:
            self.notes.append("an empty extra column on all rows was ignored")

    @property
    def digest(self) -> str:
        """The sha256 of the file's bytes, hex; waits for it."""
        return self._digest.hex if self._digest is not None else ""

    def batches(self, columns: Sequence[str], coded: bool = False) -> Iterator[Batch]:
        """The leads in file order; damaged lines go to `set_aside`.

        `coded`: text that repeats as a category instead of "str".
        """
        missing = [name for name in columns if name not in self.columns]
        if missing:
            raise InputError(
                [Problem(str(self.path), 1, key=name, what="no such column") for name in missing]
            )
        self.set_aside.clear()
        self.damaged = 0
        self._multiline = False
        if self._lines is not None:
            self._lines.forget()
        return self._read_batches(columns, coded)

    def hold(self, rows: NDArray[np.int64], guard: bool = False) -> None:
        """Get ready to give the lines of these leads (0-based, once read): the file is read once for all."""
        self._known_lines.hold(rows, guard)

    def expect(self, rows: NDArray[np.int64], guard: bool = False) -> None:
        """These are held next: their lines are read meanwhile."""
        self._known_lines.expect(rows, guard)

    def take_lines(self, rows: NDArray[np.int64], guard: bool = False) -> tuple[pa.LargeBinaryArray, int]:
        """Original bytes of leads number `rows`, each with the header's line end.

        With `guard` the cells that a spreadsheet would run are disarmed; also gives how many were.
        An ignored empty extra cell is left out: readers shift the columns of a row longer than its header.
        """
        return self._known_lines.take(rows, guard)

    def take_rows(self, rows: NDArray[np.int64]) -> pa.Table:
        """Leads number `rows` (0-based, once they are read), all columns, as text."""
        lines, _ = self.take_lines(rows)
        if not len(lines):
            return self._parser.no_records(self.columns).cells
        return self._parser.parse_lines(lines, self._multiline, self.columns)

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns: all of them text."""
        return pa.schema([(name, pa.large_string()) for name in self.columns])

    @property
    def _known_lines(self) -> Lines:
        assert self._lines is not None, "of an export that is read but once no line is kept"
        return self._lines

    def _read_batches(self, columns: Sequence[str], coded: bool) -> Iterator[Batch]:
        count = 0
        for records in self._records(columns, coded):
            if self._lines is not None:
                self._lines.add(records.starts, records.stops - self._extra, records.live)
            self._multiline |= records.multiline
            self._set_aside(records.damage)
            self.notes += [note for note in records.notes if note not in self.notes]
            if records.starts.size:
                count += records.starts.size
                first, share = count - len(records.lines), int(records.stops[-1]) / len(self._data)
                yield Batch(to_frame(records.cells, columns), first, records.lines + 1, share=share)
            del records  # or it would be in memory until the next one is read
        if not count:
            yield Batch(to_frame(self._parser.no_records(columns).cells, columns), 0, NOWHERE)

    def _records(self, columns: Sequence[str], coded: bool) -> Iterator[Records]:
        if self.recall is None:
            return self._scan(columns, coded)
        fresh = self._scan(self.recall.wanted(self._reading, columns), coded)
        return self.recall.records(self._reading, columns, coded, fresh)

    def _scan(self, columns: Sequence[str], coded: bool) -> Iterator[Records]:
        repeating = set(columns) if coded else set()
        for span in ahead(self._table.spans(self._batch_bytes), 1):
            distrust_between(span, self._data, self._layout)
            records = self._parser.parse_span(self._data, span, columns, repeating, self._extra)
            repeating = {name for name in repeating if repeats(records.cells.column(name))}
            yield records
            del span, records
        yield replace(self._parser.no_records(columns), notes=self._table.notes)

    def _set_aside(self, found: list[Damage]) -> None:
        room = len(found) if self._lines is not None else LISTED - len(self.set_aside)
        for damage in sorted(found, key=lambda damage: damage.start)[:room]:
            text = bytes(self._data[damage.start : damage.stop])
            self.set_aside.append(SetAside(damage.line + 1, damage.reason, text))
        self.damaged += len(found)


def _has_empty_extra_cell(data: Octets, start: int, layout: Layout) -> bool:
    """Every row ends in one delimiter too many. A single row without it, and none is accepted."""
    wider = replace(layout, fields=layout.fields + 1)
    found = False
    for span in scan_spans(data, start, 0, wider, FIRST_WINDOW):
        if any(damage.fields == layout.fields for damage in span.damage):
            return False
        stops = np.concatenate(span.stops)
        if stops.size:
            found, first = True, int(stops[0])
            octets = np.frombuffer(view(data, first - 1, int(stops[-1])), np.uint8)
            if (octets[stops - first] != layout.delimiter).any():
                return False
    return found
