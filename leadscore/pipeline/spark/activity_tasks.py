"""activity_tasks: what Spark's tasks do to add up activity logs, with the code that does it elsewhere."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadscore.errors import InputError, Problem
from leadscore.model.events import Wanted, wanted_events
from leadscore.model.schema import Model
from leadscore.pipeline.activity import Activity
from leadscore.pipeline.days import Days
from leadscore.pipeline.event_sums import EventSums
from leadscore.pipeline.export import Export
from leadscore.pipeline.gather import add_log
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.spark.known import Known
from leadscore.pipeline.unread import Unread

MOST_LEADS = 500_000
"""Leads a task adds up before it hands on what it has: so much memory it takes, however long a log is."""
_DAYS_PER_LEAD = 24
"""Of so many days and events that wait, for each of those leads, it hands on what waits."""
_BATCH_ROWS = 20_000
_BASE = ["lead", "events", "want", "age", "times", "number", "note"]
_TYPES = {"lead": pa.large_string(), "note": pa.large_binary()}
_DDL = {"lead": "string", "note": "binary"}


@dataclass(frozen=True)
class LogNote:
    """What a task tells of the log it read, beside the sums; or why it could not."""

    log: Known | None = None
    read: int = 0
    after_as_of: int = 0
    unread: Unread = field(default_factory=Unread)
    problems: tuple[Problem, ...] = ()


def slots_of(wanted: Sequence[Wanted]) -> list[tuple[int, str]]:
    """What the columns s0, s1 ... are: number of the rule or field, and which of its amounts."""
    return [(number, amount) for number, want in enumerate(wanted) for amount in want.amounts]


def schema_of(wanted: Sequence[Wanted]) -> str:
    """The columns of what ``read_logs`` gives: rows of three kinds, as their names are filled.

    lead, events, s0 ...: sums of a lead. lead, want, age, times: so many events of a day, for a rule or
    field of which a day counts at most so many. number, note: what is told of a log.
    """
    sums = [f"s{place}" for place in range(len(slots_of(wanted)))]
    return ", ".join(f"{name} {_DDL.get(name, 'long')}" for name in [*_BASE, *sums])


def read_logs(
    batches: Iterator[pa.RecordBatch], paths: Sequence[Path], model: Model, as_of: date, most_leads: int
) -> Iterator[pa.RecordBatch]:
    """Numbers of logs, one a row -> their rows, as ``schema_of`` says.

    What a log is refused for is told in its note: all logs' problems are to be told at once.
    """
    for batch in batches:
        for number in batch.column(0).to_pylist():
            activity = Activity([EventSums(want) for want in wanted_events(model)])
            try:
                log = open_log(paths[number], model)
                yield from _add_up(activity, log, model, as_of, most_leads)
                note = _describe(activity, log)
            except InputError as error:
                note = LogNote(problems=error.problems)
            columns = {"number": pa.array([number], pa.int64()), "note": pa.array([pickle.dumps(note)])}
            yield from _rows(columns, len(slots_of([each.wanted for each in activity.sums])))


def read_note(note: bytes) -> LogNote:
    """What a task told."""
    told: LogNote = pickle.loads(note)  # noqa: S301 (a task of this very run made it)
    return told


def close_days(batches: Iterator[pa.RecordBatch], model: Model) -> Iterator[pa.RecordBatch]:
    """Events of a lead's days (lead, want, age, times), in the order of leads -> lead, events, s0 ...

    The events themselves are counted where the log was read.
    """
    sums = [EventSums(want) for want in wanted_events(model)]
    for batch in batches:
        coded = batch.column("lead").cast(pa.large_string()).dictionary_encode()
        codes, of = _numbers(coded.indices), _numbers(batch.column("want"))
        ages, times = _numbers(batch.column("age")), _numbers(batch.column("times"))
        # The points of an age stay known; sums begin anew.
        sums = [replace(each, days=Days()) for each in sums]
        for number, each in enumerate(sums):
            each.grow(len(coded.dictionary))
            rows = np.flatnonzero(of == number)
            if each.wanted.at_most_per_day is not None:
                each.add_days(codes[rows], ages[rows].astype(np.float64), times[rows])
        none = pa.array(np.zeros(len(coded.dictionary), np.int64))
        made = {"lead": coded.dictionary, "events": none, **_amounts(sums, len(coded.dictionary))}
        yield pa.RecordBatch.from_pydict(made)


def _add_up(
    activity: Activity, log: Export, model: Model, as_of: date, most_leads: int
) -> Iterator[pa.RecordBatch]:
    for _ in add_log(activity, log, model, as_of):
        waiting = sum(each.days.known + each.days.waiting for each in activity.sums)
        if waiting >= most_leads * _DAYS_PER_LEAD:
            yield from _take_days(activity)
        if activity.leads.count >= most_leads:
            yield from _take_sums(activity)
    yield from _take_sums(activity)


def _take_sums(activity: Activity) -> Iterator[pa.RecordBatch]:
    yield from _take_days(activity)
    leads = activity.leads.count
    made = {"lead": activity.leads.ids, "events": pa.array(activity.events[:leads])}
    amounts = _amounts(activity.sums, leads)
    yield from _rows(made | amounts, len(amounts))
    activity.forget_leads()


def _take_days(activity: Activity) -> Iterator[pa.RecordBatch]:
    slots, ids = len(slots_of([each.wanted for each in activity.sums])), None
    for number, each in enumerate(activity.sums):
        for codes, ages, times in each.days.take_all():
            ids = activity.leads.ids if ids is None else ids
            want = np.full(len(codes), number, np.int64)
            numbers = {"want": want, "age": ages.astype(np.int64), "times": times}
            columns = {name: pa.array(column) for name, column in numbers.items()}
            yield from _rows({"lead": ids.take(pa.array(codes)), **columns}, slots)


def _describe(activity: Activity, log: Export) -> LogNote:
    known = Known.of(log, log.digest)
    return LogNote(known, activity.read, activity.after_as_of, activity.unread)


def _amounts(sums: Sequence[EventSums], leads: int) -> dict[str, pa.Array]:
    """s0, s1 ... of so many leads; null for the age where there is no event."""
    slots = slots_of([each.wanted for each in sums])
    return {
        f"s{place}": _whole(sums[number].amounts[amount][:leads])
        for place, (number, amount) in enumerate(slots)
    }


def _whole(amounts: npt.NDArray[Any]) -> pa.Array:
    if amounts.dtype == np.int64:
        return pa.array(amounts)
    none = np.isinf(amounts)
    return pa.array(np.where(none, 0, amounts).astype(np.int64), mask=none)


def _rows(columns: Mapping[str, pa.Array], slots: int) -> Iterator[pa.RecordBatch]:
    """Rows with these columns; null in all others."""
    rows = len(next(iter(columns.values())))
    made = {}
    for name in [*_BASE, *(f"s{place}" for place in range(slots))]:
        kind = _TYPES.get(name, pa.int64())
        made[name] = columns[name].cast(kind) if name in columns else pa.nulls(rows, kind)
    yield from pa.table(made).to_batches(max_chunksize=_BATCH_ROWS)


def _numbers(column: pa.Array) -> npt.NDArray[np.int64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.int64)
