"""dialect: the first line of a CSV export -> its dialect and its columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leadscore.errors import InputError, Problem
from leadscore.pipeline.export import MAX_COLUMNS, Dialect
from leadscore.pipeline.scan import CR, LF, STRAY_CR, Layout, scan_block
from leadscore.pipeline.source import STEP, Octets, view

BOM = b"\xef\xbb\xbf"
DELIMITERS = (",", ";", "\t", "|")
MAX_HEADER_BYTES = 1 << 20


@dataclass(frozen=True)
class Header:
    """The header line and where the leads begin."""

    dialect: Dialect
    names: tuple[str, ...]  # as written, quotes removed
    line: bytes  # without BOM and line end
    start: int  # byte after the header line
    lines: int  # physical lines before that byte


@dataclass(frozen=True)
class _Reading:
    """The header under one delimiter."""

    names: tuple[str, ...]
    stop: int
    fault: str


def read_header(data: Octets, path: Path, wanted: Collection[str], compression: str) -> Header:
    """Recognise delimiter, line ends, quoting and BOM. Raises InputError where no header can be read."""
    newline = CR if data.find(LF) < 0 <= data.find(CR) else LF
    bom = data.startswith(BOM)
    start = _skip_blank(data, len(BOM) * bom, newline)
    if start == len(data):
        raise InputError(Problem(str(path), what="no header: the file is empty", hint="export it again"))
    line = data.count(newline, 0, start)
    readings = {delimiter: _read(data, start, delimiter, newline) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda candidate: _fitness(readings[candidate], wanted))
    reading = readings[delimiter]
    fault = reading.fault or ("more than 2,000 columns" if len(reading.names) > MAX_COLUMNS else "")
    if fault:
        raise InputError(Problem(str(path), line + 1, what=f"the header cannot be read: {fault}"))
    header = bytes(data[start : reading.stop])
    line_end = "\r" if newline == CR else "\r\n" if data[reading.stop : reading.stop + 2] == b"\r\n" else "\n"
    dialect = Dialect("csv", delimiter, _quotes_all(header, reading, delimiter), line_end, bom, compression)
    after = min(reading.stop + len(line_end), len(data))
    return Header(dialect, reading.names, header, after, line + header.count(newline) + 1)


def _skip_blank(data: Octets, start: int, newline: int) -> int:
    """Where the first line begins that holds something."""
    lines = re.compile(rb"\r+" if newline == CR else rb"(?:\r?\n)+")
    while blank := lines.match(view(data, start, start + STEP)):
        start += blank.end()
    return start


def _read(data: Octets, start: int, delimiter: str, newline: int) -> _Reading:
    end = min(start + MAX_HEADER_BYTES, len(data))
    block = np.frombuffer(view(data, start, end), np.uint8)
    found = scan_block(block, Layout(ord(delimiter), newline, 0), end == len(data), end == len(data))
    if not found.stops.size:
        return _Reading((), start, found.fault or "it does not end within 1 MiB")
    stop = start + int(found.stops[0])
    if found.fields[0] == STRAY_CR:
        return _Reading((), stop, "a lone CR")
    text = io.StringIO(data[start:stop].decode(), newline="")
    try:
        names = next(csv.reader(text, delimiter=delimiter, strict=True))
    except csv.Error:
        return _Reading((), stop, "a cell is too long")
    return _Reading(tuple(names), stop, "")


def _fitness(reading: _Reading, wanted: Collection[str]) -> tuple[bool, int, int]:
    return not reading.fault, len(set(wanted).intersection(reading.names)), len(reading.names)


def _quotes_all(header: bytes, reading: _Reading, delimiter: str) -> bool:
    quoted = ('"' + name.replace('"', '""') + '"' for name in reading.names)
    return delimiter.join(quoted).encode() == header
