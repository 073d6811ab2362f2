"""dialect: the first lines of a CSV export -> its header, its dialect and its columns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from leadscore.errors import InputError, Problem
from leadscore.model.input import AS_FOUND, Input
from leadscore.pipeline.export import MAX_COLUMNS, Dialect
from leadscore.pipeline.header import (
    HEAD_BYTES,
    HEAD_LINES,
    MAX_HEADER_BYTES,
    Reading,
    Reads,
    line_starts,
    next_line,
    skip_blank,
)
from leadscore.pipeline.scan import CR, LF
from leadscore.pipeline.source import Octets

BOM = b"\xef\xbb\xbf"
DELIMITERS = (",", ";", "\t", "|")
LEAST = 2
"""A line after the first is the header only if it has so many of the columns the config may ask for."""
AS_WIDE = 3
"""A line with as many cells as the header, so many or with a number, is a lead, and no preamble."""


@dataclass(frozen=True)
class Header:
    """The header line and where the leads begin."""

    dialect: Dialect
    names: tuple[str, ...]  # as written, quotes removed
    line: bytes  # without BOM, line end and the space after each separator of a spaced file
    start: int  # byte after the header line
    lines: int  # physical lines before that byte
    notes: tuple[str, ...] = ()


def read_header(
    data: Octets,
    path: Path,
    wanted: Collection[str] = (),
    declared: Input = AS_FOUND,
    known: Dialect = Dialect("csv"),  # noqa: B008 (it is frozen)
) -> Header:
    """Recognise header line, delimiter, line ends, quoting and BOM. UTF-8 is expected.

    `known`: what is known of the dialect already. Raises InputError where no header can be read.
    """
    newline = CR if data.find(LF) < 0 <= data.find(CR) else LF
    bom = data.startswith(BOM)
    start = skip_blank(data, len(BOM) * bom, newline)
    if start == len(data):
        raise InputError(Problem(str(path), what="no header: the file is empty", hint="export it again"))
    marks = (declared.delimiter,) if declared.delimiter else DELIMITERS
    reads = Reads(data, newline, marks, frozenset(map(_folded, wanted)))
    line = data.count(newline, 0, start)
    if declared.header_line:
        reading = _read_declared(reads, declared.header_line, len(BOM) * bom, path)
    else:
        reading = _find(reads, start, line)
    fault = reading.fault or ("more than 2,000 columns" if len(reading.names) > MAX_COLUMNS else "")
    if fault:
        raise InputError(Problem(str(path), reading.line + 1, what=f"the header cannot be read: {fault}"))
    line_end = "\r" if newline == CR else "\r\n" if data[reading.stop : reading.stop + 2] == b"\r\n" else "\n"
    dialect = replace(
        known,
        delimiter=reading.delimiter,
        quote_all=_quotes_all(reading),
        line_end=line_end,
        bom=bom,
        header_line=reading.line + 1,
        spaced=reading.spaced,
    )
    after = min(reading.stop + len(line_end), len(data))
    lines = reading.line + data.count(newline, reading.start, reading.stop) + 1
    notes = (_left_out(reading.line),) if reading.start > start else ()
    return Header(dialect, reading.names, reading.octets, after, lines, notes)


def _find(reads: Reads, start: int, line: int) -> Reading:
    """The line with most of the wanted columns; the first one, unless another has more of them."""
    first = best = reads.read(start, line, MAX_HEADER_BYTES)
    before = []
    for place, number in line_starts(reads, start, line, HEAD_LINES, HEAD_BYTES):
        if reads.may_have(place, LEAST):
            reading = reads.read(place, number, HEAD_BYTES)
            if not reading.fault and reads.found(reading) > max(reads.found(best), LEAST - 1):
                best = reading
        before.append((place, number))
    if best is not first:
        lines = [first, *(reads.read(*place, HEAD_BYTES) for place in before if place[0] < best.start)]
        if any(_could_be_a_lead(other, best) for other in lines):
            best = first
    return best if reads.found(best) >= LEAST else _after_comments(reads, first)


def _could_be_a_lead(other: Reading, header: Reading) -> bool:
    filled = sum(bool(name.strip()) for name in other.names)
    sure = len(other.names) >= AS_WIDE or any(name.strip().isdigit() for name in other.names)
    return len(other.names) == len(header.names) and 2 * filled > len(other.names) and sure


def _after_comments(reads: Reads, first: Reading) -> Reading:
    """The line after a block of `#` lines and a blank line, or after `sep=;`; else the first line."""
    place, line = first.start, first.line
    if first.octets[:4] == b"sep=" and first.octets[4:].decode() in DELIMITERS:
        reads = replace(reads, delimiters=(first.octets[4:].decode(),))
        place, line = next_line(reads, place, line)
        return reads.read(place, line, MAX_HEADER_BYTES) if place < len(reads.data) else first
    while reads.data[place : place + 1] == b"#":
        place, line = next_line(reads, place, line)
    after = skip_blank(reads.data, place, reads.newline)
    if first.start < place < after < len(reads.data):
        return reads.read(after, line + reads.data.count(reads.newline, place, after), MAX_HEADER_BYTES)
    return first


def _read_declared(reads: Reads, number: int, start: int, path: Path) -> Reading:
    line, hint = 0, "correct input.header_line in the config"
    while line < number - 1 and start < len(reads.data):
        start, line = next_line(reads, start, line)
    if start >= len(reads.data):
        what = f"the file ends at line {line}, the config says the header is in line {number}"
        raise InputError(Problem(str(path), line, what=what, hint=hint))
    if skip_blank(reads.data, start, reads.newline) > start:
        what = "this line is blank, the config says it is the header"
        raise InputError(Problem(str(path), number, what=what, hint=hint))
    return reads.read(start, line, MAX_HEADER_BYTES)


def _left_out(lines: int) -> str:
    many = "1 line before it was" if lines == 1 else f"{lines:,} lines before it were"
    return f"header at line {lines + 1:,}; {many} left out"


def _folded(name: str) -> str:
    return name.strip().casefold()


def _quotes_all(reading: Reading) -> bool:
    quoted = ('"' + name.replace('"', '""') + '"' for name in reading.names)
    return reading.delimiter.join(quoted).encode() == reading.octets
