"""sweep: every batch of an export, scored, with all that its leads are scored by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from leadscore.errors import InputError, Problem
from leadscore.model.check import lead_columns
from leadscore.model.schema import Model
from leadscore.pipeline.account_scores import NO_SCORES, index_scores
from leadscore.pipeline.accounts import account_columns, roll_up
from leadscore.pipeline.activity import Activity, gather_activity
from leadscore.pipeline.batch import Scored, score_leads
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.ids import are_sound
from leadscore.pipeline.lists import divide_leads
from leadscore.pipeline.portion import join_comparable
from leadscore.pipeline.prepare import NO_ACTIVITY, choose_columns


@dataclass(frozen=True)
class Sweep:
    """An export, and all that its leads are scored by. It may be gone through any number of times."""

    export: Export
    model: Model
    columns: Mapping[str, str]
    """Field -> column."""
    as_of: date
    activity: Activity | None = None
    account_scores: Mapping[str, int] = field(default_factory=dict)

    def batches(self) -> Iterator[tuple[Batch, Scored]]:
        """Every batch, scored."""
        for batch in self.read():
            yield batch, self.score(batch)

    def read(self) -> Iterator[Batch]:
        """Every batch as it is read."""
        return self.export.batches(sorted(set(self.columns.values())))

    def score(self, batch: Batch) -> Scored:
        """One batch, scored."""
        leads, kinds = batch.leads, self.export.kinds
        ids = leads[self.columns[self.model.id]]
        seen = NO_ACTIVITY if self.activity is None else self.activity.of(ids)
        return score_leads(leads, self.model, self.columns, self.as_of, kinds, seen, self.account_scores)


def open_sweep(export: Export, model: Model, as_of: date, logs: Sequence[Export] = ()) -> Sweep:
    """What leads are scored by: the activity logs added up, and accounts where leads have a part of theirs.

    Raises InputError for missing columns and for names the output needs itself.
    """
    activity = gather_activity(logs, model, as_of)
    sweep = Sweep(export, model, refuse_columns(export, model), as_of, activity)
    return replace(sweep, account_scores=_find_account_scores(sweep))


def refuse_columns(export: Export, model: Model) -> dict[str, str]:
    """Field -> column. Raises InputError for missing columns and for names the output needs itself."""
    file = str(export.path)
    taken = [model.output.prefix + name for name in (*lead_columns(model), *model.group_names)]
    clashes = [
        Problem(
            file,
            1,
            key=name,
            what="the output has a column of this name",
            hint="set output.prefix, for example ls_",
        )
        for name in taken
        if name in export.columns
    ]
    if clashes:
        raise InputError(clashes)
    return choose_columns(model, export.columns, file, export.repeated)


def _find_account_scores(sweep: Sweep) -> Mapping[str, int]:
    """The score of each account, where leads have a part of it in their own: a pass of its own.

    Ranked leads count, each with its own score; whoever is screened, disqualified or without an id does not.
    """
    model, accounts = sweep.model, sweep.model.accounts
    if accounts is None or accounts.in_score is None:
        return NO_SCORES
    parts = []
    for batch, scored in sweep.batches():
        ids = batch.leads[sweep.columns[model.id]].where(scored.leads[model.id].known)
        ranked = divide_leads(scored.columns, model)["ranked"] & are_sound(ids)
        own = join_comparable(scored.portions)
        parts.append(
            pd.DataFrame({"id": ids, "score": own, **account_columns(scored.leads, accounts)})[ranked]
        )
    return index_scores(roll_up(pd.concat(parts, ignore_index=True), accounts))
