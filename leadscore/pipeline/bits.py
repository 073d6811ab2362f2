"""bits: a flag for each byte of a block, 64 of them in a word, so that a whole block is looked at at once.

Bit i of word w is the flag of byte 64 * w + i. Flags beyond the block's end are 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Places = NDArray[np.int64]
_SHIFTS = tuple(np.uint64(shift) for shift in (1, 2, 4, 8, 16, 32))
_ONE, _SIX, _TOP, _LOW = np.uint64(1), np.uint64(6), np.uint64(63), np.uint64(63)
_NEAR = 4
"""So many words are searched one after the other before all flags are looked for."""


def pack(flags: NDArray[np.bool_]) -> Bits:
    """Flags, one a byte, as bits."""
    octets = np.packbits(flags, bitorder="little")
    words = np.zeros(-(-flags.size // 64), np.uint64)
    words.view(np.uint8)[: octets.size] = octets
    return words


def find(bits: Bits) -> Places:
    """The places of all set flags. Where they are few, most words are empty and not taken apart."""
    filled = np.flatnonzero(bits)
    places = np.flatnonzero(np.unpackbits(bits[filled].view(np.uint8), bitorder="little").view(np.bool_))
    return places if filled.size == bits.size else filled[places >> 6] * 64 + (places & 63)


def after(bits: Bits, first: bool = False) -> Bits:
    """The flags of the bytes that follow the flagged ones; ``first``: the flag of the first byte."""
    moved = bits << _ONE
    moved[1:] |= bits[:-1] >> _TOP
    if first and moved.size:
        moved[0] |= _ONE
    return moved


def before(bits: Bits) -> Bits:
    """The flags of the bytes that stand before the flagged ones."""
    moved = bits >> _ONE
    moved[:-1] |= bits[1:] << _TOP
    return moved


def odd(bits: Bits) -> Bits:
    """Whether the number of flags up to and including each byte is odd.

    Doubling steps within a word, then one carry from word to word: Hillis and Steele, "Data parallel
    algorithms", 1986; used for quotes by Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019.
    """
    parity = bits.copy()
    for shift in _SHIFTS:
        parity ^= parity << shift
    carry = np.bitwise_xor.accumulate(parity >> _TOP)
    parity[1:] ^= np.uint64(0) - carry[:-1]
    return parity


def count_before(bits: Bits, places: Places) -> Places:
    """How many flags stand before each place."""
    words = np.append(np.int64(0), np.cumsum(np.bitwise_count(bits), dtype=np.int64))
    word = places >> 6
    below = (_ONE << (places.astype(np.uint64) & _LOW)) - _ONE
    padded = bits if not places.size or int(word[-1]) < bits.size else np.append(bits, np.uint64(0))
    count: Places = words[word] + np.bitwise_count(padded[word] & below)
    return count


def next_place(bits: Bits, places: Places) -> Places:
    """The first flagged place at or after each place; the end of all words where there is none."""
    word = places >> 6
    left = bits[word] >> (places.astype(np.uint64) & _LOW)
    found: Places = places + np.bitwise_count((left & (np.uint64(0) - left)) - _ONE)
    open_ = np.flatnonzero(left == 0)
    for _ in range(_NEAR):
        if not open_.size:
            break
        word[open_] += 1
        open_ = open_[word[open_] < bits.size]
        here = bits[word[open_]]
        found[open_] = word[open_] * 64 + np.bitwise_count((here & (np.uint64(0) - here)) - _ONE)
        open_ = open_[here == 0]
    if open_.size:
        every = np.append(find(bits), bits.size * 64)
        found[open_] = every[np.searchsorted(every, places[open_])]
    found[word >= bits.size] = bits.size * 64
    return found
