"""read_csv: a CSV export -> batches of leads as text, and any lead's original bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from leadscore.errors import InputError, Problem
from leadscore.fields import FieldType
from leadscore.pipeline.dialect import Header
from leadscore.pipeline.endings import LeadTable, layout_of
from leadscore.pipeline.export import BATCH_BYTES, LISTED, Batch, SetAside, to_frame, unique_names
from leadscore.pipeline.scan import Layout
from leadscore.pipeline.source import FileBytes, Octets, view
from leadscore.pipeline.spacing import close_gaps, close_gaps_in
from leadscore.pipeline.spans import FIRST_WINDOW, Span, distrust_between, scan_spans

Places = NDArray[np.int64]
NOWHERE: Places = np.zeros(0, np.int64)


class CsvExport:
    """A CSV export. Knows of each lead read where it begins and ends, so that its line can be taken again.

    Of bytes that are not in memory it keeps nothing but the first LISTED lines set aside.
    """

    def __init__(
        self,
        path: Path,
        data: Octets,
        head: Header,
        *,
        digest: str = "",
        size: int = 0,
        batch_bytes: int = BATCH_BYTES,
    ) -> None:
        self.path, self.digest, self.size = path, digest, size
        self.header, self.dialect = head.line, head.dialect
        self.columns, renamed = unique_names(head.names)
        self.notes = [*head.notes, *renamed]
        self.repeated = frozenset(name for name in head.names if head.names.count(name) > 1)
        self.kinds: Mapping[str, FieldType] = {}
        self.set_aside: list[SetAside] = []
        self.damaged = 0
        self._data, self._head, self._batch_bytes = data, head, batch_bytes
        layout = layout_of(head)
        self._starts, self._stops = [NOWHERE], [NOWHERE]
        self._extra = _has_empty_extra_cell(data, head.start, layout)
        self._layout = replace(layout, fields=layout.fields + self._extra)
        self._table = LeadTable(data, head, self._layout)
        if self._extra:
            self.notes.append("an empty extra column on all rows was ignored")

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The leads in file order; damaged lines go to `set_aside`."""
        missing = [name for name in columns if name not in self.columns]
        if missing:
            raise InputError(
                [Problem(str(self.path), 1, key=name, what="no such column") for name in missing]
            )
        self.set_aside.clear()
        self.damaged = 0
        self._starts, self._stops = [NOWHERE], [NOWHERE]
        return self._read_batches(columns)

    def take_lines(self, rows: NDArray[np.int64]) -> pa.LargeBinaryArray:
        """Original bytes of leads number `rows` (0-based, once read), each with the header's line end.

        An ignored empty extra cell is left out: readers shift the columns of a row longer than its header.
        So is the space after each separator of a spaced file: most readers take it for a part of the cell.
        """
        places = np.column_stack((np.concatenate(self._starts), np.concatenate(self._stops))).ravel()
        # Lead, gap, lead, gap: line ends, blank and damaged lines lie in the gaps.
        buffers = [None, pa.py_buffer(places), pa.py_buffer(self._data)]
        parts = pa.LargeBinaryArray.from_buffers(pa.large_binary(), max(places.size - 1, 0), buffers)
        line_end = pa.scalar(self.dialect.line_end.encode(), pa.large_binary())
        taken = parts.take(pa.array(np.asarray(rows, np.int64) * 2))
        lines = pc.binary_join_element_wise(taken, line_end, pa.scalar(b"", pa.large_binary()))
        return close_gaps_in(lines, ord(self.dialect.delimiter)) if self.dialect.spaced else lines

    def take_rows(self, rows: NDArray[np.int64]) -> pa.Table:
        """Leads number `rows` (0-based, once they are read), all columns, as text."""
        wanted, place = np.unique(np.asarray(rows, np.int64), return_inverse=True)
        if not wanted.size:
            return pa.table({name: pa.array([], pa.large_string()) for name in self.columns})
        starts, stops = np.concatenate(self._starts)[wanted], np.concatenate(self._stops)[wanted]
        table = self._parse(starts, stops + self._extra, True, self.columns)
        return table.take(pa.array(place.ravel()))

    def _read_batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        count = 0
        for span in self._table.spans(self._batch_bytes):
            distrust_between(span, self._data, self._layout)
            starts, stops = np.concatenate(span.starts), np.concatenate(span.stops)
            if not isinstance(self._data, FileBytes):
                self._starts.append(starts)
                self._stops.append(stops - self._extra)
            self._set_aside(span)
            if starts.size:
                table = self._parse(starts, stops, span.multiline, columns)
                yield Batch(to_frame(table, columns), count, np.concatenate(span.lines) + 1)
                count += starts.size
        self.notes += [note for note in self._table.notes if note not in self.notes]
        if not count:
            empty = pa.table({name: pa.array([], pa.large_string()) for name in dict.fromkeys(columns)})
            yield Batch(to_frame(empty, columns), 0, NOWHERE)

    def _set_aside(self, span: Span) -> None:
        room = LISTED - len(self.set_aside) if isinstance(self._data, FileBytes) else len(span.damage)
        for damage in sorted(span.damage, key=lambda damage: damage.start)[:room]:
            text = bytes(self._data[damage.start : damage.stop])
            self.set_aside.append(SetAside(damage.line + 1, damage.reason, text))
        self.damaged += len(span.damage)

    def _parse(self, starts: Places, stops: Places, multiline: bool, columns: Sequence[str]) -> pa.Table:
        """Cells of records whose structure is verified. Arrow's messages quote cells, so none gets out."""
        if not columns:
            return pa.table({"": pa.nulls(starts.size, pa.large_string())})
        names = [*self.columns, *(["extra cell"] * self._extra)]
        keys = [str(i) for i in range(len(names))]
        asked = [str(self.columns.index(name)) for name in dict.fromkeys(columns)]
        longest = int((stops - starts).max())
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(self._sound_bytes(starts, stops)),
                pyarrow.csv.ReadOptions(column_names=keys, block_size=max(1 << 20, 2 * longest)),
                pyarrow.csv.ParseOptions(delimiter=self.dialect.delimiter, newlines_in_values=multiline),
                pyarrow.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict.fromkeys(asked, pa.large_string()),
                    null_values=[],
                    strings_can_be_null=False,
                    include_columns=asked,
                ),
            )
        except pa.ArrowInvalid:
            raise RuntimeError("the CSV parser refused lines the scan found sound") from None
        if table.num_rows != starts.size:
            raise RuntimeError(f"the scan found {starts.size} leads, the CSV parser {table.num_rows}")
        return table.rename_columns(list(dict.fromkeys(columns)))

    def _sound_bytes(self, starts: Places, stops: Places) -> pa.Buffer:
        """The records' bytes; without a copy unless something lies between them."""
        first = int(starts[0])
        octets = view(self._data, first, int(stops[-1]))
        cuts = np.flatnonzero(starts[1:] - stops[:-1] > 2)
        begins, ends = starts[np.append(0, cuts + 1)], stops[np.append(cuts, stops.size - 1)]
        bounds = zip((begins - first).tolist(), (ends - first).tolist(), strict=True)
        pieces = [octets[begin:end] for begin, end in bounds]
        if bytes(pieces[0][:3]) == b"\xef\xbb\xbf":  # a cell's own U+FEFF, which Arrow would take for a BOM
            pieces.insert(0, memoryview(b""))
        sound = pieces[0] if len(pieces) == 1 else b"\n".join(pieces)
        return pa.py_buffer(close_gaps(sound, ord(self.dialect.delimiter)) if self.dialect.spaced else sound)


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
