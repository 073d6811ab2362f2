"""spans: the bytes of a CSV export -> where its leads are, a batch at a time, and which lines are damaged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from leadscore.pipeline.quoting import goes_on
from leadscore.pipeline.scan import (
    CR,
    LF,
    NEVER_CLOSED,
    QUOTE,
    REASONS,
    STRAY_QUOTE,
    TEXT_AFTER,
    UNPAIRED,
    Block,
    Layout,
    Places,
    scan_block,
    scan_lines,
)
from leadscore.pipeline.source import FileBytes, Octets, view

LONGEST = 16 << 20  # in a file that is not in memory, a quote that is open for more is taken for a stray one
CELL_LINES = 200  # a cell of more lines, whose opening quote was not seen, is not looked for
FEW_LINES = 20  # the same of one that was seen, where it seems to end in a line that is broken as well
WINDOW = 1 << 20  # what is looked at together stays in the processor's cache
FIRST_WINDOW = 1 << 12  # after a damaged line, look at this much and double it while the text is clean

_ENDS_OPEN = re.compile(rb'(?:^|[,;\t|])"[^"]*$')  # whatever the separator is: this line may have another
_CLOSES = re.compile(rb'[^"]*[^",;\t|]"')  # its first quote does not begin a cell
_QUOTING = (STRAY_QUOTE, TEXT_AFTER, NEVER_CLOSED, UNPAIRED)


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
    blanks: list[tuple[int, int]] = field(default_factory=list)  # bytes and lines before each blank line
    multiline: bool = False


def scan_spans(data: Octets, start: int, line: int, layout: Layout, size: int) -> Iterator[Span]:
    """The file from byte `start` on in spans of about `size` bytes. A damaged line costs only itself."""
    last_quote = data.rfind(QUOTE)
    longest = LONGEST if isinstance(data, FileBytes) else len(data)
    while start < len(data):
        span, stop, window, by_line = Span(), start + size, min(size, WINDOW), False
        while start < min(stop, len(data)):
            end = min(start + window, len(data))
            block = np.frombuffer(view(data, start, end), np.uint8)
            if by_line:
                found = scan_lines(block, layout)
            else:
                found = scan_block(block, layout, end == len(data), end > last_quote)
                if window > longest and not found.after:
                    found = scan_block(block, layout, end == len(data), last_quotes=True)
            _collect(span, found, start, line, layout)
            start, line = start + found.after, line + found.after_line
            if found.fault:
                start = _set_line_aside(span, data, start, line, layout, found.fault)
                line, window, by_line = line + 1, FIRST_WINDOW, True
            elif by_line:
                by_line = False
            elif found.after and end >= stop:
                break
            else:
                window = min(2 * window, stop - start, WINDOW) if found.after else 2 * window
        yield span


def distrust_between(span: Span, data: Octets, layout: Layout) -> None:
    """What seems a lead between the lines of a cell whose opening quote was not seen is none.

    A separator that is lost before a cell of several lines leaves a stray quote in one line, and some lines
    on the rest of the cell; the lines between them are its text, whatever they look like. Lines of two
    batches are not compared.
    """
    broken = sorted((damage for damage in span.damage if damage.reason in _QUOTING), key=_start)
    for opens, closes in pairwise(broken):
        text = bytes(data[closes.start : closes.stop])
        apart = closes.line - opens.line
        seems_rest = bool(text.count(QUOTE) % 2) and goes_on(text, layout, False)
        may_be = _CLOSES.match(text) and _ENDS_OPEN.search(bytes(data[opens.start : opens.stop]))
        if apart <= (CELL_LINES if seems_rest else FEW_LINES if may_be else 0):
            _set_between_aside(span, opens.stop, closes.start)


def _start(damage: Damage) -> int:
    return damage.start


def _set_between_aside(span: Span, begin: int, end: int) -> None:
    for place, starts in enumerate(span.starts):
        inside = (starts >= begin) & (starts < end)
        if inside.any():
            each = zip(starts[inside], span.stops[place][inside], span.lines[place][inside], strict=True)
            span.damage += [Damage(int(start), int(stop), int(line), UNPAIRED) for start, stop, line in each]
            span.starts[place], span.stops[place], span.lines[place] = (
                part[place][~inside] for part in (span.starts, span.stops, span.lines)
            )


def _set_line_aside(span: Span, data: Octets, start: int, line: int, layout: Layout, reason: str) -> int:
    """Only the physical line goes; returns where the next one begins."""
    end = data.find(layout.newline, start)
    end = len(data) if end < 0 else end
    cr = layout.newline == LF and end > start and data[end - 1] == CR
    span.damage.append(Damage(start, end - cr, line, reason))
    return min(end + 1, len(data))


def _collect(span: Span, found: Block, start: int, line: int, layout: Layout) -> None:
    filled = found.stops > found.starts
    good = filled & (found.fields == layout.fields)
    span.starts.append(found.starts[good] + start)
    span.stops.append(found.stops[good] + start)
    span.lines.append(found.lines[good] + line)
    span.multiline |= found.multiline
    if not filled.all():
        places, lines = found.starts[~filled] + start, found.lines[~filled] + line
        span.blanks += zip(places.tolist(), lines.tolist(), strict=True)
    for i in np.flatnonzero(filled & ~good).tolist():
        count = int(found.fields[i])
        fields = "1 field" if count == 1 else f"{count} fields"
        reason = REASONS.get(count, f"{fields}, the header has {layout.fields}")
        bounds = int(found.starts[i]) + start, int(found.stops[i]) + start
        span.damage.append(Damage(*bounds, int(found.lines[i]) + line, reason, count))
