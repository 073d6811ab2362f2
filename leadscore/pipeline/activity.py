"""activity: a log of events -> what each lead did: how often, how long ago, for how many points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.fields import Seen
from leadscore.model.events import EventLog
from leadscore.pipeline.coded import to_array, to_texts
from leadscore.pipeline.column import Unreadable, read_field, without_guard
from leadscore.pipeline.days import Days
from leadscore.pipeline.event_sums import EventSums, make_room, seen_by
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.log_leads import LogLeads
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
    leads: LogLeads = field(default_factory=LogLeads)
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
        rows = self.leads.find(texts_of(ids))
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
        ages = as_of - times.values
        self.read += len(ages)
        self.after_as_of += int(np.count_nonzero(ages < 0))
        codes = self.leads.add(texts_of(batch.leads[columns["lead"]]))
        self._make_room(self.leads.count)
        led = codes >= 0
        self.without_lead += len(codes) - int(np.count_nonzero(led))
        np.add.at(self.events, codes[led], 1)
        countable, names = led & (ages >= 0), _Names(batch.leads[columns["event"]])
        for each in self.sums:
            counted = countable & names.are(each.wanted.events)
            if each.wanted.within_days is not None:
                counted &= ages <= each.wanted.within_days
            rows = np.flatnonzero(counted)
            each.add(codes[rows], ages[rows], values[rows] if each.wanted.with_value else values[:0])

    def forget_leads(self) -> None:
        """Begin anew with the leads and their sums; what is told of the logs goes on."""
        self.leads, self.events, self.met = LogLeads(), np.zeros(0, np.int64), np.zeros(0, dtype=bool)
        self.sums = [replace(each, days=Days()) for each in self.sums]

    def _make_room(self, leads: int) -> None:
        self.events = make_room(self.events, leads, 0)
        self.met = make_room(self.met, leads, False)
        for each in self.sums:
            each.grow(leads)


def texts_of(cells: pd.Series) -> pa.Array:
    """Ids as leads are told apart by them: text, without the apostrophe of a formula guard."""
    return without_guard(
        to_texts(cells if isinstance(cells.dtype, pd.CategoricalDtype) else cells.astype("str"))
    )


class _Names:
    """What kind of event each is: distinct names are compared, not events."""

    def __init__(self, cells: pd.Series) -> None:
        self.codes, names = _coded(cells)
        self.folded = [FOLDING(name) for name in without_guard(names).to_pylist()]

    def are(self, events: tuple[str, ...] | None) -> Flags:
        """Which events have one of the names; any has where none is named, also one without a name."""
        if events is None:
            return np.ones(len(self.codes), dtype=bool)
        wanted = {FOLDING(event) for event in events}
        holds: Flags = np.array([*(name in wanted for name in self.folded), False], dtype=bool)
        chosen: Flags = holds[self.codes]
        return chosen


def _coded(cells: pd.Series) -> tuple[npt.NDArray[Any], pa.Array]:
    """A code per cell, -1 where it is missing, and the texts; a category has both."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.cat.codes.to_numpy(), to_array(cells.cat.categories)
    coded = to_texts(cells.astype("str")).dictionary_encode()
    return coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), coded.dictionary
