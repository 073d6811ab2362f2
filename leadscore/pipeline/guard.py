"""guard: cells that a spreadsheet would run get a leading apostrophe."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# A cell that begins with + or - is harmless where all of it is a number or a phone number.
_NUMBER_OR_PHONE = r"\A([+-]?[0-9]+([.,' ][0-9]+)*([eE][+-]?[0-9]+)?%?|\+[0-9(][0-9 ()./-]*[0-9)])\z"
_HARMLESS = re.compile(_NUMBER_OR_PHONE.replace(r"\z", r"\Z").encode())
_TRIGGERS = b"=@+-\t\r\n"
_FORMULA = r"\A[=@+\-\t\r\n]"

Bytes = npt.NDArray[np.uint8]


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


def guard_lines(lines: pa.LargeBinaryArray, delimiter: str) -> tuple[pa.LargeBinaryArray, int]:
    """CSV lines with every cell disarmed, and how many cells were. All other bytes stay as they are.

    Clean lines are only looked at as bytes; a line is taken apart where a cell of it may be live.
    """
    suspects = _suspects(lines, delimiter)
    if not len(suspects):
        return lines, 0
    pattern = _cell_pattern(delimiter)
    guarded = [guard_line(line, pattern) for line in lines.take(pa.array(suspects)).to_pylist()]
    count = sum(cells for _, cells in guarded)
    if not count:
        return lines, 0
    mask = np.zeros(len(lines), dtype=bool)
    mask[suspects] = True
    replacements = pa.array([line for line, _ in guarded], pa.large_binary())
    return pc.replace_with_mask(lines, pa.array(mask), replacements), count


def _suspects(lines: pa.LargeBinaryArray, delimiter: str) -> npt.NDArray[np.int64]:
    """The lines in which a cell seems to begin with a trigger and is not plainly a number or a phone."""
    if not len(lines):
        return np.empty(0, dtype=np.int64)
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int64)[lines.offset : lines.offset + len(lines) + 1]
    content = np.frombuffer(lines.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]]
    starts = offsets - offsets[0]
    places = np.flatnonzero(_table(_TRIGGERS)[content])
    places = places[_begins_cell(content, places, starts, ord(delimiter))]
    if len(places):
        places = places[~_harmless(content, places, ord(delimiter))]
    return np.unique(np.searchsorted(starts, places, side="right") - 1)


def _table(letters: bytes) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=bool)
    table[np.frombuffer(letters, dtype=np.uint8)] = True
    return table


def _begins_cell(
    content: Bytes, places: npt.NDArray[np.int64], starts: npt.NDArray[np.int64], delimiter: int
) -> npt.NDArray[np.bool_]:
    """Whether a cell may begin at each place: after a separator, or after a quote that follows one."""
    first = np.zeros(len(content) + 1, dtype=bool)
    first[starts] = True
    before = np.where(places > 0, content[places - 1], 10)
    after_quote = (before == ord('"')) & (first[places - 1] | (content[places - 2] == delimiter))
    # An empty cell is followed by a line end or, in a tab-separated file, by a tab: nobody's first letter.
    empty = np.isin(content[places], (10, 13, delimiter))
    begins: npt.NDArray[np.bool_] = after_quote | (~empty & (first[places] | (before == delimiter)))
    return begins


def _harmless(content: Bytes, places: npt.NDArray[np.int64], delimiter: int) -> npt.NDArray[np.bool_]:
    ends = np.flatnonzero(_table(bytes([delimiter]) + b'"\r\n')[content])
    ends = np.append(ends, len(content))
    stops = ends[np.minimum(np.searchsorted(ends, places), len(ends) - 1)]
    # What ends the cell must be what its beginning asks for: a separator inside quotes does not.
    quoted = content[places - 1] == ord('"')
    last, after = _letters_at(content, stops), _letters_at(content, stops + 1)
    whole = np.where(quoted, (last == ord('"')) & (after != ord('"')), last != ord('"'))
    lengths = np.maximum(stops - places, 0)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths) + np.repeat(places, lengths)
    cells = pa.Array.from_buffers(
        pa.large_binary(), len(places), [None, pa.py_buffer(offsets), pa.py_buffer(content[inside])]
    )
    harmless = pc.match_substring_regex(cells, _NUMBER_OR_PHONE).to_numpy(zero_copy_only=False)
    plain: npt.NDArray[np.bool_] = np.asarray(harmless, dtype=bool) & whole
    return plain


def _letters_at(content: Bytes, places: npt.NDArray[np.int64]) -> Bytes:
    """The bytes at these places; a line end beyond the last one."""
    letters = content[np.minimum(places, len(content) - 1)]
    return np.where(places < len(content), letters, np.uint8(10))


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
    if not inner or inner[0] not in _TRIGGERS or _HARMLESS.match(inner):
        return cell, 0
    return (b"\"'" + cell[1:] if quoted else b"'" + cell), 1
