"""account_parts: what tasks make of the leads of accounts, also where an account is cut into many parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.accounts import Accounts
from leadscore.pipeline.accounts import Runs, settle
from leadscore.pipeline.spark.cumulate import Batches, Offsets, number_rows, this_partition

Columns = dict[str, pa.DataType]

LONG, TEXT, FLAG = pa.int64(), pa.large_string(), pa.bool_()
_SQL = {LONG: "long", TEXT: "string", FLAG: "boolean"}

ENDS: Columns = {"part": LONG, "rows": LONG, "first": TEXT, "last": TEXT, "tail": LONG}
"""Of a partition: its number, its rows, the accounts it begins and ends in, and the rows of the last."""
TABLE: Columns = {
    **dict.fromkeys(("key", "account", "best_lead"), TEXT),
    **dict.fromkeys(("score", "leads_score", "account_points", "leads"), LONG),
}
"""Of an account."""


def part_columns(accounts: Accounts) -> Columns:
    """Of the leads of an account in one batch: the number of the first among all leads, and their sums."""
    texts = dict.fromkeys(("key", "account", "best_lead"), TEXT)
    rules: Columns = {}
    for place in range(len(accounts.rules)):
        rules |= {f"p{place}": LONG, f"k{place}": FLAG}
    return {**texts, **dict.fromkeys(("at", "total", "leads"), LONG), **rules}


def schema_of(columns: Columns) -> str:
    """The columns as the engine is told of them."""
    return ", ".join(f"{name} {_SQL[kind]}" for name, kind in columns.items())


@dataclass(frozen=True)
class Cut:
    """How the leads, ordered account by account, are cut into partitions; it can be pickled."""

    offsets: Offsets
    carried: tuple[int, ...]
    """Per partition, the leads of the account it begins in that stand in partitions before it."""

    @classmethod
    def of(cls, ends: Sequence[Mapping[str, Any]]) -> Cut:
        """From the ``ENDS`` of each partition that has rows, in any order."""
        offsets = Offsets.of({end["part"]: end["rows"] for end in ends})
        carried = [0] * len(offsets.rows)
        account, before = None, 0
        for end in sorted(ends, key=lambda end: end["part"]):
            here = before if end["first"] == account else 0
            carried[end["part"]] = here
            account, before = end["last"], end["tail"] + (here if end["first"] == end["last"] else 0)
        return cls(offsets, tuple(carried))


def find_ends(batches: Batches) -> Batches:
    """The keys of a partition, in order -> one row of ``ENDS``; none where the partition is empty."""
    first = last = None
    rows = tail = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        keys = batch.column("key")
        begun, ended, begins = keys[0].as_py(), keys[-1].as_py(), int(find_firsts(keys)[-1])
        tail = batch.num_rows - begins + (tail if begins == 0 and begun == last else 0)
        first, last, rows = begun if first is None else first, ended, rows + batch.num_rows
    if rows:
        ends = {"part": [this_partition()], "rows": [rows], "first": [first], "last": [last], "tail": [tail]}
        yield make_batch(ENDS, ends)


def find_firsts(keys: pa.Array) -> npt.NDArray[np.int64]:
    """The rows where another key stands than in the row above, rising from 0; there is at least one row."""
    other = pc.not_equal(keys.slice(1), keys.slice(0, len(keys) - 1))
    return np.flatnonzero(np.append(True, other.to_numpy(zero_copy_only=False)))


def add_up_leads(batches: Batches, accounts: Accounts, cut: Cut) -> Batches:
    """The leads of a partition, in order -> what those of an account in one batch amount to.

    Places in an account are counted on from batch to batch, and from where the cut says the partition
    begins: so one account may be in any number of partitions.
    """
    number = this_partition()
    before = cut.carried[number] if number < len(cut.carried) else 0
    account = None
    for at, batch in number_rows(batches, cut.offsets):
        if not batch.num_rows:
            continue
        keys = batch.column("key")
        if account is not None and keys[0].as_py() != account:
            before = 0
        runs = Runs.of(find_firsts(keys), batch.num_rows, before)
        yield _add_up_batch(batch, runs, at, accounts)
        before = int(runs.sizes[-1]) + (before if len(runs.sizes) == 1 else 0)
        account = keys[-1].as_py()


def _add_up_batch(batch: pa.RecordBatch, runs: Runs, at: int, accounts: Accounts) -> pa.RecordBatch:
    firsts = pa.array(runs.firsts)
    named = {"key": "key", "account": "name", "best_lead": "id"}
    cells: dict[str, Any] = {name: batch.column(column).take(firsts) for name, column in named.items()}
    totals = runs.add_up(numbers_of(batch, "score"), accounts)
    cells |= {"at": at + runs.firsts, "total": totals, "leads": runs.sizes}
    for place in range(len(accounts.rules)):
        points, known = numbers_of(batch, f"p{place}"), numbers_of(batch, f"k{place}")
        told = runs.find_told(known)
        cells |= {f"p{place}": points[told], f"k{place}": known[told]}
    return make_batch(part_columns(accounts), cells)


def settle_accounts(batches: Batches, accounts: Accounts) -> Batches:
    """Accounts with the sums of all their leads -> ``TABLE``."""
    for batch in batches:
        leads_score = settle(numbers_of(batch, "total"), numbers_of(batch, "leads"), accounts)
        points = np.zeros(batch.num_rows, dtype=np.int64)
        for place in range(len(accounts.rules)):
            points = points + numbers_of(batch, f"p{place}")
        as_they_are = {name: batch.column(name) for name in ("key", "account", "best_lead", "leads")}
        sums = {"score": leads_score + points, "leads_score": leads_score, "account_points": points}
        yield make_batch(TABLE, {**as_they_are, **sums})


def numbers_of(batch: pa.RecordBatch, name: str) -> npt.NDArray[Any]:
    """A column of whole numbers or flags, none of which is missing."""
    found: npt.NDArray[Any] = batch.column(name).to_numpy(zero_copy_only=False)
    return found


def make_batch(columns: Columns, cells: Mapping[str, Any]) -> pa.RecordBatch:
    """Rows of these columns, in their order and types: an engine may hand on texts of another width."""
    arrays = [
        cells[name].cast(kind) if isinstance(cells[name], pa.Array) else pa.array(cells[name], kind)
        for name, kind in columns.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
