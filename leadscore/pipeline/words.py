"""words: texts -> whole numbers, eight letters in each, and one number made of them to look a text up by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadscore.pipeline.buffers import offsets_of
from leadscore.pipeline.coded import to_array

Numbers = npt.NDArray[np.uint64]
_LETTERS = 8
_PIECE = 1 << 15
"""Texts worked on at a time, so that what is worked with stays in the processor's cache."""
_PRIME = 0x9E3779B97F4A7C15
_HALF = np.uint64(32)
# By how many letters of a text a word has: what of it belongs to the text, and the mark of the text's end.
_OWN = np.array([(1 << 8 * letters) - 1 for letters in range(_LETTERS + 1)], np.uint64)
_END = np.array([1 << 8 * letters for letters in range(_LETTERS)] + [0], np.uint64)


@dataclass(frozen=True)
class Words:
    """Texts as numbers. A missing text is an empty one."""

    hashes: Numbers
    """One per text: the same where texts are the same, and hardly ever where they are not."""
    letters: Numbers
    """``[word, text]``: the letters, the mark of the end, zeros. Only zeros for a text that is too long."""
    whole: bool
    """Whether none was too long: then different texts have different letters."""

    def take(self, rows: npt.NDArray[np.intp]) -> Words:
        """The same of some of the texts."""
        return Words(self.hashes[rows], self.letters[:, rows], self.whole)


def hash_texts(texts: pa.Array) -> Numbers:
    """The number to look each text up by."""
    return read_words(texts, 0).hashes


def read_words(texts: pa.Array, most: int) -> Words:
    """The numbers of texts (large_string); of the letters at most so many words are kept."""
    texts = to_array(texts.fill_null("") if texts.null_count else texts)
    longest = int(np.diff(offsets_of(texts)).max(initial=0)) if len(texts) else -_LETTERS
    needed = longest // _LETTERS + 1
    hashes, letters = np.zeros(len(texts), np.uint64), np.zeros((min(needed, most), len(texts)), np.uint64)
    for first in range(0, len(texts), _PIECE):
        piece = slice(first, first + _PIECE)
        made, factor = hashes[piece], 1
        for place, (rows, words) in enumerate(_each_word(texts.slice(first, _PIECE))):
            factor = factor * _PRIME % (1 << 64)
            if place < most:
                letters[place, piece][rows] = words
            elif place == most:
                letters[:, piece][:, rows] = 0
            # The last letters stand in the highest bits, and would only decide on the highest of the sum.
            made[rows] += (words ^ (words >> _HALF)) * np.uint64(factor)
        made ^= made >> _HALF
        made *= np.uint64(_PRIME)
    return Words(hashes, letters, needed <= most)


def _each_word(texts: pa.Array) -> Iterator[tuple[npt.NDArray[np.intp] | slice, Numbers]]:
    """The first word of each text, then the second of those that have one, and so on."""
    offsets = offsets_of(texts)
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    octets = np.zeros(int(offsets[-1] - offsets[0]) + _LETTERS, np.uint8)
    if texts.buffers()[2] is not None:
        octets[:-_LETTERS] = np.frombuffer(texts.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    # Eight letters as one number, from wherever a text begins.
    numbers: Numbers = np.ndarray(len(octets) - _LETTERS + 1, np.dtype("<u8"), octets, strides=(1,))
    shortest, longest = int(lengths.min()), int(lengths.max())
    for done in range(0, longest + 1, _LETTERS):
        if shortest == longest:  # they stand at equal distances: no need to look where each begins
            own = min(shortest - done, _LETTERS)
            yield slice(None), (numbers[done :: max(shortest, 1)][: len(lengths)] & _OWN[own]) | _END[own]
            continue
        rows = slice(None) if done <= shortest else np.flatnonzero(lengths >= done)
        owns = np.minimum(lengths[rows] - done, _LETTERS)
        yield rows, (numbers[starts[rows] + done] & _OWN[owns]) | _END[owns]
