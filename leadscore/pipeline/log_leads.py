"""log_leads: the leads of an activity log: a place for each, as they appear, and where a lead has its own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.words import Numbers, Words, read_words

Codes = npt.NDArray[np.int64]
_MOST_WORDS = 8
"""Ids of more are looked up as texts."""
_FIRST_SLOTS = 1 << 12
_PER_LEAD = 2
"""So many slots at least: then most leads are found where they are first looked for."""
_MORE = 4
_STEPS = 100
"""After so many slots that others have, it is no chance: then ids are looked up as texts."""


@dataclass
class LogLeads:
    """Each lead of a log once.

    An id is looked up in a slot by a number made of it, and its letters compared. The slots stay from batch
    to batch: a set of texts would have to be made anew for each.
    """

    count: int = 0
    letters: Numbers = field(default_factory=lambda: np.zeros((0, 0), np.uint64))
    """``[word, lead]``, as in ``Words``; there may be places to spare after the last lead."""
    hashes: Numbers = field(default_factory=lambda: np.zeros(0, np.uint64))
    slots: npt.NDArray[np.int32] = field(default_factory=lambda: np.full(_FIRST_SLOTS, -1, np.int32))
    """The place of the lead whose slot this is, or one before that was taken; -1 in a free one."""
    texts: list[pa.Array] = field(default_factory=list)
    """The ids, in pieces."""
    as_texts: bool = False
    """Whether they are looked up as texts after all."""

    @property
    def ids(self) -> pa.Array:
        """The id of each lead."""
        return pa.concat_arrays([pa.array([], pa.large_string()), *self.texts])

    def add(self, ids: pa.Array) -> Codes:
        """The place of each event's lead, -1 for an empty id; leads not seen before get the next places."""
        filled = np.flatnonzero(pc.not_equal(ids, "").fill_null(False).to_numpy(zero_copy_only=False))
        if len(filled) == len(ids):
            return self._add_filled(ids)
        places = np.full(len(ids), -1, dtype=np.int64)
        places[filled] = self._add_filled(ids.take(pa.array(filled)))
        return places

    def find(self, ids: pa.Array) -> Codes:
        """The place of each of some leads of the export; -1 for those the log does not have."""
        if self.as_texts:
            return _places(pc.index_in(ids, value_set=self.ids))
        return self._look_up(read_words(ids, _MOST_WORDS))

    def _add_filled(self, ids: pa.Array) -> Codes:
        words = read_words(ids, _MOST_WORDS)
        self.as_texts |= not words.whole
        places = self._look_up(words)
        while not self.as_texts and len(fresh := np.flatnonzero(places < 0)):
            # Of different ids that make the same number one is added at a time.
            new = fresh[_first_of_each(words.hashes[fresh])]
            self._append(words.take(new), ids.take(pa.array(new)))
            places[fresh] = self._look_up(words.take(fresh))
        return self._add_texts(ids) if self.as_texts else places

    def _add_texts(self, ids: pa.Array) -> Codes:
        # Those known stand first, and only once: their codes are their places.
        known = self.ids
        coded = pa.concat_arrays([known, ids]).dictionary_encode()
        self.texts, self.count = [coded.dictionary], len(coded.dictionary)
        return _places(coded.indices.slice(len(known)))

    def _look_up(self, words: Words) -> Codes:
        letters = self._as_wide(words.letters)
        slots = self._first_slots(words.hashes)
        places = self.slots.take(slots).astype(np.int64)
        doubtful = np.flatnonzero(~self._are(places, letters))
        for _ in range(_STEPS):
            doubtful = doubtful[places[doubtful] >= 0]
            if not len(doubtful):
                break
            slots[doubtful] = self._next(slots[doubtful])
            places[doubtful] = self.slots[slots[doubtful]]
            doubtful = doubtful[~self._are(places[doubtful], letters[:, doubtful])]
        places[doubtful] = -1
        return places

    def _are(self, places: Codes, letters: Numbers) -> npt.NDArray[np.bool_]:
        """Whether at each place there is the lead with these letters."""
        same = places >= 0
        for known, given in zip(self.letters, letters, strict=True) if self.count else ():
            same &= known.take(places) == given
        return same

    def _as_wide(self, letters: Numbers) -> Numbers:
        """As many words as the leads have, which get more where they have fewer."""
        more = len(letters) - len(self.letters)
        if more > 0:
            self.letters = np.pad(self.letters, ((0, more), (0, 0)))
        return np.pad(letters, ((0, -more), (0, 0))) if more < 0 else letters

    def _append(self, words: Words, ids: pa.Array) -> None:
        """New leads, each with another number."""
        first, self.count = self.count, self.count + len(ids)
        self.texts.append(ids)
        letters = self._as_wide(words.letters)
        if self.count > len(self.hashes):
            room = max(self.count, 2 * len(self.hashes))
            self.letters, self.hashes = _enlarge(self.letters, room), _enlarge(self.hashes, room)
        self.letters[:, first : self.count] = letters
        self.hashes[first : self.count] = words.hashes
        if self.count * _PER_LEAD > len(self.slots):
            first, size = 0, len(self.slots)
            while self.count * _PER_LEAD > size:
                size *= _MORE
            self.slots = np.full(size, -1, np.int32)
        self._give_slots(np.arange(first, self.count))

    def _give_slots(self, places: Codes) -> None:
        slots = self._first_slots(self.hashes[places])
        for _ in range(_STEPS):
            free = self.slots[slots] < 0
            self.slots[slots[free]] = places[free]
            left = np.flatnonzero(self.slots[slots] != places)  # others were there, or want the same
            if not len(left):
                return
            places, slots = places[left], self._next(slots[left])
        self.as_texts = True

    def _first_slots(self, hashes: Numbers) -> Codes:
        return (hashes >> np.uint64(65 - len(self.slots).bit_length())).astype(np.int64)

    def _next(self, slots: Codes) -> Codes:
        return (slots + 1) & (len(self.slots) - 1)


def _first_of_each(hashes: Numbers) -> Codes:
    order = np.argsort(hashes)
    ordered = hashes[order]
    first: Codes = order[np.append(True, ordered[1:] != ordered[:-1])]
    return first


def _enlarge(numbers: Numbers, room: int) -> Numbers:
    """Room for so many leads; what is not used yet takes no memory."""
    larger = np.zeros((*numbers.shape[:-1], room), numbers.dtype)
    larger[..., : numbers.shape[-1]] = numbers
    return larger


def _places(indices: pa.Array) -> Codes:
    return np.asarray(indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
