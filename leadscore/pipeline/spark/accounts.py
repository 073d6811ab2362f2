"""accounts: ranked leads on the engine -> their accounts, scored, tiered and ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from leadscore.model.accounts import Accounts
from leadscore.pipeline.accounts import lay_out
from leadscore.pipeline.coded import TEXT, to_array
from leadscore.pipeline.spark.account_parts import (
    ENDS,
    TABLE,
    Cut,
    add_up_leads,
    find_ends,
    numbers_of,
    part_columns,
    schema_of,
    settle_accounts,
)
from leadscore.pipeline.spark.cumulate import Batches, Offsets, find_offsets, number_rows, order_all

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


@dataclass(frozen=True)
class RankedAccounts:
    """Accounts in the order of their ranks."""

    ordered: DataFrame
    """Partition after partition; ``frames`` is for the batches of one."""
    frames: Callable[[Batches], Iterator[pd.DataFrame]]
    """Within a task: batches -> rows of the file with the columns of ``pipeline.accounts.roll_up``.

    It can be pickled. Raises RuntimeError after the last batch where rows are missing or too many.
    """
    count: int


def roll_up_accounts(frame: DataFrame, accounts: Accounts, partitions: int) -> DataFrame:
    """One row per account, in no order: key, account, score, leads_score, account_points, leads, best_lead.

    ``frame``: the ranked leads. key: the account as compared, null where there is none, and such leads are
    left out; name: the account as written; id: the lead's, unique; score: long, hundredths. Of rule n of
    accounts p<n>: long, the points it gives the lead, and k<n>: boolean, whether they are known. The figures
    are those of ``pipeline.accounts.roll_up``, also where one account has most of the leads: none needs to
    be in one task. What is returned is kept on the engine's disks.
    """
    from pyspark import StorageLevel
    from pyspark.sql import functions

    rules = [f"{what}{place}" for place in range(len(accounts.rules)) for what in "pk"]
    leads = frame.where("key is not null").select("key", "name", "id", "score", *rules)
    best_first = [functions.col("key"), functions.col("score").desc(), functions.col("id")]
    ordered = order_all(leads, best_first, partitions)
    cut = Cut.of(
        [row.asDict() for row in ordered.select("key").mapInArrow(find_ends, schema_of(ENDS)).collect()]
    )
    adding = partial(add_up_leads, accounts=accounts, cut=cut)
    parts = ordered.mapInArrow(adding, schema_of(part_columns(accounts)))
    merged = parts.groupBy("key").agg(*_merging(accounts))
    table = merged.mapInArrow(partial(settle_accounts, accounts=accounts), schema_of(TABLE))
    return table.persist(StorageLevel.DISK_ONLY)


def _merging(accounts: Accounts) -> list[Column]:
    """How the parts of an account become one: its first lead's names, sums, and each rule's points."""
    from pyspark.sql import functions

    col = functions.col
    firsts = [functions.min_by(name, "at").alias(name) for name in ("account", "best_lead")]
    sums = [functions.sum(name).alias(name) for name in ("total", "leads")]
    rules = []
    for place in range(len(accounts.rules)):
        # Known before unknown, and among those the best lead's: as Runs.find_told has it within a part.
        told = functions.min_by(f"p{place}", functions.struct(~col(f"k{place}"), col("at")))
        rules.append(told.alias(f"p{place}"))
    return [*firsts, *sums, *rules]


def rank_accounts(table: DataFrame, accounts: Accounts, partitions: int) -> RankedAccounts:
    """Accounts as ``roll_up_accounts`` gives them by their ranks: the best score first, then by key."""
    from pyspark.sql import functions

    ordered = order_all(table, [functions.col("score").desc(), functions.col("key")], partitions)
    offsets = find_offsets(ordered)
    return RankedAccounts(ordered, partial(_to_frames, accounts=accounts, offsets=offsets), offsets.total)


def _to_frames(batches: Batches, accounts: Accounts, offsets: Offsets) -> Iterator[pd.DataFrame]:
    for before, batch in number_rows(batches, offsets):
        texts = {
            name: pd.array(to_array(batch.column(name)), dtype=TEXT) for name in ("account", "best_lead")
        }
        sums = ("score", "leads_score", "account_points", "leads")
        frame = pd.DataFrame({**texts, **{name: numbers_of(batch, name) for name in sums}})
        yield lay_out(frame, accounts, before)
