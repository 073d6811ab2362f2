"""sound: bytes of a CSV export without any damage -> its records, 64 bytes at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadscore.pipeline.bits import Bits, after, before, count_before, find, odd, pack
from leadscore.pipeline.quoting import CR, LF, QUOTE, SPACE, Bytes, Layout, Places


@dataclass(frozen=True)
class Cells:
    """What is where in bytes that begin with a record, a flag for each byte."""

    quote: Bits
    newline: Bits
    separators: Bits
    """Delimiters and line ends, also those inside quotes."""
    inside: Bits
    """A quoted cell is open after this byte: its opening quote is inside, its closing one is not."""

    @property
    def between(self) -> Bits:
        """The separators that are none of a cell's text."""
        return self.separators & ~self.inside


def find_cells(block: Bytes, layout: Layout) -> Cells:
    """The separators and quotes of a block. A doubled quote closes and opens again, so parity alone tells."""
    quote, newline = pack(block == QUOTE), pack(block == layout.newline)
    inside = odd(quote) if quote.any() else quote
    return Cells(quote, newline, newline | pack(block == layout.delimiter), inside)


def sound_records(
    block: Bytes, layout: Layout, last_quotes: bool
) -> tuple[Places, Places, Places, Places] | None:
    """Where whole records start and stop, their fields, and the lines before each and after the last.

    None for bytes in which any quote or CR is not where it belongs: those take a closer look.
    """
    cells = find_cells(block, layout)
    open_at_end = bool(int(cells.inside[-1]) >> ((block.size - 1) % 64) & 1)
    if (last_quotes and open_at_end) or _has_broken_quote(block, cells, layout):
        return None
    between = cells.between
    stops = find(cells.newline & between)
    starts = np.append(0, stops + 1)
    fields = np.diff(count_before(between, stops), prepend=-1)
    cut = (cells.newline & cells.inside).any()
    lines = count_before(cells.newline, stops) + 1 if cut else np.arange(1, stops.size + 1)
    if layout.newline == LF and stops.size and (crs := block == CR).any():
        stray = find(pack(crs) & ~before(cells.newline))
        if stray.size and stray[0] < stops[-1]:
            return None
        stops = stops - (crs[stops - 1] & (stops > starts[:-1]))
    return starts, stops, fields, np.append(0, lines)


def _has_broken_quote(block: Bytes, cells: Cells, layout: Layout) -> bool:
    """Whether a quote opens elsewhere than at a cell's start, or closes elsewhere than at its end."""
    if not cells.quote.any():
        return False
    beside = cells.separators | cells.quote
    may_open, may_close = after(beside, first=True), before(beside)
    if layout.spaced:
        may_open |= after(pack(block == SPACE) & after(pack(block == layout.delimiter)))
    bad = (cells.quote & cells.inside & ~may_open) | (cells.quote & ~cells.inside & ~may_close)
    if not bad.any():
        return False
    places = find(bad & ~before(pack(block == CR) & before(pack(block == LF))))
    closing = block.size - 2  # what follows these is not known yet
    opens = find(bad & cells.inside)
    return bool(opens.size or (places.size and places[0] < closing))
