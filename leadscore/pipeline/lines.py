"""lines: where the line of each lead stands in its file -> the lines of any leads, in any order."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from leadscore.pipeline.buffers import offsets_of
from leadscore.pipeline.guard import NO_LIVE, Live, disarm
from leadscore.pipeline.quoting import NOWHERE, Bytes, Layout, Places
from leadscore.pipeline.source import Octets, view
from leadscore.pipeline.spacing import close_gaps_in

WINDOW = 4 << 20
"""Bytes of the file that are looked at together."""


@dataclass(frozen=True)
class _Held:
    """Lines in memory."""

    place: NDArray[np.int32]
    """Of each lead, where its line is among those held; -1 where it is not."""
    lines: pa.LargeBinaryArray
    guard: bool
    disarmed: Places
    """Cells of each that were."""


class Lines:
    """The lines of an export's leads, found while it is read. None of them is in memory until it is held.

    Lines come with the header's line end, whatever theirs is, and without the space after each separator of
    a spaced file: most readers take it for a part of the cell.
    """

    def __init__(self, data: Octets, layout: Layout, line_end: str) -> None:
        self._data, self._layout, self._end = data, layout, line_end.encode()
        self.forget()

    def forget(self) -> None:
        """Nothing is known of the file any more, as before it was read."""
        self._parts: list[tuple[Places, Places, Live]] = []
        self._starts, self._sizes, self._live = NOWHERE, np.zeros(0, np.uint32), NO_LIVE
        self._count = 0
        self._held: _Held | None = None
        self._expected: tuple[Places, bool, Future[_Held]] | None = None

    def add(self, starts: Places, stops: Places, live: Live) -> None:
        """The lines of the next leads are the bytes [start, stop); ``live``: their cells to be disarmed."""
        small = Live(live.rows + self._count, live.places.astype(np.uint32))
        self._parts.append((starts, (stops - starts).astype(np.uint32), small))
        self._count += len(starts)

    def hold(self, rows: Places, guard: bool) -> None:
        """Read the lines of these leads, going through the file once, so that they can be taken in any order.

        ``guard``: with an apostrophe before every cell that a spreadsheet would run.
        """
        self._held = None  # or there would be two parts in memory, or three
        expected, self._expected = self._expected, None
        if expected is not None and expected[0] is rows and expected[1] == guard:
            self._held = expected[2].result()
        else:
            self._know_all()
            self._held = self._read_held(rows, guard)

    def expect(self, rows: Places, guard: bool) -> None:
        """These are held next: they are read while those that are held are taken."""
        self._know_all()
        reader = ThreadPoolExecutor(1, "hold")
        self._expected = rows, guard, reader.submit(self._read_held, rows, guard)
        reader.shutdown(wait=False)

    def take(self, rows: Places, guard: bool = False) -> tuple[pa.LargeBinaryArray, int]:
        """The lines of leads number ``rows``, and how many of their cells were disarmed."""
        rows = np.asarray(rows, np.int64)
        if self._held is None or self._held.guard != guard or (self._held.place[rows] < 0).any():
            self.hold(rows, guard)
        assert self._held is not None, "they are held now"
        places = self._held.place[rows]
        return self._held.lines.take(pa.array(places)), int(self._held.disarmed[places].sum())

    def _read_held(self, rows: Places, guard: bool) -> _Held:
        rows = _ascending(rows)
        starts = self._starts[rows]
        octets, sizes, disarmed = bytearray(), [NOWHERE], [NOWHERE]
        first = 0
        while first < len(rows):
            last = int(np.searchsorted(starts, starts[first] + WINDOW))
            lines, live = self._read(rows[first:last]), NO_LIVE
            if self._layout.spaced:
                lines = close_gaps_in(lines, self._layout.delimiter)
            if guard:
                live = self._live_in(rows[first:last])
                lines = disarm(lines, live)
            offsets = offsets_of(lines)
            octets += memoryview(lines.buffers()[2] or b"")[offsets[0] : offsets[-1]]
            sizes.append(np.diff(offsets))
            disarmed.append(np.bincount(live.rows, minlength=last - first))
            first = last
        places = np.append(0, np.cumsum(np.concatenate(sizes)))
        buffers = [None, pa.py_buffer(places), pa.py_buffer(octets)]
        held = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(rows), buffers)
        place = np.full(self._count, -1, np.int32)
        place[rows] = np.arange(len(rows))
        return _Held(place, held, guard, np.concatenate(disarmed))

    def _know_all(self) -> None:
        if self._parts:
            starts, sizes, live = zip(*self._parts, strict=True)
            self._starts, self._sizes = (np.concatenate(part) for part in (starts, sizes))
            rows, places = ([getattr(each, name) for each in live] for name in ("rows", "places"))
            self._live = Live(np.concatenate(rows), np.concatenate(places))
            self._parts = []

    def _live_in(self, rows: Places) -> Live:
        """The live cells of these leads, ascending, by their number among them."""
        first, last = np.searchsorted(self._live.rows, (rows[0], rows[-1] + 1))
        found, places = self._live.rows[first:last], self._live.places[first:last]
        number = np.searchsorted(rows, found)
        wanted = rows[number] == found
        return Live(number[wanted], places[wanted].astype(np.int64))

    def _read(self, rows: Places) -> pa.LargeBinaryArray:
        """The lines of a few leads in file order, each with the line end."""
        starts, sizes = self._starts[rows], self._sizes[rows].astype(np.int64)
        first, last = int(starts[0]), min(int(starts[-1] + sizes[-1]) + len(self._end), len(self._data))
        octets = np.frombuffer(view(self._data, first, last), np.uint8)
        starts = starts - first
        own_ends = _all_followed_by(octets, starts + sizes, self._end)
        stops = starts + sizes + (len(self._end) if own_ends else 0)
        # Line, gap, line, gap: blank and damaged lines, and those of other leads, lie in the gaps.
        bounds = np.column_stack((starts, stops)).ravel()
        buffers = [None, pa.py_buffer(bounds), pa.py_buffer(octets)]
        parts = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(bounds) - 1, buffers)
        lines = parts.take(pa.array(np.arange(0, len(bounds), 2)))
        if own_ends:
            return lines
        end, nothing = pa.scalar(self._end, pa.large_binary()), pa.scalar(b"", pa.large_binary())
        return pc.binary_join_element_wise(lines, end, nothing)


def _ascending(rows: Places) -> Places:
    rows = np.sort(rows)
    return rows[np.diff(rows, prepend=-1) > 0]


def _all_followed_by(octets: Bytes, stops: Places, end: bytes) -> bool:
    """Whether these bytes stand at each of the places."""
    if stops[-1] + len(end) > octets.size:
        return False
    return all(bool((octets[stops + place] == byte).all()) for place, byte in enumerate(end))
