"""test_log_leads: the leads of a log; each id has one place, whatever the ids are and however they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline import log_leads, words
from leadscore.pipeline.log_leads import LogLeads
from leadscore.pipeline.words import Words, hash_texts, read_words

ID = st.text("ab\0é", max_size=3) | st.text("0123456789", min_size=6, max_size=20)
IDS = st.lists(ID | st.none(), max_size=30)


def texts(ids: list[str | None]) -> pa.Array:
    return pa.array(ids, pa.large_string())


@contextmanager
def hashing(made: Callable[[list[int]], list[int]]) -> Iterator[None]:
    """Ids are looked up by numbers made of their lengths."""

    def read(ids: pa.Array, most: int) -> Words:
        read = read_words(ids, most)
        lengths = [len(each or "") for each in ids.to_pylist()]
        return Words(np.array(made(lengths), np.uint64), read.letters, read.whole)

    with mock.patch.object(log_leads, "read_words", read):
        yield


HASHES: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "as it is": nullcontext,
    "by length": lambda: hashing(lambda lengths: [length % 16 << 60 for length in lengths]),
    "all the same": lambda: hashing(lambda lengths: [0] * len(lengths)),
    "at the end": lambda: hashing(lambda lengths: [(1 << 64) - 1 - length for length in lengths]),
}


@given(st.lists(IDS, max_size=4), IDS, st.sampled_from([1, 3, 100]))
@pytest.mark.parametrize("hashes", HASHES)
def test_each_id_has_a_place_of_its_own_even_where_numbers_made_of_them_are_the_same(
    hashes: str, batches: list[list[str | None]], asked: list[str | None], steps: int
) -> None:
    leads = LogLeads()
    few = mock.patch.multiple(log_leads, _STEPS=steps, _FIRST_SLOTS=4)
    with HASHES[hashes](), few:
        leads.slots = np.full(4, -1, np.int32)
        found = [place for batch in batches for place in leads.add(texts(batch)).tolist()]
        known = leads.ids.to_pylist()
        events = [each for batch in batches for each in batch]
        assert sorted(known) == sorted({each for each in events if each})
        assert len(known) == leads.count
        assert found == [known.index(each) if each else -1 for each in events]
        expected = [known.index(each) if each in known else -1 for each in asked]
        assert leads.find(texts(asked)).tolist() == expected


@pytest.mark.parametrize("long", ["x" * 63, "x" * 64, "x" * 63 + "\1", "x" * 500])
def test_ids_of_any_length_are_told_apart_whenever_the_long_one_comes(long: str) -> None:
    ids = [str(number) for number in range(3000)]
    leads = LogLeads()
    leads.add(texts([*ids]))
    assert leads.find(texts([long, "2999", long[:-1]])).tolist()[::2] == [-1, -1]
    first, *_, last = leads.add(texts([long, *ids, long])).tolist()
    assert first == last == 3000
    assert leads.find(texts(["5", long, "none", long + "x"])).tolist() == [
        *leads.add(texts(["5"])).tolist(),
        *(3000, -1, -1),
    ]


@given(IDS, st.integers(0, 5))
def test_the_same_id_makes_the_same_number_wherever_it_stands(ids: list[str | None], first: int) -> None:
    alone = [int(hash_texts(texts([each]))[0]) for each in ids]
    assert hash_texts(texts(ids)).tolist() == alone
    assert hash_texts(texts(ids).slice(first)).tolist() == alone[first:]
    with mock.patch.object(words, "_PIECE", 2):
        assert hash_texts(texts(ids)).tolist() == alone


def test_ids_of_a_crm_make_numbers_that_are_all_different() -> None:
    ids = [f"{number:010d}" for number in range(20_000)] + [
        f"00Q5e{number:09x}AAA" for number in range(20_000)
    ]
    assert len(set(hash_texts(texts([*ids])).tolist())) == len(ids)
