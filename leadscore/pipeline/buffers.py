"""buffers: the memory behind an array of texts or bytes, as numpy looks at it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def offsets_of(texts: pa.Array) -> NDArray[np.int64]:
    """Where each text of a large array begins in its buffer, and where the last one ends."""
    return np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]


def joined(texts: pa.Array) -> pa.Buffer:
    """All of a large array's texts, or bytes, as one piece of memory, without copying."""
    content = texts.buffers()[2]
    if not len(texts) or content is None:
        return pa.py_buffer(b"")
    starts = offsets_of(texts)
    return content.slice(int(starts[0]), int(starts[-1] - starts[0]))
