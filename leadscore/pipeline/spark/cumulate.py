"""cumulate: an order over all rows of a frame, what stands before each of them, and percentile ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from leadscore.pipeline.measure import percentile_ranks
from leadscore.points import Hundredths

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class Offsets:
    """How many rows each partition of an ordered frame has, and what stands before it; it can be pickled.

    Partitions go by their number; one that no row is in may be missing at the end.
    """

    rows: tuple[int, ...]
    before: tuple[int, ...]
    """Rows before each partition, or the sum of a column over them."""
    total: int
    """Of the whole frame: its rows, or the sum of the column."""

    @classmethod
    def of(cls, rows: Mapping[int, int], amounts: Mapping[int, int] | None = None) -> Offsets:
        """Of the rows by partition, and what is added up where that is not the rows."""
        amounts = rows if amounts is None else amounts
        numbers = range(max(rows, default=-1) + 1)
        *before, total = accumulate((amounts.get(number, 0) for number in numbers), initial=0)
        return cls(tuple(rows.get(number, 0) for number in numbers), tuple(before), total)

    def find_before(self, number: int) -> int:
        """What stands before a partition."""
        return self.before[number] if number < len(self.before) else self.total

    def check(self, number: int, found: int) -> None:
        """Raise RuntimeError unless a partition has as many rows as when they were counted."""
        counted = self.rows[number] if number < len(self.rows) else 0
        if found != counted:
            raise RuntimeError(
                f"partition {number} of an ordered frame had {counted:,} rows when they were counted and has "
                f"{found:,} now; ranks would be wrong, so nothing is published"
            )


def order_all(frame: DataFrame, by: Sequence[Column], partitions: int) -> DataFrame:
    """The rows in the order of ``by``: partition after partition, kept on the engine's disks.

    ``partitions`` is the most there are, the borders between them being drawn from a sample. As the result
    is kept, rows have the same partition and place in every pass over it that neither moves nor leaves out
    rows. Equal rows may be cut apart, so let ``by`` end with what is unique, or the rows be alike.
    ``frame`` itself is gone through twice, for the sample and for the rows: persist what is dear to make.
    Texts are compared by their UTF-8 bytes, which is by code point. It stays until the session ends.
    """
    from pyspark import StorageLevel

    ordered = frame.repartitionByRange(partitions, *by).sortWithinPartitions(*by)
    return ordered.persist(StorageLevel.DISK_ONLY)


def find_offsets(ordered: DataFrame, of: str | None = None) -> Offsets:
    """The rows before each partition of an ordered frame, or the sum of its long column ``of`` (null is 0).

    Two numbers per partition come to the driver.
    """
    from pyspark.sql import functions

    amounts = functions.lit(1).cast("long") if of is None else functions.col(of)
    numbered = ordered.select(functions.spark_partition_id().alias("part"), amounts.alias("amount"))
    counted = numbered.groupBy("part").agg(
        functions.count("*").alias("rows"),
        functions.coalesce(functions.sum("amount"), functions.lit(0)).alias("sum"),
    )
    found = [(int(row["part"]), int(row["rows"]), int(row["sum"])) for row in counted.collect()]
    return Offsets.of({part: rows for part, rows, _ in found}, {part: amount for part, _, amount in found})


def this_partition() -> int:
    """Within a task: the number of the partition it works on."""
    from pyspark import TaskContext

    context = TaskContext.get()
    assert context is not None, "this runs in a task only"
    return int(context.partitionId())


def number_rows(batches: Batches, offsets: Offsets) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Within a task on an ordered frame: each batch with the number of rows before it in the whole frame.

    ``offsets``: of the rows. Raises RuntimeError after the last batch where rows are missing or too many:
    close no file before that.
    """
    number, found = this_partition(), 0
    before = offsets.find_before(number)
    for batch in batches:
        yield before + found, batch
        found += batch.num_rows
    offsets.check(number, found)


@dataclass(frozen=True)
class Percentiles:
    """Percentile ranks as steps: a value has the share of the last of the ``lowest`` that it reaches.

    There are at most 10,001, for so many shares there are in hundredths; it can be pickled.
    """

    lowest: Hundredths
    """Rising."""
    shares: Hundredths

    def rank(self, values: pa.Array) -> pa.Array:
        """The percentile rank (hundredths, int64) of values of the frame the steps were found in.

        Null where the value is.
        """
        missing = values.is_null().to_numpy(zero_copy_only=False)
        if missing.all():
            return pa.nulls(len(values), pa.int64())
        numbers = values.fill_null(int(self.lowest[0])).to_numpy(zero_copy_only=False)
        steps = np.searchsorted(self.lowest, numbers, side="right") - 1
        return pa.array(self.shares[steps], pa.int64(), mask=missing)


def find_percentiles(frame: DataFrame, column: str, partitions: int) -> Percentiles:
    """The percentile ranks of a long column among the rows where it is known, as ``measure.add_percentiles``.

    Distinct values are counted, ordered and added up on the engine; what comes to the driver is the lowest
    value of each share.
    """
    from pyspark.sql import functions

    values = frame.select(functions.col(column).alias("value")).where("value is not null")
    ordered = order_all(values.groupBy("value").count(), [functions.col("value")], partitions)
    leads = find_offsets(ordered, "count")
    task = partial(_share_values, leads=leads)
    shares = ordered.mapInArrow(task, "value long, share long").groupBy("share")
    found = sorted(
        (row["lowest"], row["share"]) for row in shares.agg(functions.min("value").alias("lowest")).collect()
    )
    ordered.unpersist()
    lowest, ranks = (np.array([step[place] for step in found], dtype=np.int64) for place in (0, 1))
    return Percentiles(lowest, ranks)


def add_percentiles(frame: DataFrame, column: str, into: str, partitions: int) -> DataFrame:
    """The frame with the percentile ranks of a long column in a new one, ``into``: long, null where unknown.

    A narrow pass: no row moves.
    """
    from pyspark.sql.types import LongType, StructType

    schema = StructType([*frame.schema.fields]).add(into, LongType())
    task = partial(_rank_batches, column=column, into=into, steps=find_percentiles(frame, column, partitions))
    return frame.mapInArrow(task, schema)


def _share_values(batches: Batches, leads: Offsets) -> Batches:
    """Of each distinct value, in order, with the number of leads that have it: its percentile rank."""
    number, found = this_partition(), 0
    less = leads.find_before(number)
    for batch in batches:
        counts = batch.column("count").to_numpy(zero_copy_only=False)
        reached = less + np.cumsum(counts)
        shares = percentile_ranks(2 * reached - counts, leads.total)
        yield pa.record_batch({"value": batch.column("value"), "share": pa.array(shares, pa.int64())})
        less, found = less + int(counts.sum()), found + batch.num_rows
    leads.check(number, found)


def _rank_batches(batches: Batches, column: str, into: str, steps: Percentiles) -> Batches:
    for batch in batches:
        yield batch.append_column(into, steps.rank(batch.column(column)))
