"""header: a line of a CSV export read as a header, under each delimiter it could have."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from leadscore.pipeline.scan import CR, QUOTE, STRAY_CR, Bytes, Layout, scan_block
from leadscore.pipeline.source import STEP, Octets, view
from leadscore.pipeline.spacing import find_gaps

MAX_HEADER_BYTES = 1 << 20
HEAD_LINES, HEAD_BYTES = 20, 1 << 16
"""How far a header is looked for: so many lines that are not blank, and so many bytes."""


@dataclass(frozen=True)
class Reading:
    """A line under one delimiter."""

    start: int
    line: int  # physical lines before it
    stop: int  # without the line end
    delimiter: str
    names: tuple[str, ...] = ()
    octets: bytes = b""
    spaced: bool = False  # a space follows every separator, and belongs to none of the cells
    fault: str = ""


@dataclass(frozen=True)
class Reads:
    """What the lines of a file are read by."""

    data: Octets
    newline: int
    delimiters: tuple[str, ...]
    wanted: frozenset[str]  # column names, in lower case

    def found(self, reading: Reading) -> int:
        """How many of the wanted columns a line has."""
        return len(self.wanted.intersection(name.strip().casefold() for name in reading.names))

    def may_have(self, start: int, least: int) -> bool:
        """Whether so many of the wanted columns seem to be in a line: a look that costs little."""
        if len(self.wanted) < least:
            return False
        end = self.data.find(self.newline, start)
        line = bytes(self.data[start : min(end, start + HEAD_BYTES) if end >= 0 else start + HEAD_BYTES])
        text = line.decode(errors="ignore").casefold()
        cells = ({cell.strip(' "\r') for cell in text.split(delimiter)} for delimiter in self.delimiters)
        return any(len(self.wanted & each) >= least for each in cells)

    def read(self, start: int, line: int, most: int) -> Reading:
        """The line that begins there, by the delimiter that finds most; of at most so many bytes."""
        stop = min(start + most, len(self.data))
        end = self.data.find(self.newline, start, stop)
        if end >= 0 and not self.data.count(QUOTE, start, end) % 2:  # no cell goes on in the next line
            stop = end + 1
        block = np.frombuffer(view(self.data, start, stop), np.uint8)
        final = stop == len(self.data)
        at = (Reading(start, line, start, delimiter) for delimiter in self.delimiters)
        return max((_read(block, each, self.newline, final) for each in at), key=self._fitness)

    def _fitness(self, reading: Reading) -> tuple[bool, int, int]:
        return not reading.fault, self.found(reading), len(reading.names)


def skip_blank(data: Octets, start: int, newline: int) -> int:
    """Where the first line begins that holds something."""
    if data[start : start + 1] not in (b"\r", b"\n"):
        return start
    lines = re.compile(rb"\r+" if newline == CR else rb"(?:\r?\n)+")
    while blank := lines.match(view(data, start, start + STEP)):
        start += blank.end()
    return start


def next_line(reads: Reads, start: int, line: int) -> tuple[int, int]:
    """Where the next physical line begins, and its number; the end of the file, if there is none."""
    end = reads.data.find(reads.newline, start)
    return (end + 1 if end >= 0 else len(reads.data)), line + 1


def line_starts(reads: Reads, start: int, line: int, lines: int, most: int) -> Iterator[tuple[int, int]]:
    """The physical lines after this one that are not blank, so many with it, and their numbers."""
    stop = min(start + most, len(reads.data))
    for _ in range(lines - 1):
        start, line = next_line(reads, start, line)
        after = skip_blank(reads.data, start, reads.newline)
        line += reads.data.count(reads.newline, start, after)
        start = after
        if start >= stop:
            return
        yield start, line


def _read(block: Bytes, at: Reading, newline: int, final: bool) -> Reading:
    plain = Layout(ord(at.delimiter), newline, 0)
    if f"{at.delimiter} ".encode() in block.tobytes():
        spaced = _read_layout(block, at, replace(plain, spaced=True), final)
        if spaced.spaced:
            return spaced
    return _read_layout(block, at, plain, final)


def _read_layout(block: Bytes, at: Reading, layout: Layout, final: bool) -> Reading:
    found = scan_block(block, layout, final, final)
    if not found.stops.size:
        return replace(at, fault=found.fault or "it does not end within 1 MiB")
    stop = int(found.stops[0])
    if found.fields[0] == STRAY_CR:
        return replace(at, stop=at.start + stop, fault="a lone CR")
    gaps = find_gaps(block[:stop], layout.delimiter)
    spaced = layout.spaced and bool(0 < gaps.sum() == found.fields[0] - 1)
    octets = (block[:stop][~gaps] if spaced else block[:stop]).tobytes()
    at = replace(at, stop=at.start + stop, octets=octets, spaced=spaced)
    text = io.StringIO(octets.decode(), newline="")
    try:
        names = next(csv.reader(text, delimiter=at.delimiter, strict=True))
    except csv.Error:
        return replace(at, fault="a cell is too long")
    return replace(at, names=tuple(names))
