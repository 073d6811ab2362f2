"""test_log_leads: the leads of a log; each id has one place, whatever the ids are and however they come."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline import log_leads
from leadscore.pipeline.log_leads import LogLeads, hash_texts

ID = st.text("ab\0é", max_size=3) | st.text("0123456789", min_size=6, max_size=20)
IDS = st.lists(ID | st.none(), max_size=30)


def texts(ids: list[str | None]) -> pa.Array:
    return pa.array(ids, pa.large_string())


def places_of(batches: list[list[str | None]]) -> list[int]:
    """The plain way: a place for each id that is not empty, as it appears."""
    seen: dict[str, int] = {}
    return [seen.setdefault(each, len(seen)) if each else -1 for batch in batches for each in batch]


@given(st.lists(IDS, max_size=4), IDS)
@pytest.mark.parametrize("hashing", ["as it is", "by length", "all the same"])
def test_each_id_has_a_place_of_its_own_even_where_numbers_made_of_them_are_the_same(
    hashing: str, batches: list[list[str | None]], asked: list[str | None]
) -> None:
    made = {
        "as it is": hash_texts,
        "by length": lambda ids: np.array([len(each or "") for each in ids.to_pylist()], np.uint64),
        "all the same": lambda ids: np.zeros(len(ids), np.uint64),
    }
    leads = LogLeads()
    with mock.patch.object(log_leads, "hash_texts", made[hashing]):
        found = [place for batch in batches for place in leads.add(texts(batch)).tolist()]
        assert found == places_of(batches)
        known = leads.ids.to_pylist()
        assert sorted(known) == sorted({each for batch in batches for each in batch if each})
        expected = [known.index(each) if each in known else -1 for each in asked]
        assert leads.find(texts(asked)).tolist() == expected


@given(IDS, st.integers(0, 5))
def test_the_same_id_makes_the_same_number_wherever_it_stands(ids: list[str | None], first: int) -> None:
    alone = [int(hash_texts(texts([each]))[0]) for each in ids]
    assert hash_texts(texts(ids)).tolist() == alone
    assert hash_texts(texts(ids).slice(first)).tolist() == alone[first:]
    with mock.patch.object(log_leads, "_PIECE", 2):
        assert hash_texts(texts(ids)).tolist() == alone


def test_ids_of_a_crm_make_numbers_that_are_all_different() -> None:
    ids = [f"{number:010d}" for number in range(20_000)] + [
        f"00Q5e{number:09x}AAA" for number in range(20_000)
    ]
    assert len(set(hash_texts(texts([*ids])).tolist())) == len(ids)
