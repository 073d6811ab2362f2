"""gather: activity logs -> what each lead did, added up while the rest is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from leadscore.errors import ConfigError, Problem, UsageError
from leadscore.model.events import Wanted, wanted_events
from leadscore.model.schema import Model
from leadscore.pipeline.activity import Activity
from leadscore.pipeline.ahead import ahead
from leadscore.pipeline.cells import AMBIGUOUS
from leadscore.pipeline.event_sums import EventSums
from leadscore.pipeline.export import Export
from leadscore.pipeline.log_columns import log_columns
from leadscore.pipeline.told import Told, nobody

_EPOCH = date(1970, 1, 1)


def gather_activity(
    logs: Sequence[Export], model: Model, as_of: date, told: Told = nobody, explained: bool = False
) -> Activity | None:
    """Read the logs; None where the config asks nothing of them.

    ``explained``: also for what is told of a lead, not only for what it is scored by.
    Raises UsageError if the config needs a log and there is none, InputError for columns a log lacks.
    """
    wanted = find_wanted(model, len(logs))
    if not wanted:
        return None
    activity = Activity([EventSums(want, explained) for want in wanted])
    for log in logs:
        for share in add_log(activity, log, model, as_of):
            told("events read", activity.read, share)
        refuse_ambiguous(activity.unread.reasons, str(log.path))
    for each in activity.sums:
        each.close()
    return activity


def find_wanted(model: Model, logs: int) -> list[Wanted]:
    """What the config wants to know of the logs. Raises UsageError if there is no log for it."""
    wanted = list(wanted_events(model))
    if wanted and not logs:
        what = f"the config counts events ({wanted[0].name!r} and others) and there is no log"
        raise UsageError(Problem("--events", what=what, hint="name the activity log after --events"))
    return wanted


def add_log(activity: Activity, log: Export, model: Model, as_of: date) -> Iterator[float]:
    """Count the events of one log: after each batch, the share of the log (0 to 1) that is counted.

    What days have to wait for is left to the caller. Raises InputError for columns the log lacks.
    """
    columns = log_columns(log, model)
    for batch in ahead(log.batches(sorted(set(columns.values())), coded=True), depth=1):
        activity.add(log, batch, model.events, columns, (as_of - _EPOCH).days)
        yield batch.share
    activity.unread.add_lines(log)


def refuse_ambiguous(reasons: Mapping[str, int], path: str) -> None:
    """Raise ConfigError where times have two readings. ``reasons``: how many cells are unread, by why."""
    if reasons.get(AMBIGUOUS):
        what = "the times of the log can be read as day-first and month-first"
        hint = 'set events.time, for example {from: time, format: "%d/%m/%Y"}'
        raise ConfigError(Problem(path, key="events.time", what=what, hint=hint))
