"""test_spark_cumulate: an order over partitions, what stands before each row, and percentile ranks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, strategies as st

from leadscore.model.load import load_model
from leadscore.pipeline.measure import add_percentiles as add_locally, percentile_ranks
from leadscore.pipeline.spark.cumulate import (
    Offsets,
    Percentiles,
    add_percentiles,
    find_offsets,
    find_percentiles,
    number_rows,
    order_all,
)

_SLOW = pytest.mark.slow
COUNTS = [pytest.param(1, marks=_SLOW), pytest.param(2, marks=_SLOW), 7]
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")

TEXTS = ["", "a", "B", "b", "é", "z\u0301", "\uffff", "\ufb01", "\U00010000", "\U0001f600", "a\0b", "日本"]
"""In UTF-16 the letters beyond its first plane would stand before \\uffff; by code point they come after."""


@pytest.fixture
def small_batches(spark: Any) -> Iterator[None]:
    """Batches of three rows, so that a partition is more than one."""
    name = "spark.sql.execution.arrow.maxRecordsPerBatch"
    before = spark.conf.get(name)
    spark.conf.set(name, "3")
    yield
    spark.conf.set(name, before)


def number(frame: Any, offsets: Offsets) -> list[tuple[Any, ...]]:
    """Each row of an ordered frame after the number of rows before it."""

    def task(batches: Iterator[pa.RecordBatch], offsets: Offsets) -> Iterator[pa.RecordBatch]:
        for before, batch in number_rows(batches, offsets):
            yield batch.add_column(0, "place", pa.array(range(before, before + batch.num_rows), pa.int64()))

    schema = ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in frame.schema.fields)
    found = frame.mapInArrow(partial(task, offsets=offsets), f"place bigint, {schema}").collect()
    return sorted(tuple(row) for row in found)


@pytest.mark.parametrize("partitions", COUNTS)
def test_each_row_has_its_place_in_the_order_of_all(spark: Any, small_batches: None, partitions: int) -> None:
    from pyspark.sql.functions import col

    chance = random.Random(partitions)
    rows = [(chance.randrange(4), chance.choice(TEXTS), f"{id:03}") for id in range(200)]
    frame = spark.createDataFrame(rows, "points long, name string, id string").repartition(3)
    ordered = order_all(frame, [col("points").desc(), col("name"), col("id")], partitions)
    offsets = find_offsets(ordered)
    expected = sorted(rows, key=lambda row: (-row[0], row[1], row[2]))
    assert number(ordered, offsets) == [(place, *row) for place, row in enumerate(expected)]
    assert number(ordered, offsets) == [(place, *row) for place, row in enumerate(expected)]
    assert (offsets.total, len(offsets.rows)) == (200, partitions)


def test_texts_stand_in_the_same_order_by_code_point_everywhere() -> None:
    by_bytes = pc.sort_indices(pa.array(TEXTS, pa.large_string())).to_numpy().tolist()
    by_letters = np.argsort(np.array(TEXTS, dtype=object), kind="stable").tolist()
    assert [TEXTS[place] for place in by_bytes] == [TEXTS[place] for place in by_letters] == sorted(TEXTS)
    assert sorted(TEXTS).index("\uffff") < sorted(TEXTS).index("\U00010000")


def test_an_empty_frame_has_no_rows_before_anything(spark: Any) -> None:
    from pyspark.sql.functions import col

    ordered = order_all(spark.createDataFrame([], "points long"), [col("points")], 3)
    offsets = find_offsets(ordered)
    assert (offsets, offsets.find_before(2)) == (Offsets((), (), 0), 0)
    assert number(ordered, offsets) == []


def test_a_column_is_added_up_over_the_partitions_before(spark: Any) -> None:
    from pyspark.sql.functions import col, lit

    rows = [(place, place if place % 3 else None) for place in range(60)]
    ordered = order_all(spark.createDataFrame(rows, "place long, amount long"), [col("place")], 4)
    counts, sums = find_offsets(ordered), find_offsets(ordered, "amount")
    assert sums.rows == counts.rows
    assert sums.before == tuple(sum(place for place in range(first) if place % 3) for first in counts.before)
    assert sums.total == sum(place for place in range(60) if place % 3)
    nothing = order_all(ordered.withColumn("none", lit(None).cast("long")), [col("place")], 2)
    assert find_offsets(nothing, "none").before == (0, 0)


def test_partitions_without_rows_count_as_none() -> None:
    offsets = Offsets.of({3: 5, 1: 2}, {3: 50, 1: -20})
    assert offsets == Offsets((0, 2, 0, 5), (0, 0, -20, -20), 30)
    assert [offsets.find_before(number) for number in (1, 3, 4, 9)] == [0, -20, 30, 30]
    offsets.check(9, 0)


@pytest.mark.parametrize(("partition", "found"), [(0, 1), (1, 3), (1, 1), (4, 1)])
def test_another_number_of_rows_than_was_counted_is_refused(partition: int, found: int) -> None:
    with pytest.raises(RuntimeError, match=f"partition {partition} .* has {found} now"):
        Offsets.of({1: 2}).check(partition, found)


def test_a_pass_over_other_rows_than_were_counted_ends_the_run(spark: Any) -> None:
    from pyspark.errors import PythonException
    from pyspark.sql.functions import col

    ordered = order_all(spark.createDataFrame([(n,) for n in range(20)], "n long"), [col("n")], 2)
    offsets = find_offsets(ordered)
    with pytest.raises(PythonException, match="rows when they were counted"):
        number(ordered.where("n <> 7"), offsets)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=30))
def test_a_percentile_rank_is_the_share_below_and_half_of_the_share_of_its_equals(values: list[int]) -> None:
    twice = [2 * sum(other < value for other in values) + values.count(value) for value in values]
    found = percentile_ranks(np.array(twice, dtype=np.int64), len(values)).tolist()
    exact = [Fraction(100_00 * each, 2 * len(values)) for each in twice]
    assert found == [int(each + Fraction(1, 2)) for each in exact]


MODEL = load_model(
    {
        "name": "percentiles",
        "id": "id",
        "groups": {"fit": {"rules": [{"name": "n", "kind": "count", "field": "n", "each": 1, "cap": 99}]}},
        "scales": {"among": {"of": "score", "to": "percentile"}},
        "tiers": [{"name": "All"}],
    }
)


def of_values(name: str) -> list[int | None]:
    chance = random.Random(name)
    return {
        "ties and unknown": [chance.choice([None, 0, 0, 0, *range(-50, 50)]) for _ in range(400)],
        "all different": chance.sample(range(-(10**12), 10**12), 300),
        "one value": [700] * 5,
        "one lead": [-3],
        "all unknown": [None, None],
        "no leads": [],
    }[name]


@pytest.mark.parametrize("partitions", COUNTS)
@pytest.mark.parametrize("name", ["ties and unknown", "all different"])
def test_percentile_ranks_are_those_of_one_machine(
    spark: Any, small_batches: None, name: str, partitions: int
) -> None:
    same_as_one_machine(spark, of_values(name), partitions)


@pytest.mark.parametrize("name", ["one value", "one lead", "all unknown", "no leads"])
def test_percentile_ranks_of_few_leads_are_those_of_one_machine(spark: Any, name: str) -> None:
    same_as_one_machine(spark, of_values(name), 2)


def same_as_one_machine(spark: Any, values: list[int | None], partitions: int) -> None:
    frame = spark.createDataFrame([*enumerate(values)], "lead long, score long")
    found = add_percentiles(frame, "score", "among", partitions).collect()
    local = add_locally(pd.DataFrame({"score": pd.array(values, dtype="Int64")}), MODEL)["among"]
    expected = [None if pd.isna(value) else int(value) for value in local]
    assert sorted(map(tuple, found)) == [*zip(range(len(values)), values, expected, strict=True)]


def test_there_are_as_many_steps_as_shares_however_many_values_there_are(spark: Any) -> None:
    leads = 25_000
    steps = find_percentiles(spark.range(leads), "id", 3)
    assert steps.shares.tolist() == [*range(10_001)]
    assert steps.rank(pa.array([0, leads // 2, leads - 1])).to_pylist() == [
        0,
        50_00,
        100_00,
    ]  # 0.002, 50.002 and 99.998
    assert steps.lowest[:3].tolist() == [0, 1, 4]


def test_a_value_has_the_share_of_its_step() -> None:
    steps = Percentiles(np.array([-5, 0, 70]), np.array([10, 50_00, 99_00]))
    ranks = steps.rank(pa.array([70, None, 0, 3, -5, 900], pa.int64()))
    assert ranks.to_pylist() == [99_00, None, 50_00, 50_00, 10, 99_00]
