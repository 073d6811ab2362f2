"""guard: cells that a spreadsheet would run get a leading apostrophe."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.bits import after, before, find, next_place, pack
from leadscore.pipeline.buffers import offsets_of
from leadscore.pipeline.quoting import CR, LF, NOWHERE, QUOTE, Bytes, Layout, Places
from leadscore.pipeline.sound import find_cells
from leadscore.text import FORMULA_STARTS

# A cell that begins with + or - is harmless where all of it is a number or a phone number. Spreadsheets take
# the full-width signs of East Asian keyboards for the same.
_SHAPE = r"\A(SIGN?DIGIT+([.,' ]DIGIT+)*([eE][+-]?DIGIT+)?%?|PLUS(DIGIT|\()(DIGIT|[ ()./-])*(DIGIT|\)))\z"


def _shape(sign: str, digit: str, plus: str) -> str:
    return _SHAPE.replace("SIGN", sign).replace("DIGIT", digit).replace("PLUS", plus)


_NUMBER_OR_PHONE = _shape("[-+\uff0b\uff0d]", "[0-9\uff10-\uff19]", "[+\uff0b]")
# The same for bytes, of which a full-width letter has three.
_IN_BYTES = _shape(r"([-+]|\xef\xbc[\x8b\x8d])", r"([0-9]|\xef\xbc[\x90-\x99])", r"(\+|\xef\xbc\x8b)")
_HARMLESS = re.compile(_IN_BYTES.replace(r"\z", r"\Z").encode())
_TRIGGERS = b"=@+-\t\r\n"
_STARTS = {bytes([letter]) for letter in b"\0" + _TRIGGERS}  # no line that can be read has a NUL, a text may
_WIDE = tuple(letter.encode() for letter in "\uff1d\uff20\uff0b\uff0d")
_WIDE_LEAD, _WIDE_NEXT, _WIDE_LAST = 0xEF, 0xBC, np.frombuffer(b"".join(_WIDE), np.uint8)[2::3]
_FORMULA = r"\A[" + FORMULA_STARTS + "]"
_APOSTROPHE = ord("'")
PIECE = 1 << 20
"""Bytes looked at together: what is known of them stays in the processor's cache."""


def guard_texts(texts: pa.Array) -> tuple[pa.Array, int]:
    """Text cells, disarmed, and how many were. Nulls stay."""
    live = pc.and_(
        pc.match_substring_regex(texts, _FORMULA),
        pc.invert(pc.match_substring_regex(texts, _NUMBER_OR_PHONE)),
    )
    live = pc.fill_null(live, False)
    count = pc.sum(live).as_py() or 0
    if not count:
        return texts, 0
    armed = pc.binary_join_element_wise(pa.scalar("'", texts.type), texts, pa.scalar("", texts.type))
    return pc.if_else(live, armed, texts), count


@dataclass(frozen=True)
class Live:
    """Live cells of some records: the number of each one's record, and the byte of it the cell begins with.

    Ascending; behind its opening quote, if it has one.
    """

    rows: Places
    places: Places


NO_LIVE = Live(NOWHERE, NOWHERE)


def find_live(octets: bytes | pa.Buffer, starts: Places, layout: Layout) -> Live:
    """The live cells of sound records without a space after each separator. ``starts``: where each begins."""
    content = np.frombuffer(octets, np.uint8)
    found, first = [NOWHERE], 0
    while first < len(starts):
        next_ = int(np.searchsorted(starts, starts[first] + PIECE))
        stop = len(content) if next_ >= len(starts) else int(starts[next_])
        found.append(_find_live(content[starts[first] : stop], layout) + starts[first])
        first = next_
    places = np.concatenate(found)
    rows = np.searchsorted(starts, places, side="right") - 1
    return Live(rows, places - starts[rows])


