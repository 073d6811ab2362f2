"""memory: what is no longer used goes back to the system."""

from __future__ import annotations

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Let go of memory that was freed.

    Neither Arrow nor the C library does it by itself while something that is kept lies behind it, such as
    what is kept of each batch: without this, memory would grow with the batches and not with what is kept.
    """
    pa.default_memory_pool().release_unused()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        return  # a C library that has no such call
