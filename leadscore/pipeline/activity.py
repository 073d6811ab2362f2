"""activity: a log of events -> what each lead did: how often, how long ago, for how many points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.errors import ConfigError, Problem, UsageError
from leadscore.fields import Seen
from leadscore.model.events import EventLog, wanted_events
from leadscore.model.schema import Model
from leadscore.pipeline.cells import AMBIGUOUS
from leadscore.pipeline.column import Unreadable, read_field, without_guard
from leadscore.pipeline.event_sums import Codes, EventSums, make_room, seen_by
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.log_columns import log_columns
from leadscore.pipeline.unread import Unread
from leadscore.points import Flags, Hundredths
from leadscore.text import Folding

_EPOCH = date(1970, 1, 1)
VALUE_LIMIT = 10**12
"""The most an event may be worth: then even 90,000 of them add up exactly."""
_BEYOND = f"a value beyond {VALUE_LIMIT:,}"
FOLDING = Folding()


@dataclass
class Activity:
    """The whole log, added up by lead."""

    sums: list[EventSums]
    ids: pa.Array = field(default_factory=lambda: pa.array([], pa.large_string()))
    events: Hundredths = field(default_factory=lambda: np.zeros(0, np.int64))
    """Events per lead of the log; there may be places to spare after the last."""
    met: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    """Which of them the export has."""
    read: int = 0
    after_as_of: int = 0
    without_lead: int = 0
    unread: Unread = field(default_factory=Unread)

    def of(self, ids: pd.Series) -> dict[tuple[str, str], Seen]:
        """What a batch of leads did, by ("rule", name) and ("field", name)."""
        coded = _texts(ids).dictionary_encode()
        rows = _spread(coded, self._find(coded.dictionary), -1)
        self.met[rows[rows >= 0]] = True
        return {each.wanted.key: seen_by(each, rows) for each in self.sums}

    @property
    def report(self) -> dict[str, int]:
        """What the summary says of the log; complete once every batch of leads was asked for."""
        return {
            "read": self.read,
            "of_unknown_leads": self.of_unknown_leads,
            "after_as_of": self.after_as_of,
            "unreadable": self.unread.reasons.total(),
            "set_aside": self.unread.damaged,
        }

    def problems(self) -> Iterator[tuple[str, str, str, str, str]]:
        """File, line, column, reason and, for a damaged line, the line as it was."""
        return self.unread.listed()

    @property
    def of_unknown_leads(self) -> int:
        """Events of leads the export does not have; complete once every batch was asked for."""
        return int(self.events[~self.met].sum()) + self.without_lead

    def add(self, log: Export, batch: Batch, config: EventLog, columns: dict[str, str], as_of: int) -> None:
        """Count the events of a batch of the log."""
        cells: list[Unreadable] = []
        times = read_field(batch.leads[columns["time"]], config.time, "date", cells, log.kinds)
        values = np.full(len(batch.leads), np.nan)
        if "value" in columns:
            amounts = batch.leads[columns["value"]]
            values = read_field(amounts, config.value, "number", cells, log.kinds).values
            beyond = np.flatnonzero(np.abs(values) > VALUE_LIMIT)
            if len(beyond):
                cells.append(Unreadable(columns["value"], _BEYOND, beyond))
                values = np.where(np.abs(values) > VALUE_LIMIT, np.nan, values)
        self.unread.add_cells(log.path.name, cells, batch.lines)
        codes = self._codes(_texts(batch.leads[columns["lead"]]))
        ages = as_of - times.values
        self.read += len(codes)
        self.without_lead += int((codes < 0).sum())
        self.after_as_of += int((ages < 0).sum())
        np.add.at(self.events, codes[codes >= 0], 1)
        names = _texts(batch.leads[columns["event"]]).dictionary_encode()
        folded = [FOLDING(name or "") for name in names.dictionary.to_pylist()]
        for each in self.sums:
            counted = (codes >= 0) & (ages >= 0) & _named(names, folded, each.wanted.events)
            if each.wanted.within_days is not None:
                counted &= ages <= each.wanted.within_days
            each.add(codes[counted], ages[counted], values[counted])

    def _codes(self, leads: pa.Array) -> Codes:
        """Each event's lead as a position in ``ids``, -1 for none; leads not seen before are added."""
        coded = pc.if_else(pc.equal(leads, ""), None, leads).dictionary_encode()
        places = self._find(coded.dictionary)
        fresh = places < 0
        places[fresh] = len(self.ids) + np.arange(int(fresh.sum()))
        self.ids = pa.concat_arrays([self.ids, coded.dictionary.filter(pa.array(fresh))])
        self.events = make_room(self.events, len(self.ids), 0)
        self.met = make_room(self.met, len(self.ids), False)
        for each in self.sums:
            each.grow(len(self.ids))
        return _spread(coded, places, -1)

    def _find(self, leads: pa.Array) -> Codes:
        """Where each of some distinct leads stands in ``ids``; -1 for those that do not."""
        # The few are the table that the many are looked up in: the other way round costs ten times as much.
        places = pc.index_in(self.ids, value_set=leads)
        known = np.flatnonzero(places.is_valid().to_numpy(zero_copy_only=False))
        found = np.full(len(leads), -1, dtype=np.int64)
        found[places.drop_null().to_numpy()] = known
        return found


def _texts(cells: pd.Series) -> pa.Array:
    texts = pa.array(
        cells if isinstance(cells.dtype, pd.StringDtype) else cells.astype("str"), pa.large_string()
    )
    return without_guard(texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts)


def _named(names: pa.DictionaryArray, folded: Sequence[str], events: tuple[str, ...] | None) -> Flags:
    """Which events have one of the names; any has where none is named. ``folded``: the distinct names."""
    if events is None:
        return np.ones(len(names), dtype=bool)
    wanted = {FOLDING(event) for event in events}
    holds: Flags = np.array([name in wanted for name in folded], dtype=bool)
    return _spread(names, holds, False)


def _spread(coded: pa.DictionaryArray, amounts: npt.NDArray[Any], missing: Any) -> npt.NDArray[Any]:
    """What is known of each distinct text, for each cell; ``missing`` for a missing cell."""
    indices = pc.fill_null(coded.indices, len(amounts)).to_numpy(zero_copy_only=False)
    spread: npt.NDArray[Any] = np.append(amounts, np.array([missing], amounts.dtype))[indices]
    return spread


def gather_activity(logs: Sequence[Export], model: Model, as_of: date) -> Activity | None:
    """Read the logs; None where the config asks nothing of them.

    Raises UsageError if the config needs a log and there is none, InputError for columns a log lacks.
    """
    wanted = list(wanted_events(model))
    if not wanted:
        return None
    if not logs:
        what = f"the config counts events ({wanted[0].name!r} and others) and there is no log"
        raise UsageError(Problem("--events", what=what, hint="name the activity log after --events"))
    activity = Activity([EventSums(want) for want in wanted])
    for log in logs:
        columns = log_columns(log, model)
        for batch in log.batches(sorted(set(columns.values()))):
            activity.add(log, batch, model.events, columns, (as_of - _EPOCH).days)
        activity.unread.add_lines(log)
        _refuse_ambiguous(activity, log)
    for each in activity.sums:
        each.close()
    return activity


def _refuse_ambiguous(activity: Activity, log: Export) -> None:
    if activity.unread.reasons[AMBIGUOUS]:
        what = "the times of the log can be read as day-first and month-first"
        hint = 'set events.time, for example {from: time, format: "%d/%m/%Y"}'
        raise ConfigError(Problem(str(log.path), key="events.time", what=what, hint=hint))
