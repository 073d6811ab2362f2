"""test_write_parquet: a Parquet file hangs on its rows alone, not on how they came to the writer."""

from __future__ import annotations

import io
import random
from itertools import pairwise
from pathlib import Path
from typing import Any, cast
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline import held_rows, write_parquet
from leadscore.pipeline.read_parquet import ParquetExport
from leadscore.pipeline.write_parquet import ParquetFormat
from tests.running import Place, match, model_of

ADDED = ["tier", "score"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def export_of(table: pa.Table, group: int) -> ParquetExport:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=group)
    return ParquetExport(Path("leads.parquet"), sink.getvalue().to_pybytes())


def written(export: ParquetExport, added: pd.DataFrame, cuts: list[int]) -> bytes:
    """The leads in reverse, in blocks cut at these places."""
    form, sink = ParquetFormat(export, True, ""), io.BytesIO()
    rows = np.arange(len(added))[::-1]
    writer = form.start(cast(Any, sink), ADDED)
    for first, last in pairwise([0, *sorted(cuts), len(added)]):
        form.hold(rows[first:last])
        writer.write(form.block(added.iloc[rows[first:last]], rows[first:last]))
    writer.close()
    return sink.getvalue()


TIERS = st.sampled_from(["SQL", "MQL", "Nurture", None])


@given(
    st.lists(st.tuples(TIERS, st.sampled_from(["US", "GB", "", None]), st.text(max_size=3)), max_size=60),
    st.sampled_from([pa.string(), pa.large_string()]),
    st.data(),
)
def test_the_bytes_are_the_same_however_blocks_are_cut_and_whatever_is_held(
    leads: list[tuple[str | None, str | None, str]], kind: pa.DataType, data: st.DataObject
) -> None:
    tiers, countries, notes = zip(*leads, strict=True) if leads else ((), (), ())
    table = pa.table({"country": pa.array(countries, kind), "notes": pa.array(notes, kind)})
    of_export = data.draw(st.integers(1, 60))
    export = export_of(table, of_export)
    plain = pd.DataFrame({"tier": pd.array(tiers, "str"), "score": np.arange(len(leads))})
    order = data.draw(st.permutations(["SQL", "MQL", "Nurture", "of no lead"]))
    as_codes = plain.assign(tier=pd.Categorical(plain["tier"], order))
    group = data.draw(st.integers(1, 60))
    cuts = data.draw(st.lists(st.integers(0, len(leads)), max_size=4))
    with mock.patch.object(write_parquet, "GROUP_ROWS", group):
        whole = written(export, plain, [])
        with mock.patch.object(held_rows, "HELD_BYTES", -1):
            assert written(export_of(table, of_export), plain, cuts) == whole
        assert written(export, as_codes, cuts) == whole
    file = pq.ParquetFile(pa.BufferReader(whole))
    assert [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] == [
        min(group, len(leads) - first) for first in range(0, len(leads), group)
    ]
    result = file.read()
    assert result.schema.types[2:] == [kind, kind]
    assert result["tier"].to_pylist() == list(tiers)[::-1]
    assert result.select(["country", "notes"]).to_pylist() == table.to_pylist()[::-1]


def test_text_as_codes_is_written_as_text_that_arrow_writes_itself() -> None:
    chance = random.Random(3)
    countries = [chance.choice(["US", "GB", "DE", None]) for _ in range(1_000)]
    table = pa.table({"country": countries, "n": list(range(1_000))})
    plain = pd.DataFrame({"tier": pd.array(["SQL", "MQL"] * 500, "str"), "score": np.arange(1_000)})
    file = pq.ParquetFile(pa.BufferReader(written(export_of(table, 300), plain, [400])))
    whole = file.read()
    again = pa.BufferOutputStream()
    pq.write_table(whole, again, write_statistics=["tier", "score", "n"])
    theirs = pq.ParquetFile(pa.BufferReader(again.getvalue()))
    assert file.schema.equals(theirs.schema)
    assert file.metadata.metadata == theirs.metadata.metadata
    assert file.metadata.row_group(0).total_byte_size == theirs.metadata.row_group(0).total_byte_size


def test_a_fault_of_the_disk_ends_the_file_with_it() -> None:
    table = pa.table({"country": ["US", "GB"], "notes": ["a", "b"]})
    added = pd.DataFrame({"tier": pd.array(["SQL", "MQL"], "str"), "score": [1, 2]})
    form = ParquetFormat(export_of(table, 5), True, "")
    full = mock.Mock(closed=False, write=mock.Mock(side_effect=OSError(28, "No space left on device")))
    writer = form.start(full, ADDED)
    writer.write(form.block(added, np.arange(2)))
    with pytest.raises(OSError, match="No space left"):
        writer.close()


def test_a_run_gives_the_same_files_whether_the_export_is_held_at_once_or_in_parts(place: Place) -> None:
    count = 900
    chance = random.Random(5)
    table = pa.table({
        "lead_id": [f"{number:04d}" for number in range(count)],
        "visits": [chance.choice([0, 20, 60, 90, None]) for _ in range(count)],
        "country": [chance.choice(["US", "GB", "", None]) for _ in range(count)],
    })  # fmt: skip
    export = place.folder / "leads.parquet"
    pq.write_table(table, export, row_group_size=250)
    model = model_of(match("visits: {at_least: 50}", 10), head="output: {formats: [csv, parquet]}")
    files = []
    for most in (1 << 28, -1):
        with (
            mock.patch.object(held_rows, "HELD_BYTES", most),
            mock.patch.object(ParquetFormat, "block_rows", 1_000 if most > 0 else 70),
        ):
            assert place.score(export, model).code == 0
        files.append({
            path.relative_to(place.out): path.read_bytes()
            for path in place.out.rglob("*")
            if path.is_file() and path.name != "manifest.json"
        })  # fmt: skip
    assert files[0] == files[1]
    assert len(pq.read_table(place.out / "ranked.parquet")) == count
