"""join: tables added to the leads by a key, so that their columns are fields like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from leadscore.fields import Field, FieldType
from leadscore.model.preset import FileShape
from leadscore.model.schema import Model
from leadscore.pipeline.endings import TOTALS
from leadscore.pipeline.export import Export, SetAside
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.keyed import Keyed, count_found
from leadscore.pipeline.measure import to_text
from leadscore.pipeline.prepare import prepare_leads

_SHOWN = 5
_SECOND_TABLE = "a second table begins"


@dataclass
class Joined:
    """One table, the fields it gives, and what came of joining it."""

    name: str
    on: str
    table: Export
    fit: Fit
    """The model as it reads the table, which has only the fields the table gives."""
    keyed: Keyed
    shape: FileShape | None = None
    """What such a file holds besides its table, where that is known."""
    counts: Counter[str] = field(default_factory=Counter)
    """Leads that are matched, unmatched, ambiguous or without_key, of the batches since ``begin``."""

    @property
    def columns(self) -> dict[str, str]:
        """Field -> its column beside those of the export."""
        return {name: _beside(self.name, self.fit.columns[name]) for name in self.fit.columns}

    @property
    def kinds(self) -> dict[str, FieldType]:
        """The columns that have a type of their own."""
        headers = set(self.fit.columns.values())
        return {_beside(self.name, each): kind for each, kind in self.table.kinds.items() if each in headers}

    def add(self, leads: pd.DataFrame, keys: Field) -> pd.DataFrame:
        """The leads with their row's columns; those without one row have nothing in them."""
        places = self.keyed.find(keys)
        self.counts.update(count_found(keys, places))
        cells = {
            _beside(self.name, header): to_text(self.keyed.take(header, places), leads.index)
            for header in dict.fromkeys(self.fit.columns.values())
        }
        return leads.assign(**cells)

    @property
    def report(self) -> dict[str, Any]:
        """What the summary and the manifest say of it."""
        counted = {name: self.counts[name] for name in ("matched", "unmatched", "ambiguous", "without_key")}
        return {
            "name": self.name,
            "file": self.table.path.name,
            "rows": self.keyed.rows,
            "rows_without_key": self.keyed.without_key,
            "keys_ambiguous": len(self.keyed.several),
            "set_aside": len(self.damaged),
            "leads": counted,
        }

    @property
    def damaged(self) -> list[SetAside]:
        """The lines that could not be read, those aside that such a file has by its nature."""
        return [aside for aside in self.table.set_aside if not self._is_expected(aside)]

    def _is_expected(self, aside: SetAside) -> bool:
        if self.shape is None:
            return False
        is_total = self.shape.totals is not None and aside.reason == TOTALS
        other_tables = self.shape.after_blank_line == "table"
        return is_total or (other_tables and aside.reason.startswith(_SECOND_TABLE))

    @property
    def notes(self) -> list[str]:
        """What is to be said of the table."""
        own = [f"{self.table.path.name}: {note}" for note in (*self.table.notes, *self.fit.notes)]
        if not self.fit.columns:
            own.append(f"{self.table.path.name}: no field of the config is in it")
        left_out = len(self.table.set_aside) - len(self.damaged)
        if left_out:
            own.append(
                f"{self.table.path.name}: {left_out:,} lines of totals or of other tables were left out"
            )
        if self.keyed.several:
            shown = "; ".join(" and ".join(map(str, lines[:_SHOWN])) for lines in self.keyed.several[:_SHOWN])
            more = (
                f" and {len(self.keyed.several) - _SHOWN:,} more keys" if self.keyed.several[_SHOWN:] else ""
            )
            own.append(
                f"{self.table.path.name}: rows of one key that differ are not joined: lines {shown}{more}"
            )
        return own


@dataclass
class Joins:
    """All tables of a run."""

    tables: tuple[Joined, ...] = ()

    def without(self, model: Model) -> Model:
        """The model without the fields that the tables give: what the export must have."""
        given = {name for joined in self.tables for name in joined.fit.columns}
        kept = {name: config for name, config in model.fields.items() if name not in given}
        return model.model_copy(update={"fields": kept}) if given else model

    def within(self, fit: Fit, model: Model) -> Fit:
        """The model as it reads a file of the export with the tables beside it."""
        fields = model.fields | fit.model.fields
        columns = dict(fit.columns)
        for joined in self.tables:
            fields |= joined.fit.model.fields
            columns |= joined.columns
        fields = {name: fields[name] for name in model.fields}  # in the config's order
        return replace(fit, model=fit.model.model_copy(update={"fields": fields}), columns=columns)

    @property
    def columns(self) -> set[str]:
        """What stands beside the export's own columns."""
        return {column for joined in self.tables for column in joined.columns.values()}

    @property
    def kinds(self) -> dict[str, FieldType]:
        """The columns of the tables that have a type of their own."""
        return {column: kind for joined in self.tables for column, kind in joined.kinds.items()}

    def begin(self) -> None:
        """Count from the first lead again."""
        for joined in self.tables:
            joined.counts.clear()

    def add(self, leads: pd.DataFrame, fit: Fit, kinds: Mapping[str, FieldType], as_of: date) -> pd.DataFrame:
        """The leads of a batch with the columns of every table."""
        if not self.tables:
            return leads
        keys = _read_keys(leads, fit, kinds, as_of, [joined.on for joined in self.tables])
        for joined in self.tables:
            leads = joined.add(leads, keys[joined.on])
        return leads

    @property
    def report(self) -> list[dict[str, Any]]:
        """What the summary and the manifest say of each table; complete once all leads were read."""
        return [joined.report for joined in self.tables]

    @property
    def notes(self) -> list[str]:
        """What is to be said of the tables."""
        return [note for joined in self.tables for note in joined.notes]

    def problems(self) -> Iterator[tuple[str, str, str, str, str]]:
        """File, line, no column, reason and text of each damaged line."""
        for joined in self.tables:
            for aside in joined.table.set_aside:
                text = aside.text.decode("utf-8", "surrogateescape")
                yield joined.table.path.name, str(aside.line), "", aside.reason, text

    @property
    def damaged(self) -> int:
        """Lines of the tables that could not be read."""
        return sum(len(joined.damaged) for joined in self.tables)


def _beside(name: str, header: str) -> str:
    return f"{name}.{header}"


def _read_keys(
    leads: pd.DataFrame, fit: Fit, kinds: Mapping[str, FieldType], as_of: date, names: Sequence[str]
) -> dict[str, Field]:
    """What the leads are looked up by, read as any field is."""
    sources = [fit.model.fields[name].of for name in names]
    needed = {name: fit.model.fields[name] for name in (*filter(None, sources), *names)}
    model = fit.model.model_copy(update={"fields": needed})
    return prepare_leads(leads, model, fit.columns, as_of, kinds)[0].fields
