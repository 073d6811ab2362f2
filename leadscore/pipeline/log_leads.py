"""log_leads: the leads of an activity log: a place for each, as they appear, and where a lead has its own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.buffers import offsets_of
from leadscore.pipeline.coded import to_array

Codes = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
_WORD = 8
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_PIECE = 1 << 15
"""Texts hashed at a time, so that what is worked with stays in the processor's cache."""


@dataclass
class LogLeads:
    """Each lead of a log once, in the order in which they appear.

    Looked up by a number made of the id, and then compared: a set of texts would have to be made anew for
    each batch.
    """

    ids: pa.Array = field(default_factory=lambda: pa.array([], pa.large_string()))
    hashes: pd.Index = field(default_factory=lambda: pd.Index([], dtype=np.uint64))
    ambiguous: bool = False
    """Whether two ids made the same number, which hardly ever happens: then texts are looked up after all."""

    def add(self, ids: pa.Array) -> Codes:
        """The place of each event's lead, -1 for an empty id; leads not seen before get the next places.

        Give many events at once: whatever is new among them, all that is known is gone through.
        """
        filled = np.flatnonzero(pc.not_equal(ids, "").fill_null(False).to_numpy(zero_copy_only=False))
        given = ids if len(filled) == len(ids) else ids.take(pa.array(filled))
        places = np.full(len(ids), -1, dtype=np.int64)
        places[filled] = self._add_texts(given) if self.ambiguous else self._add_hashes(given)
        return places

    def find(self, ids: pa.Array) -> Codes:
        """The place of each of some leads of the export; -1 for those the log does not have."""
        if self.ambiguous:
            return _places(pc.index_in(ids, value_set=self.ids))
        places = self._look_up(hash_texts(ids))
        return np.where(self._are(places, ids), places, -1)

    def _add_hashes(self, ids: pa.Array) -> Codes:
        hashes = hash_texts(ids)
        places = self._look_up(hashes)
        fresh = np.flatnonzero(places < 0)
        codes, new = pd.factorize(hashes[fresh])
        places[fresh] = len(self.ids) + codes
        first = np.empty(len(new), dtype=np.int64)
        first[codes[::-1]] = fresh[::-1]
        before, self.ids = self.ids, pa.concat_arrays([self.ids, ids.take(pa.array(first))])
        self.hashes = self.hashes if not len(new) else self.hashes.append(pd.Index(new))
        if self._are(places, ids).all():
            return places
        self.ids, self.ambiguous = before, True
        return self._add_texts(ids)

    def _add_texts(self, ids: pa.Array) -> Codes:
        # Those known stand first, and only once: their codes are their places.
        coded = pa.concat_arrays([self.ids, ids]).dictionary_encode()
        places = _places(coded.indices.slice(len(self.ids)))
        self.ids = coded.dictionary
        return places

    def _look_up(self, hashes: Hashes) -> Codes:
        return self.hashes.get_indexer(pd.Index(hashes)).astype(np.int64)

    def _are(self, places: Codes, ids: pa.Array) -> npt.NDArray[np.bool_]:
        """Whether at each place there is this very id."""
        same = pc.equal(self.ids.take(pa.array(places, mask=places < 0)), ids)
        return np.asarray(same.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)


def _places(indices: pa.Array) -> Codes:
    return np.asarray(indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def hash_texts(texts: pa.Array) -> Hashes:
    """A number per text, the same where texts are the same, and hardly ever where they are not."""
    pieces = [_hash_piece(texts.slice(first, _PIECE)) for first in range(0, len(texts), _PIECE)]
    return np.concatenate([np.zeros(0, np.uint64), *pieces])


def _hash_piece(texts: pa.Array) -> Hashes:
    texts = to_array(texts.fill_null("") if texts.null_count else texts)
    offsets = offsets_of(texts)
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    octets = np.zeros(int(offsets[-1] - offsets[0]) + _WORD, np.uint8)
    if texts.buffers()[2] is not None:
        octets[:-_WORD] = np.frombuffer(texts.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    # Eight letters as one number, from wherever a text begins.
    words: Hashes = np.ndarray(len(octets) - _WORD + 1, np.dtype("<u8"), octets, strides=(1,))
    hashes = lengths.astype(np.uint64) * _PRIME
    for done in range(0, int(lengths.max(initial=0)), _WORD):
        rows = np.flatnonzero(lengths > done)
        beyond = np.maximum(_WORD - (lengths[rows] - done), 0)  # letters of the next text
        word = words[starts[rows] + done] << (8 * beyond).astype(np.uint64)
        mixed = (hashes[rows] ^ word) * _PRIME
        hashes[rows] = mixed ^ (mixed >> np.uint64(32))
    return hashes