def _find_live(octets: Bytes, layout: Layout) -> Places:
    cells = find_cells(octets, layout)
    between = cells.between
    first = after(between, first=True)
    ends = between | pack((octets == CR) | (octets == LF))
    quoted = after(first & cells.quote)
    # An empty cell is followed by a separator or, in a tab-separated file, by a tab: nobody's first letter.
    letters = quoted | (first & ~cells.quote & ~ends)
    places = find(letters & pack(_triggers(octets)))
    if not places.size:
        return places
    closing = cells.quote & ~cells.inside & ~before(cells.quote)
    in_quotes = octets[np.maximum(places - 1, 0)] == QUOTE
    stops = np.where(in_quotes, next_place(closing, places), next_place(ends, places))
    bounds = np.column_stack((places, np.minimum(stops, len(octets)))).ravel()
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(np.ascontiguousarray(octets))]
    # Cell, gap, cell, gap: what lies between them is looked at by nobody.
    parts = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(bounds) - 1, buffers)
    texts = parts.take(pa.array(np.arange(0, len(bounds), 2)))
    harmless = pc.match_substring_regex(texts, _IN_BYTES).to_numpy(zero_copy_only=False)
    live: Places = places[~np.asarray(harmless, dtype=bool)]
    return live


def _triggers(octets: Bytes) -> npt.NDArray[np.bool_]:
    # A comparison for each letter: far cheaper than to look every byte up in a table.
    live: npt.NDArray[np.bool_] = octets == _TRIGGERS[0]
    for letter in _TRIGGERS[1:]:
        live |= octets == letter
    if octets.max(initial=0) >= _WIDE_LEAD:  # in few exports
        live[_wide_triggers(octets)] = True
    return live


def _wide_triggers(octets: Bytes) -> Places:
    """Where a full-width sign begins."""
    places = np.flatnonzero(octets[:-2] == _WIDE_LEAD)
    wide = (octets[places + 1] == _WIDE_NEXT) & np.isin(octets[places + 2], _WIDE_LAST)
    found: Places = places[wide]
    return found


def disarm(lines: pa.LargeBinaryArray, live: Live) -> pa.LargeBinaryArray:
    """CSV lines with an apostrophe before each of their live cells. All other bytes stay as they are."""
    if not len(live.rows):
        return lines
    touched, which = np.unique(live.rows, return_inverse=True)
    taken = lines.take(pa.array(touched))
    offsets = offsets_of(taken)
    content = np.frombuffer(taken.buffers()[2], np.uint8)[: offsets[-1]]
    armed = np.insert(content, offsets[which] + live.places, _APOSTROPHE)
    moved = offsets + np.append(0, np.cumsum(np.bincount(which, minlength=len(touched))))
    buffers = [None, pa.py_buffer(moved), pa.py_buffer(armed)]
    replacements = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(touched), buffers)
    mask = np.zeros(len(lines), dtype=bool)
    mask[touched] = True
    return pc.replace_with_mask(lines, pa.array(mask), replacements)


def _cell_pattern(delimiter: str) -> re.Pattern[bytes]:
    mark = re.escape(delimiter.encode())
    return re.compile(rb'("(?:[^"]|"")*"|[^' + mark + rb"\r\n]*)(" + mark + rb"|\r?\n|\r|\Z)")


def guard_line(line: bytes, pattern: re.Pattern[bytes] | str) -> tuple[bytes, int]:
    """One CSV line with its live cells disarmed."""
    if isinstance(pattern, str):
        pattern = _cell_pattern(pattern)
    parts, count, place = [], 0, 0
    while place < len(line):
        match = pattern.match(line, place)
        if match is None:
            return line, 0
        cell, live = _guard_cell(match[1])
        parts += [cell, match[2]]
        count, place = count + live, match.end()
    return b"".join(parts), count


def _guard_cell(cell: bytes) -> tuple[bytes, int]:
    quoted = cell.startswith(b'"')
    inner = cell[1:-1].replace(b'""', b'"') if quoted else cell
    begins = inner[:1] in _STARTS or inner.startswith(_WIDE)
    if not begins or _HARMLESS.match(inner):
        return cell, 0
    return (b"\"'" + cell[1:] if quoted else b"'" + cell), 1
