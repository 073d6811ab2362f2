"""scan: bytes of a CSV export -> where each record begins and ends, up to the first broken quoting."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from leadscore.pipeline.quoting import (
    CR as CR,
    LF as LF,
    QUOTE as QUOTE,
    Bytes as Bytes,
    Layout as Layout,
    Marks,
    Places as Places,
    broken_quotes,
    find_marks,
    goes_on,
    never_closed,
)
from leadscore.pipeline.sound import sound_records

NEVER_CLOSED = "quote is never closed"
STRAY_QUOTE = "quote inside an unquoted field"
TEXT_AFTER = "text after a closing quote"
UNPAIRED = "quotes do not pair up with those of the next line"
# These stand where a record's number of fields would.
STRAY_CR, STRAY_QUOTE_LINE, TEXT_AFTER_LINE, NEVER_CLOSED_LINE = -1, -2, -3, -4
REASONS = {
    STRAY_CR: "a lone CR",
    STRAY_QUOTE_LINE: STRAY_QUOTE,
    TEXT_AFTER_LINE: TEXT_AFTER,
    NEVER_CLOSED_LINE: NEVER_CLOSED,
}


@dataclass(frozen=True)
class Block:
    """The whole records of some bytes, up to the first broken quoting. Places count from the first byte."""

    starts: Places
    stops: Places  # without the line end
    fields: Places  # or one of REASONS, for a record that is none
    lines: Places  # physical lines before the record
    after: int  # first byte that is not part of a whole record
    after_line: int  # physical lines before that byte
    multiline: bool  # some cell holds a line end
    fault: str  # why the line at `after` is damaged; empty: the bytes ended there


def scan_block(block: Bytes, layout: Layout, final: bool, last_quotes: bool) -> Block:
    """The records of bytes that begin at a record's start.

    `final`: the file ends with them; `last_quotes`: no quote comes after them.
    """
    if final and (not block.size or block[-1] != layout.newline):
        block = np.append(block, np.uint8(layout.newline))
    sound = sound_records(block, layout, last_quotes)
    if sound is None:
        return _doubt_last(block, _scan_marks(block, layout, last_quotes), layout, final)
    starts, stops, fields, lines = sound
    after, multiline = (int(starts[-1]), int(lines[-1])), bool(lines[-1] != stops.size)
    whole = Block(starts[:-1], stops, fields, lines[:-1], *after, multiline, "")
    return _doubt_last(block, whole, layout, final)


def _scan_marks(block: Bytes, layout: Layout, last_quotes: bool) -> Block:
    """The same a mark at a time, up to what is broken."""
    marks = find_marks(block, layout)
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
    after = int(starts[-1]), int(lines[-1])
    return Block(starts[:-1], stops, fields, lines[:-1], *after, multiline, fault)


def scan_lines(block: Bytes, layout: Layout) -> Block:
    """Each line on its own, past the broken ones, up to the first whose quoted cell runs on."""
    marks = find_marks(block, layout)
    newlines = marks.kinds == layout.newline
    ends, line_of = np.flatnonzero(newlines), np.cumsum(newlines) - newlines
    marks = replace(marks, open=marks.open ^ np.append(False, marks.open[ends])[line_of])
    stops = marks.places[ends]
    starts = np.append(0, stops + 1)
    delimiters = ~(marks.quotes | marks.open | newlines)
    fields = np.bincount(line_of[delimiters], minlength=starts.size)[:-1] + 1
    multiline = layout.newline == LF and stops.size > 0 and _mark_stray_cr(block, marks, stops, fields)
    if layout.newline == LF and stops.size:
        stops = stops - ((block[stops - 1] == CR) & (stops > starts[:-1]))
    bad = np.flatnonzero(broken_quotes(block, marks, layout))
    broken, first = np.unique(line_of[marks.quotes][bad], return_index=True)
    opening, whole = marks.open[marks.quotes][bad[first]], broken < stops.size
    fields[broken[whole]] = np.where(opening, STRAY_QUOTE_LINE, TEXT_AFTER_LINE)[whole]
    runs_on = np.flatnonzero(marks.open[ends] & (fields >= STRAY_CR))
    hopeless = never_closed(block, marks, stops[runs_on], layout)
    fields[runs_on[hopeless]] = NEVER_CLOSED_LINE
    runs_on = runs_on[~hopeless]
    count = int(runs_on[0]) if runs_on.size else stops.size
    count = min(count, _first_doubt(block, starts, stops, fields, layout))
    lines = np.arange(count + 1)
    found = Block(
        starts[:count], stops[:count], fields[:count], lines[:-1], int(starts[count]), count, multiline, ""
    )
    return _doubt_last(block, found, layout, final=False)


def _first_doubt(block: Bytes, starts: Places, stops: Places, fields: Places, layout: Layout) -> int:
    """The first line whose last cell is quoted and may go on in the broken line after it."""
    ends_quoted = (
        (fields[:-1] == layout.fields) & (stops[:-1] > starts[:-2]) & (block[stops[:-1] - 1] == QUOTE)
    )
    for i in np.flatnonzero(ends_quoted & (fields[1:] == STRAY_QUOTE_LINE)).tolist():
        if goes_on(block[starts[i + 1] : stops[i + 1]].tobytes(), layout, False):
            return int(i)
    return int(stops.size)


def _doubt_last(block: Bytes, found: Block, layout: Layout, final: bool) -> Block:
    """A line with a broken quote may be the rest of a cell that a stray quote ended at a line end.

    Then the record before it only seems sound. So a record that ends in a quote waits for the line after it.
    """
    sound = found.stops.size and found.stops[-1] > found.starts[-1] and found.fields[-1] == layout.fields
    if not sound or block[found.stops[-1] - 1] != QUOTE or found.fault not in ("", STRAY_QUOTE):
        return found
    ends = block[found.after :] == layout.newline
    if not found.fault:
        return found if final else _without_last(found, "")
    if not ends.any():
        return _without_last(found, "")
    line = block[found.after :][: ends.argmax()].tobytes()
    spans_lines = int(found.after_line - found.lines[-1]) > 1
    return _without_last(found, UNPAIRED) if goes_on(line, layout, spans_lines) else found


def _without_last(found: Block, fault: str) -> Block:
    starts, lines = found.starts, found.lines
    whole = starts[:-1], found.stops[:-1], found.fields[:-1], lines[:-1]
    return Block(*whole, int(starts[-1]), int(lines[-1]), found.multiline, fault)


def _first_fault(block: Bytes, marks: Marks, layout: Layout, last_quotes: bool) -> tuple[int, str]:
    """Where the quoting first contradicts itself; past the block's end if it does not."""
    bad = broken_quotes(block, marks, layout)
    if bad.any():
        first = int(np.argmax(bad))
        reason = STRAY_QUOTE if marks.open[marks.quotes][first] else TEXT_AFTER
        return int(marks.places[marks.quotes][first]), reason
    return block.size, NEVER_CLOSED if last_quotes and marks.open[-1:].any() else ""


def _mark_stray_cr(block: Bytes, marks: Marks, stops: Places, fields: Places) -> bool:
    """Note records with a CR outside quotes that ends no line; true if there is one inside quotes."""
    places = np.flatnonzero(block[: stops[-1]] == CR)
    places = places[block[places + 1] != LF]
    if not places.size:
        return False
    before = np.searchsorted(marks.places, places) - 1
    quoted = (before >= 0) & marks.open[before]
    fields[np.searchsorted(stops, places[~quoted])] = STRAY_CR
    return bool(quoted.any())
