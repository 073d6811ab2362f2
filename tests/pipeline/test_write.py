"""test_write: each lead's line is made once, in whatever parts and blocks; nothing is left half written."""

from __future__ import annotations

import errno
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline import write
from leadscore.pipeline.formats import Format
from leadscore.pipeline.lists import Listing
from leadscore.pipeline.staged import StagedFile
from leadscore.pipeline.write_csv import CsvFormat
from tests.running import SAMPLE, SAMPLE_CONFIG, Place

BY_SIZE = ("--set", "rank_by=[{lowest: employees}]")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("options", [(), BY_SIZE], ids=["tiers follow the score", "tiers are mixed"])
@pytest.mark.parametrize(("block_rows", "hold_bytes"), [(1, 1), (7, 5_000), (1_000, 10_000)])
def test_the_parts_and_blocks_that_leads_are_written_in_change_no_byte(
    place: Place, options: tuple[str, ...], block_rows: int, hold_bytes: int
) -> None:
    assert place.score(SAMPLE, SAMPLE_CONFIG, *options).code == 0
    once = place.files()
    with (
        mock.patch.object(CsvFormat, "block_rows", block_rows),
        mock.patch.object(write, "HOLD_BYTES", hold_bytes),
    ):
        assert place.score(SAMPLE, SAMPLE_CONFIG, *options).code == 0
    assert place.files() == once


@pytest.mark.parametrize("options", [(), BY_SIZE])
def test_the_files_of_the_tiers_are_the_ranked_file_divided(place: Place, options: tuple[str, ...]) -> None:
    assert place.score(SAMPLE, SAMPLE_CONFIG, *options).code == 0
    ranked = place.rows()
    tiers = {row["tier"] for row in ranked}
    assert len(tiers) == 4
    for tier in tiers:
        assert place.rows(f"tiers/{tier}.csv") == [row for row in ranked if row["tier"] == tier]


@given(chosen=st.lists(st.booleans()))
def test_leads_chosen_from_a_block_are_those_and_in_their_order(chosen: list[bool]) -> None:
    block = pa.array([str(number) for number in range(len(chosen))], pa.large_binary())
    expected = [value for value, is_chosen in zip(block.to_pylist(), chosen, strict=True) if is_chosen]
    flags = np.array(chosen, dtype=bool)
    assert write._choose(block, flags).to_pylist() == expected
    assert write._choose(pa.table({"a": block}), flags).column("a").to_pylist() == expected


@given(
    rows=st.integers(0, 200),
    leads=st.integers(0, 50),
    size=st.integers(0, 10_000),
    block_rows=st.integers(1, 40),
)
def test_the_file_is_read_a_dozen_times_at_most_for_whole_blocks(
    rows: int, leads: int, size: int, block_rows: int
) -> None:
    held: list[tuple[list[int], Any]] = []
    form = SimpleNamespace(
        export=SimpleNamespace(size=size),
        block_rows=block_rows,
        hold=lambda rows, following: held.append((rows.tolist(), following)),
    )
    listing = Listing("ranked", np.arange(rows)[::-1], pd.DataFrame(index=range(rows + leads)), [])
    with mock.patch.object(write, "HOLD_BYTES", 500):
        parts = [part.tolist() for part in write._hold_parts(listing, cast(Format, form))]
    assert parts == [rows for rows, _ in held]
    assert parts[1:] == [following.tolist() for _, following in held[:-1]]
    assert held[-1][1] is None
    assert [row for part in parts for row in part] == listing.rows.tolist()
    assert 1 <= len(parts) <= write.PARTS
    assert size >= 500 or len(parts) == 1
    assert all(len(part) % block_rows == 0 for part in parts[:-1])


def _refuse(*arguments: Any) -> int:
    raise OSError(errno.ENOSPC, "no space left on device")


@pytest.mark.parametrize(
    ("owner", "name"), [(StagedFile, "write"), (CsvFormat, "block"), (CsvFormat, "_lines")]
)
def test_where_the_disk_refuses_nothing_is_published_and_no_thread_is_left(
    place: Place, monkeypatch: pytest.MonkeyPatch, owner: type, name: str
) -> None:
    monkeypatch.setattr(owner, name, _refuse)
    ended = place.score(SAMPLE, SAMPLE_CONFIG)
    assert ended.code == 6
    assert "No space left on device" in ended.stderr
    assert sorted(path.name for path in place.folder.iterdir()) == []
    assert "ahead" not in [thread.name for thread in threading.enumerate()]
