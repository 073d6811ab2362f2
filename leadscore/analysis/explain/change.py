"""change: what would have to be otherwise with a lead for another tier, tried out by scoring it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from leadscore.analysis.explain.more_events import add_events, list_events
from leadscore.analysis.explain.tried import Change, Step, Tried, pick_some
from leadscore.analysis.explain.turning import Cell, list_cells, movable_fields, unknown_sources
from leadscore.fields import Leads
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.export import Batch
from leadscore.pipeline.sweep import Sweep

_EPOCH = date(1970, 1, 1).toordinal()
_TYPED = {"format": None, "decimal": ".", "true": ("true",), "false": ("false",)}
_SHOWN = 5


@dataclass(frozen=True)
class Trials:
    """One lead of a batch, to be scored again with other cells.

    Everything a cell bears on follows, since the lead is scored as all leads are: derived fields, other
    rules, decays, caps, the segment. What its account has stays as it is.
    """

    sweep: Sweep
    batch: Batch
    row: int
    now: int
    """Its score (hundredths)."""
    tier: str

    def find_lifts(self) -> list[Change]:
        """Of each unknown field, what could make most of the lead, if that is a better tier."""
        found = []
        for name in self._unknown:
            tried = self._try([(cell,) for cell in self._cells.get(name, ())])
            best = min(tried, key=lambda each: (each.tier, -each.score), default=None)
            if best is not None and best.tier < self._place:
                found.append(self._change(best))
        return sorted(found, key=lambda change: (self._tiers.index(change.tier), -change.score))

    def find_changes(self, facts: bool = False) -> list[Change]:
        """The cheapest ways to a better tier, those with the fewest points first; one for each field or pair.

        Only through fields that can change, upwards, and with ``facts`` through all fields. Two fields
        together are looked at where none is enough alone.
        """
        movable = [name for name in self._cells if facts or name in movable_fields(self.model)]
        cells = {name: self._upwards(name, facts) for name in movable} | self._events
        alone, fields = (
            {name: self._try([(cell,) for cell in each]) for name, each in cells.items()},
            [*cells],
        )
        reached = [tried for name in fields for tried in self._cheapest(alone[name])]
        if not reached:
            few = {name: pick_some(tried) for name, tried in alone.items()}
            for one, other in combinations(alone, 2):
                pairs = [(*a.cells, *b.cells) for a in few[one] for b in few[other]]
                reached += self._cheapest(self._try(pairs))
        changes = [self._change(tried) for tried in reached]
        changes.sort(key=lambda change: (change.gain, [step.field for step in change.steps]))
        return changes[:_SHOWN]

    def _cheapest(self, tried: Sequence[Tried]) -> Iterator[Tried]:
        better = [each for each in tried if each.tier < self._place]
        if better:
            yield min(better, key=lambda each: (each.score, [cell.order for cell in each.cells]))

    def _upwards(self, name: str, facts: bool) -> list[Cell]:
        """Cells that can still come: what was counted stays, and time goes one way."""
        field, config = self.lead[name], self.model.fields[name]
        if facts or field.numbers is None or not field.known[0] or config.type == "boolean":
            return [cell for cell in self._cells[name] if cell.text != field.text(0)]
        value = float(field.values[0])
        ordinal = value + _EPOCH if config.type == "date" else value
        return [cell for cell in self._cells[name] if cell.order > ordinal]

    @property
    def model(self) -> Model:
        """The model as it reads the lead's file."""
        return self.sweep.fits[self.batch.file].model

    @property
    def own_model(self) -> Model:
        """The one that scores it: that of its segment, where there are some."""
        return next(portion.model for portion in self._scored.portions if len(portion.rows))

    @property
    def lead(self) -> Leads:
        """The lead as rules see it."""
        return self._scored.leads

    @cached_property
    def _tiers(self) -> list[str]:
        return [tier.name for tier in self.model.tiers]

    @cached_property
    def _place(self) -> int:
        return self._tiers.index(self.tier)

    @cached_property
    def _cells(self) -> dict[str, list[Cell]]:
        """Of fields that have a column of the export; what a table adds, or a key looks up, is left alone."""
        fit, joined = self.sweep.fits[self.batch.file], {join.on for join in self.model.join.values()}
        own = set(self.batch.leads.columns) - set(self.sweep.joins.columns) - {fit.columns[self.model.id]}
        return {
            name: cells
            for name, cells in list_cells(self._as_written, self.sweep.as_of).items()
            if fit.columns.get(name) in own and name not in fit.constants and name not in joined
        }

    @cached_property
    def _events(self) -> dict[str, list[Cell]]:
        return {} if self.sweep.activity is None else list_events(self.model)

    @property
    def _as_written(self) -> Model:
        """The model with the cells of typed columns, as Parquet has them, written as those are."""
        typed, columns = self.sweep.kinds(self.batch), self.sweep.fits[self.batch.file].columns
        fields = {
            name: field.model_copy(update=_TYPED) if columns.get(name) in typed else field
            for name, field in self.model.fields.items()
        }
        return self.model.model_copy(update={"fields": fields})

    @cached_property
    def _alone(self) -> Batch:
        leads = self.batch.leads.iloc[[self.row]]
        return replace(self.batch, leads=leads, lines=self.batch.lines[[self.row]])

    @cached_property
    def _scored(self) -> Scored:
        return self.sweep.score(self._alone)

    @cached_property
    def _unknown(self) -> list[str]:
        known = {name: bool(field.known[0]) for name, field in self.lead.fields.items()}
        return unknown_sources(known, self.model)

    def _try(self, trials: Sequence[tuple[Cell, ...]]) -> list[Tried]:
        """The lead once for each trial, scored together."""
        if not trials:
            return []
        columns = self.sweep.fits[self.batch.file].columns | dict.fromkeys(self._events, "")
        leads = self._alone.leads.iloc[np.zeros(len(trials), np.intp)].reset_index(drop=True)
        changed = {columns[cell.field] for cells in trials for cell in cells} - {""}
        made = {column: leads[column].astype(object).to_numpy(copy=True) for column in changed}
        for row, cells in enumerate(trials):
            for cell in (cell for cell in cells if not cell.event):
                made[columns[cell.field]][row] = cell.text
        leads = leads.assign(**{column: pd.array(cells, dtype="str") for column, cells in made.items()})
        lines = self.batch.lines[[self.row]].repeat(len(leads))
        seen = add_events(self.sweep.seen(self._alone), self.model, trials)
        scored = self.sweep.score(replace(self.batch, leads=leads, lines=lines), seen)
        scores, tiers = scored.columns["score"].tolist(), scored.columns["tier"].astype(str).tolist()
        places = [self._tiers.index(tier) for tier in tiers]
        return [Tried(*each) for each in zip(trials, scores, places, strict=True)]

    def _change(self, tried: Tried) -> Change:
        steps = tuple(
            Step(
                cell.field, None if cell.event else self.lead[cell.field].text(0), cell.text, bool(cell.event)
            )
            for cell in tried.cells
        )
        return Change(steps, tried.score, self._tiers[tried.tier], tried.score - self.now)

    def _step(self, cell: Cell) -> Step:
        before = None if cell.event else self.lead[cell.field].text(0)
        return Step(cell.field, before, cell.text, bool(cell.event))
