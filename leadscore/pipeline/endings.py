"""endings: where the leads of a file end: headers that come again, a second table, totals, a footer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from leadscore.pipeline.dialect import BOM, Header
from leadscore.pipeline.header import skip_blank
from leadscore.pipeline.quoting import NOWHERE
from leadscore.pipeline.scan import Layout, Places, scan_block
from leadscore.pipeline.source import Octets, view
from leadscore.pipeline.spacing import close_gaps
from leadscore.pipeline.spans import Damage, Span, scan_spans

AGAIN = "the header again"
TOTALS = "a row of totals"
NEAR = 1 << 13
"""After a blank line so many bytes are looked at; a footer is no longer than that."""
FOOTER_LINES = range(2, 31)
SHOWN = 60
"""So many records are looked at together, blank lines included."""
LOOKS = 1000
"""So many blank lines with something unusual behind them are looked at, so that no file takes forever."""
_NO_HEADER = re.compile(rb"[0-9@]")
_NUMBER = re.compile(r"[^\w\s]?[0-9][0-9 .,']*[^\w\s]?")
NONE = 0  # no record has so many fields
Rows = list[list[str]]


def layout_of(head: Header) -> Layout:
    """What a lead must look like under this header."""
    dialect = head.dialect
    return Layout(ord(dialect.delimiter), ord(dialect.line_end[-1]), len(head.names), dialect.spaced)


class LeadTable:
    """The leads under one header. What else stands in the file is damage, or left out with a note."""

    def __init__(self, data: Octets, head: Header, layout: Layout) -> None:
        self.notes: list[str] = []
        self._data, self._head, self._layout = data, head, layout
        self._headers = _spellings(head)
        self._names = frozenset(name.strip() for name in head.names if name.strip())
        self._looks = LOOKS

    def spans(self, size: int) -> Iterator[Span]:
        """The leads, about `size` bytes at a time, and the lines that are none."""
        self.notes, self._looks, seen = [], LOOKS, 0
        for span in scan_spans(self._data, self._head.start, self._head.lines, self._layout, size):
            self._set_headers_aside(span)
            span.damage = [self._named(damage) for damage in span.damage]
            for start, line in span.blanks:
                if start < seen:
                    continue
                seen = skip_blank(self._data, start, self._layout.newline)
                end = self._what_begins(seen)
                if end:
                    line += self._data.count(self._layout.newline, start, seen)
                    yield _cut(span, seen)
                    yield from self._rest(end, seen, line, size)
                    return
            yield span

    def _set_headers_aside(self, span: Span) -> None:
        for i, (starts, stops, lines) in enumerate(zip(span.starts, span.stops, span.lines, strict=True)):
            kept = np.ones(starts.size, dtype=bool)
            for header in self._headers:
                kept[self._equal(header, starts, stops)] = False
            for at in np.flatnonzero(~kept).tolist():
                span.damage.append(Damage(int(starts[at]), int(stops[at]), int(lines[at]), AGAIN))
            if not kept.all():
                span.starts[i], span.stops[i], span.lines[i] = starts[kept], stops[kept], lines[kept]

    def _equal(self, header: bytes, starts: Places, stops: Places) -> Places:
        """Which records are the header, byte for byte. Few are as long, and fewer begin like it."""
        rows = np.flatnonzero(stops - starts == len(header))
        if not rows.size:
            return rows
        base = int(starts[rows[0]])
        octets = np.frombuffer(view(self._data, base, int(stops[rows[-1]])), np.uint8)
        for place, byte in enumerate(header):
            rows = rows[octets[starts[rows] - base + place] == byte]
            if not rows.size:
                break
        return rows

    def _named(self, damage: Damage) -> Damage:
        """Rows of totals, as Google Analytics writes them, end in a cell of their own."""
        if damage.fields != self._layout.fields + 1:
            return damage
        tail = bytes(self._data[max(damage.start, damage.stop - 20) : damage.stop]).rstrip(b'"')
        return replace(damage, reason=TOTALS) if tail.endswith(b"Grand total") else damage

    def _what_begins(self, start: int) -> str:
        """What begins after a blank line: "footer", "table", or more leads ("")."""
        end = self._data.find(self._layout.newline, start, min(start + NEAR, len(self._data)))
        line = bytes(self._data[start : end if end >= 0 else start + NEAR])
        cells = [cell.strip(b' "\r') for cell in line.split(bytes([self._layout.delimiter]))]
        shared = any(cell.decode(errors="ignore") in self._names for cell in cells)
        if not line or (not shared and len(cells) == self._layout.fields and _NO_HEADER.search(line)):
            return ""
        self._looks -= 1
        if self._looks < 0:
            self.notes = [f"more than {LOOKS:,} odd blank lines: a second table after them would not be seen"]
            return ""
        rows, to_the_end = self._rows(start)
        return "table" if self._is_table(rows) else "footer" if to_the_end and self._is_footer(rows) else ""

    def _rows(self, start: int) -> tuple[Rows, bool]:
        """The first sound records from a place on, a blank line as an empty one, and if they end the file."""
        stop = min(start + NEAR, len(self._data))
        octets = bytes(view(self._data, start, stop))
        final = stop == len(self._data)
        found = scan_block(np.frombuffer(octets, np.uint8), self._layout, final, final)
        bounds = zip(found.starts[:SHOWN].tolist(), found.stops[:SHOWN].tolist(), strict=True)
        rows = [self._cells(octets[begin:end]) for begin, end in bounds]
        return rows, final and not found.fault and found.starts.size <= SHOWN and bool(found.fields.min() > 0)

    def _cells(self, record: bytes) -> list[str]:
        if self._layout.spaced:
            record, _ = close_gaps(record, NOWHERE, self._layout.delimiter)
        text = io.StringIO(record.decode(errors="ignore"), newline="")
        return next(csv.reader(text, delimiter=chr(self._layout.delimiter)), [])

    def _is_footer(self, rows: Rows) -> bool:
        """A few lines of one cell, to the end of the file. One line, or two cells, could be a cut lead."""
        lines = [row for row in rows if row]
        narrow = all(len(row) == 1 for row in lines)
        return narrow and self._layout.fields > 1 and len(lines) in FOOTER_LINES

    def _is_table(self, rows: Rows) -> bool:
        """Another header, perhaps below a title, and rows of its own."""
        block = rows[: rows.index([])] if [] in rows else rows
        while len(block) > 1 and len(block[0]) == 1 < self._layout.fields:
            block = block[1:]
        head, below = (block[0], block[1:]) if block else ([], [])
        head = [head[0].removeprefix(BOM.decode()), *head[1:]] if head else []
        names = {name.strip() for name in head}
        if len(head) < 2 or "" in names or len(names) < len(head) or tuple(head) == self._head.names:
            return False
        if 2 * len(names & self._names) >= len(head):
            return True
        if _NO_HEADER.search("".join(head).encode()) or not below:
            return False
        if len(head) != self._layout.fields:
            return all(len(row) == len(head) for row in below)
        return self._has_text_over_numbers(below[0])

    def _has_text_over_numbers(self, below: Sequence[str]) -> bool:
        """Whether a column without a number in this line has one in the next, and in the first lead."""
        leads = (row for row in self._rows(self._head.start)[0] if len(row) == self._layout.fields)
        columns = zip(next(leads, ()), below, strict=False)
        return any(all(_NUMBER.fullmatch(cell.strip()) for cell in cells) for cells in columns)

    def _rest(self, what: str, start: int, line: int, size: int) -> Iterator[Span]:
        if what == "footer":
            text = bytes(view(self._data, start, len(self._data))).rstrip(b"\r\n")
            last = line + text.count(self._layout.newline)
            self.notes.append(f"lines {line + 1:,} to {last + 1:,} are a footer and were left out")
            return
        reason = f"a second table begins at line {line + 1:,}"
        for span in scan_spans(self._data, start, line, replace(self._layout, fields=NONE), size):
            span.damage = [replace(damage, reason=reason) for damage in span.damage]
            yield span


def _spellings(head: Header) -> frozenset[bytes]:
    """The header line as it is, and as another program may have written it; each with a byte order mark."""
    delimiter = head.dialect.delimiter
    quoted = ['"' + name.replace('"', '""') + '"' for name in head.names]
    bare = [
        cell if re.search(f'[\r\n"{re.escape(delimiter)}]', name) else name
        for name, cell in zip(head.names, quoted, strict=True)
    ]
    between = (delimiter, delimiter + " ") if head.dialect.spaced else (delimiter,)
    lines = {head.line, *(mark.join(cells).encode() for mark in between for cells in (quoted, bare))}
    return frozenset(lines | {BOM + line for line in lines})


def _cut(span: Span, stop: int) -> Span:
    """What of the span stands before this byte."""
    sizes = [int(np.searchsorted(starts, stop)) for starts in span.starts]
    starts, stops, lines = (
        [each[:size] for each, size in zip(part, sizes, strict=True)]
        for part in (span.starts, span.stops, span.lines)
    )
    damage = [each for each in span.damage if each.start < stop]
    return Span(starts, stops, lines, damage, [], span.multiline)
