"""scan: bytes of a CSV export -> where each record begins and ends, and which lines are damaged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

LF, CR, QUOTE = 10, 13, 34
STRAY_CR = -1  # stands where a record's number of fields would
NEVER_CLOSED = "quote is never closed"
STRAY_QUOTE = "quote inside an unquoted field"
UNPAIRED = "quotes do not pair up with those of the next line"
FIRST_WINDOW = 1 << 14  # after a damaged line, look at this much and double it while the text is clean


@dataclass(frozen=True)
class Layout:
    """What a record must look like: its separators (as byte values) and its number of fields."""

    delimiter: int
    newline: int
    fields: int


@dataclass(frozen=True)
class Block:
    """The whole records of some bytes, up to the first broken quoting. Places count from the first byte."""

    starts: Places
    stops: Places  # without the line end
    fields: Places  # STRAY_CR for a record with a line end in the wrong place
    lines: Places  # physical lines before the record
    after: int  # first byte that is not part of a whole record
    after_line: int  # physical lines before that byte
    multiline: bool  # some cell holds a line end
    fault: str  # why the line at `after` is damaged; empty: the bytes ended there


@dataclass(frozen=True)
class Damage:
    """Bytes [start, stop) that are no lead, from physical line `line` on (0 is the first)."""

    start: int
    stop: int
    line: int
    reason: str
    fields: int = 0  # of a record that is sound but for their number


@dataclass
class Span:
    """The leads of one batch; places count from the file's first byte, lines from 0."""

    starts: list[Places] = field(default_factory=list)
    stops: list[Places] = field(default_factory=list)
    lines: list[Places] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    multiline: bool = False


@dataclass(frozen=True)
class _Marks:
    """Delimiters, line ends and quotes in order of place."""

    places: Places
    kinds: Bytes
    quotes: Flags
    open: Flags  # a quoted cell is open after this mark


def scan_spans(data: bytes | bytearray, start: int, line: int, layout: Layout, size: int) -> Iterator[Span]:
    """The file from byte `start` on in spans of about `size` bytes. A damaged line costs only itself."""
    octets, last_quote = np.frombuffer(data, np.uint8), data.rfind(QUOTE)
    while start < len(data):
        span, stop, window = Span(), start + size, size
        while start < min(stop, len(data)):
            end = min(start + window, len(data))
            found = scan_block(octets[start:end], layout, end == len(data), end > last_quote)
            _collect(span, data, found, start, line, layout)
            start, line = start + found.after, line + found.after_line
            if found.fault:
                start = _set_line_aside(span, data, start, line, layout, found.fault)
                line, window = line + 1, FIRST_WINDOW
            elif found.after and end >= stop:
                break
            else:
                window = min(2 * window, stop - start) if found.after else 2 * window
        yield span


def _set_line_aside(
    span: Span, data: bytes | bytearray, start: int, line: int, layout: Layout, reason: str
) -> int:
    """Only the physical line goes; returns where the next one begins."""
    end = data.find(layout.newline, start)
    end = len(data) if end < 0 else end
    cr = layout.newline == LF and end > start and data[end - 1] == CR
    span.damage.append(Damage(start, end - cr, line, reason))
    return min(end + 1, len(data))


def _collect(
    span: Span, data: bytes | bytearray, found: Block, start: int, line: int, layout: Layout
) -> None:
    filled = found.stops > found.starts
    good = filled & (found.fields == layout.fields)
    span.starts.append(found.starts[good] + start)
    span.stops.append(found.stops[good] + start)
    span.lines.append(found.lines[good] + line)
    span.multiline |= found.multiline
    for i in np.flatnonzero(filled & ~good).tolist():
        count = int(found.fields[i])
        fields = "1 field" if count == 1 else f"{count} fields"
        reason = "a lone CR" if count == STRAY_CR else f"{fields}, the header has {layout.fields}"
        bounds = int(found.starts[i]) + start, int(found.stops[i]) + start
        span.damage.append(Damage(*bounds, int(found.lines[i]) + line, reason, count))


