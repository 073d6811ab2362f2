"""spacing: the space after each separator in files that have one there: 1, "a, b", 2."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leadscore.pipeline.buffers import offsets_of

QUOTE, SPACE = 34, 32


def find_gaps(octets: NDArray[np.uint8], delimiter: int) -> NDArray[np.bool_]:
    """Which bytes of whole, sound records are the one space after a separator that is not inside quotes."""
    spaces = np.flatnonzero(octets[1:] == SPACE) + 1
    spaces = spaces[octets[spaces - 1] == delimiter]
    quotes_before = np.searchsorted(np.flatnonzero(octets == QUOTE), spaces)
    gaps = np.zeros(octets.size, dtype=bool)
    gaps[spaces[quotes_before % 2 == 0]] = True
    return gaps


def close_gaps(
    octets: pa.Buffer | bytes, places: NDArray[np.int64], delimiter: int
) -> tuple[bytes, NDArray[np.int64]]:
    """The records without it, and where what stood at these places is then."""
    content = np.frombuffer(octets, np.uint8)
    gaps = find_gaps(content, delimiter)
    return content[~gaps].tobytes(), places - np.searchsorted(np.flatnonzero(gaps), places)


def close_gaps_in(lines: pa.LargeBinaryArray, delimiter: int) -> pa.LargeBinaryArray:
    """Records with their line ends, without it."""
    offsets = offsets_of(lines)
    content = np.frombuffer(lines.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    kept = ~find_gaps(content, delimiter)
    places = np.append(0, np.cumsum(kept))[offsets - offsets[0]]
    buffers = [None, pa.py_buffer(places), pa.py_buffer(content[kept])]
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(lines), buffers)
