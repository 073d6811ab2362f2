"""activity: activity logs -> what each lead did, added up by lead in Spark's engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from leadscore.errors import InputError, Problem
from leadscore.fields import Seen
from leadscore.model.events import Wanted
from leadscore.model.schema import Model
from leadscore.pipeline.event_sums import seen_from
from leadscore.pipeline.gather import find_wanted, refuse_ambiguous
from leadscore.pipeline.spark.activity_tasks import (
    MOST_LEADS,
    LogNote,
    close_days,
    read_logs,
    read_note,
    schema_of,
    slots_of,
)
from leadscore.pipeline.spark.known import Known
from leadscore.pipeline.unread import Unread

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_BITS, _LOW = 32, (1 << 32) - 1
_JOINED = "log_"


@dataclass
class SparkActivity:
    """All logs, added up by lead: the sums stay in the engine."""

    sums: DataFrame
    """``lead`` (each once), ``events`` (of any kind, also those that count for nothing), ``s0``, ``s1`` ...

    Those are what ``slots_of`` says, as whole numbers: hundredths, events, days. An age is null where there
    is no event.
    """
    kept: tuple[DataFrame, ...]
    """What the engine has put down on its disks for this."""
    logs: list[Known] = field(default_factory=list)
    """For the manifest, in the order the logs were given."""
    read: int = 0
    after_as_of: int = 0
    unread: Unread = field(default_factory=Unread)

    @property
    def notes(self) -> list[str]:
        """What is to be said of how the logs were read."""
        return self.unread.notes

    def join(self, leads: DataFrame) -> DataFrame:
        """The leads, found by their column ``id``, with what each did, as ``seen_of`` reads it."""
        names = {name: _JOINED + name for name in self.sums.columns}
        sums = self.sums.withColumnsRenamed(names)
        joined = leads.join(sums, leads["id"] == sums[names["lead"]], "left")
        return joined.drop(names["lead"])

    def known_events(self, leads: DataFrame) -> int:
        """Events of leads that are among these (column ``id``; one may be there twice)."""
        from pyspark.sql import functions as F  # noqa: N812 (its usual name)

        known = self.sums.join(leads, self.sums["lead"] == leads["id"], "left_semi")
        (row,) = known.agg(F.sum("events")).collect()
        return int(row[0] or 0)

    def report(self, known_events: int) -> dict[str, int]:
        """What the summary says of the logs; ``known_events``: those of leads the export has."""
        return {
            "read": self.read,
            "of_unknown_leads": self.read - known_events,
            "after_as_of": self.after_as_of,
            "unreadable": self.unread.reasons.total(),
            "set_aside": self.unread.damaged,
        }

    def problems(self) -> Iterator[tuple[str, str, str, str, str]]:
        """File, line, column, reason and, for a damaged line, the line as it was."""
        return self.unread.listed()

    def close(self) -> None:
        """Let the engine clear what it has put down."""
        for frame in self.kept:
            frame.unpersist()


def add_up_logs(
    session: SparkSession,
    logs: Sequence[Path],
    model: Model,
    as_of: date,
    partitions: int,
    most_leads: int = MOST_LEADS,
) -> SparkActivity | None:
    """Read the logs, each in a task of its own; None where the config asks nothing of them.

    ``partitions``: in so many parts the sums are, by lead. ``most_leads``: so many a task adds up before it
    hands on what it has. The logs are read here and now; they are added up when the sums are first asked for.
    Raises as ``gather_activity``, with the problems of all logs.
    """
    from pyspark import StorageLevel

    wanted = find_wanted(model, len(logs))
    if not wanted:
        return None
    # As many parts as numbers: each has one, so that each log is a task.
    numbers = session.range(0, len(logs), 1, len(logs))
    read = partial(read_logs, paths=list(logs), model=model, as_of=as_of, most_leads=most_leads)
    # Put down, or the logs would be read for their notes, and again for their sums.
    rows = numbers.mapInArrow(read, schema_of(wanted)).persist(StorageLevel.DISK_ONLY)
    sums = _add_up(rows, wanted, model, partitions).persist(StorageLevel.DISK_ONLY)
    activity = SparkActivity(sums, (sums, rows))
    try:
        _take_notes(activity, rows)
    except BaseException:
        activity.close()
        raise
    return activity


def seen_of(batch: pa.RecordBatch, wanted: Sequence[Wanted]) -> dict[tuple[str, str], Seen]:
    """What the leads of a batch of ``SparkActivity.join`` did, as ``Activity.of`` says it."""
    amounts: list[dict[str, np.ndarray]] = [{} for _ in wanted]
    for place, (number, amount) in enumerate(slots_of(wanted)):
        column = batch.column(f"{_JOINED}s{place}")
        if amount == "age":
            column = column.cast(pa.float64()).fill_null(np.inf)
        amounts[number][amount] = column.fill_null(0).to_numpy(zero_copy_only=False)
    return {want.key: seen_from(found, batch.num_rows) for want, found in zip(wanted, amounts, strict=True)}


def _take_notes(activity: SparkActivity, rows: DataFrame) -> None:
    """Merge what the tasks told, in the order of the logs; the lists of one log at a time are here."""
    problems: list[Problem] = []
    reasons: list[tuple[str, Mapping[str, int]]] = []
    told = rows.where("note is not null").select("number", "note").orderBy("number")
    for row in told.toLocalIterator():
        note: LogNote = read_note(bytes(row["note"]))
        problems += note.problems
        if note.log is not None:
            activity.logs.append(note.log)
            reasons.append((str(note.log.path), note.unread.reasons))
        activity.read += note.read
        activity.after_as_of += note.after_as_of
        activity.unread.merge(note.unread)
    if problems:
        raise InputError(problems)
    for path, why in reasons:
        refuse_ambiguous(why, path)


def _add_up(rows: DataFrame, wanted: Sequence[Wanted], model: Model, partitions: int) -> DataFrame:
    """Rows as ``schema_of`` says -> one of each lead."""
    slots = slots_of(wanted)
    names = ["lead", "events", *(f"s{place}" for place in range(len(slots)))]
    sums = rows.where("events is not null").select(*names)
    if any(want.at_most_per_day is not None for want in wanted):
        sums = sums.unionByName(_close_days(rows, names, model, partitions))
    ways = [_least(name) if amount == "age" else _sum(name, amount)
            for name, (_, amount) in zip(names[2:], slots, strict=True)]  # fmt: skip
    return sums.repartition(partitions, "lead").groupBy("lead").agg(_sum("events"), *ways)


def _close_days(rows: DataFrame, names: Sequence[str], model: Model, partitions: int) -> DataFrame:
    """A day counts at most so often in all logs together: its events are added up before."""
    days = rows.where("want is not null").select("lead", "want", "age", "times")
    times = days.repartition(partitions, "lead").groupBy("lead", "want", "age").agg(_sum("times"))
    # In the order of leads a batch has few of them: as few rows go on to be added up.
    schema = ", ".join(f"{name} {'string' if name == 'lead' else 'long'}" for name in names)
    return times.sortWithinPartitions("lead").mapInArrow(partial(close_days, model=model), schema)


def _least(name: str) -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    return F.min(name).alias(name)


def _sum(name: str, amount: str = "") -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    if amount != "value":
        return F.sum(name).alias(name)
    # Huge values may add up beyond 64 bits, which Spark refuses; in halves they come out as numpy's int64.
    low = F.sum(F.col(name).bitwiseAND(F.lit(_LOW)))
    high = F.sum(F.shiftright(name, _BITS)) + F.shiftright(low, _BITS)
    return F.shiftleft(high, _BITS).bitwiseOR(low.bitwiseAND(F.lit(_LOW))).alias(name)
