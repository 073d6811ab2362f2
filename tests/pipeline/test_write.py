"""test_write: each lead's line is made once, in whatever parts and blocks; nothing is left half written."""

from __future__ import annotations

import errno
import threading
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, strategies as st

from leadscore.model.load import load_content
from leadscore.pipeline import write
from leadscore.pipeline.formats import Format
from leadscore.pipeline.job import Job
from leadscore.pipeline.lists import Listing
from leadscore.pipeline.run import score_export
from leadscore.pipeline.staged import StagedFile
from leadscore.pipeline.write_csv import CsvFormat
from leadscore.pipeline.write_parquet import ParquetFormat
from tests.running import SAMPLE, SAMPLE_CONFIG, Place, csv_of, match, model_of, parquet_rows

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
@example(chosen=[True, False, True])
@example(chosen=[False, True, True])
@example(chosen=[])
def test_leads_chosen_from_a_block_are_those_and_in_their_order(chosen: list[bool]) -> None:
    block = pa.array([str(number) for number in range(len(chosen))], pa.large_binary())
    expected = [value for value, is_chosen in zip(block.to_pylist(), chosen, strict=True) if is_chosen]
    flags = np.array(chosen, dtype=bool)
    assert write.choose_leads(block, flags).to_pylist() == expected
    assert write.choose_leads(pa.table({"a": block}), flags).column("a").to_pylist() == expected


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
        parts = [part.tolist() for part in write.hold_parts(listing, cast(Format, form))]
    assert parts == [rows for rows, _ in held]
    assert parts[1:] == [following.tolist() for _, following in held[:-1]]
    assert held[-1][1] is None
    assert [row for part in parts for row in part] == listing.rows.tolist()
    assert 1 <= len(parts) <= write.PARTS
    assert size >= 500 or len(parts) == 1
    assert all(len(part) % block_rows == 0 for part in parts[:-1])


VISITS = ("kind: count, field: visits, each: 0.25", match("title: Chief", 10))
FIVE = csv_of("lead_id,visits,title", ["1,2,Chief", "2,8,", "=3,0,", "4,4,Rival", "5,6,Chief"])


@pytest.mark.parametrize(("formats", "each"), [(("csv",), 1), (("csv", "parquet"), 2)])
def test_whoever_asks_is_told_of_every_block_until_all_leads_are_written(
    place: Place, formats: tuple[str, ...], each: int
) -> None:
    told: list[tuple[int, float]] = []

    def tell(doing: str, rows: int, share: float) -> None:
        if doing == "leads written":
            told.append((rows, share))

    head = (
        f"disqualify: [{{name: rival, when: {{title: Rival}}}}]\noutput: {{formats: [{', '.join(formats)}]}}"
    )
    model = load_content("model.yml", model_of(*VISITS, head=head).encode())
    export = place.write("leads.csv", FIVE)
    with mock.patch.multiple(CsvFormat, block_rows=3), mock.patch.multiple(ParquetFormat, block_rows=3):
        score_export(Job((export,), model, date(2026, 6, 30), place.out, told=tell))
    steps = [1, 4, 5] if each == 1 else [1, 2, 5, 6, 9, 10]
    assert [rows for rows, _ in told] == steps
    assert [share for _, share in told] == pytest.approx([rows / (5 * each) for rows in steps])


@pytest.mark.parametrize("block", [1, 2, 100])
def test_contributions_stand_in_rank_order_and_add_up_to_the_score(place: Place, block: int) -> None:
    rules = model_of(*VISITS, head="output: {contributions: true}", score="cap: 11").replace("rule 1", "id")
    with mock.patch.object(write, "BLOCK", block):
        assert place.score(FIVE, rules).code == 0
    rows = parquet_rows(place.out / "contributions.parquet")
    schema = pq.read_schema(place.out / "contributions.parquet")
    assert set(schema.types[1:]) == {pa.decimal128(18, 2)}
    assert list(rows[0]) == ["id", "score", "line id", "rule 2", "score: cap"]
    assert [[str(cell) for cell in row.values()] for row in rows] == [
        ["5", "11.00", "1.50", "10.00", "-0.50"],
        ["1", "10.50", "0.50", "10.00", "0.00"],
        ["2", "2.00", "2.00", "0.00", "0.00"],
        ["4", "1.00", "1.00", "0.00", "0.00"],
        ["=3", "0.00", "0.00", "0.00", "0.00"],
    ]
    assert place.manifest()["outputs"]["contributions.parquet"]["rows"] == 5


def test_tables_beside_the_leads_are_counted_in_the_manifest(place: Place) -> None:
    head = "accounts: {by: title, combine: sum}\noutput: {formats: [csv, parquet]}"
    assert place.score(FIVE, model_of(VISITS[0], head=head)).code == 0
    outputs = place.manifest()["outputs"]
    assert (outputs["accounts.csv"]["rows"], outputs["accounts.parquet"]["rows"]) == (2, 2)
    assert len(place.rows("accounts.csv")) == 2


@pytest.mark.parametrize(("formats", "disarmed"), [("csv", 1), ("parquet", 0), ("csv, parquet", 1)])
def test_only_cells_of_csv_files_are_disarmed_and_each_is_counted_once(
    place: Place, formats: str, disarmed: int
) -> None:
    config = model_of(*VISITS, head=f"output: {{formats: [{formats}]}}")
    assert place.score(FIVE, config).code == 0
    assert place.summary()["disarmed"] == disarmed


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
