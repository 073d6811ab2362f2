"""records: the sound records of some bytes of a CSV file -> their cells as text, in columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.csv

from leadscore.pipeline.buffers import offsets_of
from leadscore.pipeline.guard import NO_LIVE, Live, find_live
from leadscore.pipeline.quoting import NOWHERE, Layout, Places
from leadscore.pipeline.source import Octets, view
from leadscore.pipeline.spacing import close_gaps
from leadscore.pipeline.spans import Damage, Span

TEXT = pa.large_string()
BOM = b"\xef\xbb\xbf"
CODES = pa.dictionary(pa.int32(), TEXT)


@dataclass(frozen=True)
class Records:
    """The records of one batch: where each stands, and the cells of the columns that were asked for."""

    starts: Places
    stops: Places
    lines: Places  # physical, 0 is the first
    damage: list[Damage]
    multiline: bool
    cells: pa.Table  # by column name; TEXT, or CODES where a text repeats
    live: Live  # cells that a spreadsheet would run
    notes: Sequence[str] = ()  # what is to be said of the file, once it is known


def repeats(cells: pa.ChunkedArray) -> bool:
    """Whether texts are worth their codes: half of the records or more have one that another has."""
    if not pa.types.is_dictionary(cells.type):
        return False
    return all(2 * len(chunk.dictionary) <= len(chunk) for chunk in cells.chunks)


@dataclass(frozen=True)
class Parser:
    """How the cells of records are told apart."""

    columns: tuple[str, ...]
    layout: Layout
    guard: bool = True  # whether to look for live cells

    def parse_span(
        self, data: Octets, span: Span, columns: Sequence[str], coded: Collection[str], extra: int
    ) -> Records:
        """The records of a span. ``extra``: cells at the end of each that belong to no column."""
        starts, stops, lines = (np.concatenate(part) for part in (span.starts, span.stops, span.lines))
        if not starts.size:
            return replace(self.no_records(columns), damage=span.damage, multiline=span.multiline)
        octets, places = self._sound_bytes(data, starts, stops)
        longest = int((stops - starts).max())
        cells = self.parse(octets, starts.size, longest, span.multiline, columns, extra, coded)
        live = find_live(octets, places, self.layout) if self.guard else NO_LIVE
        return Records(starts, stops, lines, span.damage, span.multiline, cells, live)

    def no_records(self, columns: Sequence[str]) -> Records:
        """The columns without any."""
        cells = pa.table({name: pa.array([], TEXT) for name in dict.fromkeys(columns)})
        return Records(NOWHERE, NOWHERE, NOWHERE, [], False, cells, NO_LIVE)

    def parse_lines(self, lines: pa.LargeBinaryArray, multiline: bool, columns: Sequence[str]) -> pa.Table:
        """Lines with their ends, without gaps and extra cells, in columns."""
        offsets = offsets_of(lines)
        octets, _ = _joined([memoryview(lines.buffers()[2])[: offsets[-1]]], b"")
        return self.parse(octets, len(lines), int(np.diff(offsets).max()), multiline, columns)

    def parse(
        self, octets: pa.Buffer, count: int, longest: int, multiline: bool, columns: Sequence[str],
        extra: int = 0, coded: Collection[str] = (),
    ) -> pa.Table:  # fmt: skip
        """Cells of records whose structure is verified. Arrow's messages quote cells, so none gets out."""
        if not columns:
            return pa.table({"": pa.nulls(count, TEXT)})
        names = [*self.columns, *(["extra cell"] * extra)]
        keys = [str(i) for i in range(len(names))]
        asked = {str(self.columns.index(name)): name for name in dict.fromkeys(columns)}
        kinds = {key: CODES if name in coded else TEXT for key, name in asked.items()}
        block = max(1 << 20, 2 * longest)
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(octets),
                # The processors are busy: others read what follows and score what was read before.
                pyarrow.csv.ReadOptions(column_names=keys, block_size=block, use_threads=False),
                pyarrow.csv.ParseOptions(delimiter=chr(self.layout.delimiter), newlines_in_values=multiline),
                pyarrow.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=kinds,
                    null_values=[],
                    strings_can_be_null=False,
                    include_columns=list(asked),
                ),
            )
        except pa.ArrowInvalid:
            raise RuntimeError("the CSV parser refused lines the scan found sound") from None
        if table.num_rows != count:
            raise RuntimeError(f"the scan found {count} leads, the CSV parser {table.num_rows}")
        table = table.rename_columns(list(asked.values()))
        return table.unify_dictionaries().combine_chunks() if coded else table

    def _sound_bytes(self, data: Octets, starts: Places, stops: Places) -> tuple[pa.Buffer, Places]:
        """The records' bytes, without a copy unless something lies between them, and where each begins."""
        first = int(starts[0])
        octets = view(data, first, int(stops[-1]))
        cuts = np.flatnonzero(starts[1:] - stops[:-1] > 2) + 1
        begins, ends = starts[np.append(0, cuts)] - first, stops[np.append(cuts, stops.size) - 1] - first
        pieces = [octets[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        sound, ahead = _joined(pieces, bytes([self.layout.newline]))
        # Each cut leaves the bytes between two pieces out, and puts a line end there.
        moved = ahead - np.append(0, np.cumsum(begins[1:] - ends[:-1] - 1))
        places = starts - first + np.repeat(moved, np.diff(np.append(np.append(0, cuts), starts.size)))
        if not self.layout.spaced:
            return sound, places
        closed, places = close_gaps(sound, places, self.layout.delimiter)
        return pa.py_buffer(closed), places


def _joined(pieces: list[memoryview], between: bytes) -> tuple[pa.Buffer, int]:
    """One piece after the other, and how many bytes now stand before the first."""
    ahead = int(bytes(pieces[0][:3]) == BOM)
    if ahead:  # a cell's own U+FEFF, which Arrow would take for a byte order mark
        pieces, between = [memoryview(b""), *pieces], between or b"\n"
    return pa.py_buffer(pieces[0] if len(pieces) == 1 else between.join(pieces)), ahead