def scan_block(block: Bytes, layout: Layout, final: bool, last_quotes: bool) -> Block:
    """The records of bytes that begin at a record's start.

    `final`: the file ends with them; `last_quotes`: no quote comes after them.
    """
    if final and (not block.size or block[-1] != layout.newline):
        block = np.append(block, np.uint8(layout.newline))
    marks = _find_marks(block, layout)
    fault_at, fault = _first_fault(block, marks, layout, last_quotes)
    separators = np.flatnonzero(~(marks.quotes | marks.open))
    ends = np.flatnonzero(marks.kinds[separators] == layout.newline)
    ends = ends[: np.searchsorted(marks.places[separators[ends]], fault_at)]
    newlines = marks.kinds == layout.newline
    lines = np.append(0, np.cumsum(newlines)[separators[ends]])
    stops = marks.places[separators[ends]]
    starts = np.append(0, stops + 1)
    fields = np.diff(ends, prepend=-1)
    if fault and (newlines & (marks.places >= starts[-1]) & (marks.places < fault_at)).any():
        fault = NEVER_CLOSED
    multiline = bool(lines[-1] != stops.size)
    if layout.newline == LF and stops.size:
        multiline |= _mark_stray_cr(block, marks, stops, fields)
        stops = stops - ((block[stops - 1] == CR) & (stops > starts[:-1]))
    whole = Block(starts[:-1], stops, fields, lines[:-1], int(starts[-1]), int(lines[-1]), multiline, fault)
    return _doubt_last(block, whole, layout, final)


def _doubt_last(block: Bytes, found: Block, layout: Layout, final: bool) -> Block:
    """A line with a broken quote may be the rest of a cell that a stray quote ended at a line end.

    Then the record before it only seems sound. So a record that ends in a quote waits for what follows.
    """
    sound = found.stops.size and found.stops[-1] > found.starts[-1] and found.fields[-1] == layout.fields
    if not sound or block[found.stops[-1] - 1] != QUOTE or found.fault not in ("", STRAY_QUOTE):
        return found
    rest = block[found.after :]
    ends = rest == layout.newline
    if (
        final
        and not found.fault
        or found.fault
        and ends.any()
        and not _goes_on(found, rest[: ends.argmax()], layout)
    ):
        return found
    fault = UNPAIRED if found.fault and ends.any() else ""
    starts, stops, fields, lines = found.starts, found.stops, found.fields, found.lines
    kept = starts[:-1], stops[:-1], fields[:-1], lines[:-1], int(starts[-1]), int(lines[-1])
    return Block(*kept, found.multiline, fault)


def _goes_on(found: Block, rest: Bytes, layout: Layout) -> bool:
    """Whether a line reads soundly if a quoted cell is open before it, and not more likely as its own lead."""
    line, delimiter = rest.tobytes(), re.escape(bytes([layout.delimiter]))
    cell = rb'[^"%s]*|"(?:[^"]|"")*"' % delimiter
    if not re.fullmatch(rb'[^"]*(?:""[^"]*)*"(?:%s(?:%s))*\r?' % (delimiter, cell), line):
        return False
    spans_lines = found.after_line - found.lines[-1] > 1
    return bool(spans_lines) or line.count(layout.delimiter) != layout.fields - 1


def _find_marks(block: Bytes, layout: Layout) -> _Marks:
    places = np.flatnonzero((block == layout.delimiter) | (block == layout.newline) | (block == QUOTE))
    kinds = block[places]
    quotes = kinds == QUOTE
    # A doubled quote closes and opens again, so parity alone tells what is inside.
    return _Marks(places, kinds, quotes, np.logical_xor.accumulate(quotes))


def _first_fault(block: Bytes, marks: _Marks, layout: Layout, last_quotes: bool) -> tuple[int, str]:
    """Where the quoting first contradicts itself; past the block's end if it does not."""
    places = marks.places[marks.quotes]
    if not places.size:
        return block.size, ""
    opening = marks.open[marks.quotes]
    last = block.size - 1
    before = block[places - 1]
    before[0] = layout.newline if places[0] == 0 else before[0]
    after = block[np.minimum(places + 1, last)]
    separator = np.zeros(256, np.bool_)
    separator[[layout.delimiter, layout.newline, QUOTE]] = True
    line_end = (after == CR) & (block[np.minimum(places + 2, last)] == LF)
    bad = np.where(opening, ~separator[before], ~(separator[after] | line_end | (places + 2 > last)))
    if bad.any():
        first = int(np.argmax(bad))
        reason = STRAY_QUOTE if opening[first] else "text after a closing quote"
        return int(places[first]), reason
    return (block.size, NEVER_CLOSED if last_quotes and opening[-1] else "")


def _mark_stray_cr(block: Bytes, marks: _Marks, stops: Places, fields: Places) -> bool:
    """Note records (at least one) with a CR outside quotes that ends no line; true if there is one inside quotes."""
    places = np.flatnonzero(block[: stops[-1]] == CR)
    places = places[block[places + 1] != LF]
    if not places.size:
        return False
    before = np.searchsorted(marks.places, places) - 1
    quoted = (before >= 0) & marks.open[before]
    fields[np.searchsorted(stops, places[~quoted])] = STRAY_CR
    return bool(quoted.any())
