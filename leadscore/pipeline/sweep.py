"""sweep: every batch of an export, scored, with all that its leads are scored by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from leadscore.errors import InputError, Problem
from leadscore.fields import FieldType, Seen
from leadscore.model.check import FILE, lead_columns
from leadscore.model.schema import Model
from leadscore.pipeline.account_scores import NO_SCORES, index_scores
from leadscore.pipeline.accounts import account_columns, roll_up
from leadscore.pipeline.activity import Activity
from leadscore.pipeline.ahead import ahead
from leadscore.pipeline.batch import Scored, score_leads
from leadscore.pipeline.column import bare_ids
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.files import files_of, fit_files, read_files
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.gather import gather_activity
from leadscore.pipeline.ids import are_sound, mark_second_headers
from leadscore.pipeline.join import Joins
from leadscore.pipeline.join_tables import NO_TABLES, fit_tables
from leadscore.pipeline.lists import divide_leads
from leadscore.pipeline.portion import join_comparable
from leadscore.pipeline.prepare import NO_ACTIVITY
from leadscore.pipeline.told import Told, nobody


@dataclass(frozen=True)
class Sweep:
    """An export, and all that its leads are scored by. It may be gone through any number of times."""

    export: Export
    fits: Mapping[str, Fit]
    """The model as it reads each file of the export."""
    as_of: date
    activity: Activity | None = None
    account_scores: Mapping[str, int] = field(default_factory=dict)
    joins: Joins = field(default_factory=Joins)

    @property
    def model(self) -> Model:
        """The model, its fields read as the first file writes them."""
        return next(iter(self.fits.values())).model

    def ids(self, batch: Batch) -> pd.Series:
        """The cells that identify the leads of a batch."""
        return batch.leads[self._id_column(batch)]

    def _id_column(self, batch: Batch) -> str:
        return self.fits[batch.file].columns[self.model.id]

    def batches(self) -> Iterator[tuple[Batch, Scored]]:
        """Every batch, scored while the next one is read."""
        for batch in ahead(self.read(), depth=1):
            yield batch, self.score(batch)
            del batch  # or it would be in memory until the next one is there

    def read(self) -> Iterator[Batch]:
        """Every batch as it is read, its ids bare, with the columns of the tables that are joined to it."""
        self.joins.begin()
        below: dict[str, bool] = {}
        for batch in read_files(self.export, self.columns):
            yield self.complete(batch, below)
            del batch

    @property
    def columns(self) -> dict[str, list[str]]:
        """What is read of each file."""
        added = self.joins.columns
        return {
            name: sorted(set(fit.columns.values()) - {*fit.constants, *added})
            for name, fit in self.fits.items()
        }

    def complete(self, batch: Batch, below: dict[str, bool]) -> Batch:
        """A batch of the export with bare ids and the columns of the tables.

        ``below``: the files in which a second header was met; it grows from batch to batch.
        """
        fit, leads = self.fits[batch.file], self.fits[batch.file].read(batch.leads)
        column = self._id_column(batch)
        leads = leads.astype({column: "str"})  # ids may be a category where they repeat
        ids, below[batch.file] = mark_second_headers(leads[column], column, below.get(batch.file, False))
        leads = bare_ids(leads.assign(**{column: ids}) if below[batch.file] else leads, column)
        return replace(batch, leads=self.joins.add(leads, fit, self.kinds(batch), self.as_of))

    def kinds(self, batch: Batch) -> Mapping[str, FieldType]:
        """The columns that have a type of their own."""
        return {**files_of(self.export)[batch.file].kinds, **self.joins.kinds}

    def seen(self, batch: Batch) -> Mapping[tuple[str, str], Seen]:
        """What the log says of the leads of a batch."""
        return NO_ACTIVITY if self.activity is None else self.activity.of(self.ids(batch))

    def score(self, batch: Batch, seen: Mapping[tuple[str, str], Seen] | None = None) -> Scored:
        """One batch, scored; by what the log says of it, or by what is given instead."""
        fit, kinds = self.fits[batch.file], self.kinds(batch)
        seen = self.seen(batch) if seen is None else seen
        return score_leads(batch.leads, fit.model, fit.columns, self.as_of, kinds, seen, self.account_scores)


def open_sweep(
    export: Export,
    model: Model,
    as_of: date,
    logs: Sequence[Export] = (),
    tables: Mapping[str, Export] = NO_TABLES,
    told: Told = nobody,
    explained: bool = False,
) -> Sweep:
    """What leads are scored by: the activity logs added up, and accounts where leads have a part of theirs.

    ``tables``: what is joined to the leads, by the names the config has for it. ``explained``: with what
    the logs say of leads that is only told.
    Raises InputError for missing columns and for names the output needs itself.
    """
    activity = gather_activity(logs, model, as_of, told, explained)
    refuse_names(export, model)
    joins = fit_tables(tables, model, files_of(export))
    fits = {name: joins.within(fit, model) for name, fit in fit_files(export, joins.without(model)).items()}
    sweep = Sweep(export, fits, as_of, activity, joins=joins)
    return replace(sweep, account_scores=find_account_scores(sweep))


def refuse_names(export: Export, model: Model) -> None:
    """Raise InputError for columns of a name that the output needs itself."""
    own = [FILE] if len(files_of(export)) > 1 else []
    refuse_taken(export, model, [*lead_columns(model), *model.group_names, *own])


def refuse_taken(export: Export, model: Model, names: Sequence[str]) -> None:
    """The same for columns of these names."""
    clashes = [
        Problem(
            str(file.path),
            1,
            key=name,
            what="the output has a column of this name",
            hint="set output.prefix, for example ls_",
        )
        for file in files_of(export).values()
        for name in (model.output.prefix + name for name in names)
        if name in file.columns
    ]
    if clashes:
        raise InputError(clashes)


def find_account_scores(sweep: Sweep) -> Mapping[str, int]:
    """The score of each account, where leads have a part of it in their own: a pass of its own.

    Ranked leads count, each with its own score; whoever is screened, disqualified or without an id does not.
    """
    model, accounts = sweep.model, sweep.model.accounts
    if accounts is None or accounts.in_score is None:
        return NO_SCORES
    parts = []
    for batch, scored in sweep.batches():
        ids = sweep.ids(batch).where(scored.leads[model.id].known)
        leads = pd.DataFrame({"id": ids, "score": join_comparable(scored.portions)}).assign(
            ranked=divide_leads(scored.columns, model)["ranked"], **account_columns(scored.leads, accounts)
        )
        parts.append(leads[are_sound(ids)])
    leads = pd.concat(parts, ignore_index=True)
    if model.checks.on_duplicate != "refuse":
        leads = leads.drop_duplicates("id", keep=model.checks.on_duplicate)
    return index_scores(roll_up(leads[leads["ranked"]], accounts))
