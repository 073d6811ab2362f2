"""quoting: the quotes, separators and line ends in bytes of a CSV export, and where they contradict."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

LF, CR, QUOTE, SPACE = 10, 13, 34, 32
NOWHERE: Places = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Layout:
    """What a record must look like: its separators (as byte values) and its number of fields."""

    delimiter: int
    newline: int
    fields: int
    spaced: bool = False  # a space follows every separator, also before a quote


@dataclass(frozen=True)
class Marks:
    """Delimiters, line ends and quotes in order of place."""

    places: Places
    kinds: Bytes
    quotes: Flags
    open: Flags  # a quoted cell is open after this mark


def find_marks(block: Bytes, layout: Layout) -> Marks:
    places = np.flatnonzero((block == layout.delimiter) | (block == layout.newline) | (block == QUOTE))
    kinds = block[places]
    quotes = kinds == QUOTE
    # A doubled quote closes and opens again, so parity alone tells what is inside.
    return Marks(places, kinds, quotes, np.logical_xor.accumulate(quotes))


def broken_quotes(block: Bytes, marks: Marks, layout: Layout) -> Flags:
    """Of all quotes: those that open elsewhere than at a cell's start, or close elsewhere than at its end."""
    places, opening = marks.places[marks.quotes], marks.open[marks.quotes]
    if not places.size:
        return opening
    last = block.size - 1
    before = block[places - 1]
    before[0] = layout.newline if places[0] == 0 else before[0]
    after = block[np.minimum(places + 1, last)]
    if layout.spaced:
        two_before = block[np.maximum(places - 2, 0)]
        led = opening & (before == SPACE) & (places > 1) & (two_before == layout.delimiter)
        before[led] = layout.delimiter
    beside = np.where(opening, before, after)
    bad: Flags = ~((beside == layout.delimiter) | (beside == layout.newline) | (beside == QUOTE))
    odd = np.flatnonzero(bad)
    at = places[odd]
    line_end = (after[odd] == CR) & (block[np.minimum(at + 2, last)] == LF)
    bad[odd] = opening[odd] | ~(line_end | (at + 2 > last))
    return bad


def goes_on(line: bytes, layout: Layout, spans_lines: bool) -> bool:
    """Whether a line reads soundly inside a quoted cell, and not more likely as a lead of its own."""
    delimiter = re.escape(bytes([layout.delimiter]))
    gap = b" ?" if layout.spaced else b""
    cell = rb'[^"%s]*|%s"(?:[^"]|"")*"' % (delimiter, gap)
    if not re.fullmatch(rb'[^"]*(?:""[^"]*)*"(?:%s(?:%s))*\r?' % (delimiter, cell), line):
        return False
    return spans_lines or line.count(layout.delimiter) != layout.fields - 1


def never_closed(block: Bytes, marks: Marks, ends: Places, layout: Layout) -> Flags:
    """Of cells that are open at these line ends: those that the next quote cannot close.

    Unknown counts as no: where the next quote stands beyond the block.
    """
    quotes = marks.places[marks.quotes]
    # Of quotes side by side, two are one in the cell: the last of an odd number closes it.
    first = np.flatnonzero(np.diff(quotes, prepend=-2) != 1)
    counts = np.diff(first, append=quotes.size)
    closing = first[counts % 2 == 1] + counts[counts % 2 == 1] - 1
    place = np.append(quotes[closing], block.size)[np.searchsorted(quotes[closing], ends)]
    after, next_after = (block[np.minimum(place + step, block.size - 1)] for step in (1, 2))
    ended = (after == layout.delimiter) | (after == layout.newline) | ((after == CR) & (next_after == LF))
    hopeless: Flags = ~ended & (place + 2 < block.size)
    return hopeless
