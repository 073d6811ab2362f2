"""read: one reading of the export -> what each of several configs says of every lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from leadscore.analysis.files import Files
from leadscore.analysis.variant import Variant, without_reasons
from leadscore.errors import ConfigError, Problem
from leadscore.model.schema import Model
from leadscore.pipeline.ahead import ahead
from leadscore.pipeline.batch import Scored, score_prepared
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.files import open_exports, read_files
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.join_tables import open_tables
from leadscore.pipeline.prepare import NO_ACTIVITY, prepare_leads
from leadscore.pipeline.sweep import Sweep, find_account_scores, open_sweep
from leadscore.pipeline.tally import Tally
from leadscore.pipeline.told import Told

_SHARED = {
    "id": "a lead of one is found in the other by its id",
    "input": "the export is read once",
    "checks.on_duplicate": "of an id that stands twice the same line must count",
}


@dataclass(frozen=True)
class Reading:
    """Configs that read the export alike: cells become typed fields once for all of them."""

    sweep: Sweep
    """Of a model that has the fields of all, and scores nothing."""
    sweeps: Mapping[int, Sweep]
    """Of each config, by its place among all: what it scores by."""
    tally: Tally

    def score(self, batch: Batch) -> Iterator[tuple[int, Scored]]:
        """A batch of the reading, scored by each config."""
        sweep = self.sweep
        fit, kinds = sweep.fits[batch.file], sweep.kinds(batch)
        seen = NO_ACTIVITY if sweep.activity is None else sweep.activity.of(sweep.ids(batch))
        prepared, unreadable = prepare_leads(batch.leads, fit.model, fit.columns, sweep.as_of, kinds, seen)
        for number, (place, own) in enumerate(self.sweeps.items()):
            model, index = own.fits[batch.file].model, batch.leads.index
            scored = score_prepared(prepared, model, index, unreadable, own.account_scores)
            if not number:
                self.tally.add(scored, batch)
            yield place, scored


def open_readings(variants: Sequence[Variant], files: Files) -> tuple[Export, list[Reading]]:
    """The export, and the configs by how they read it.

    Raises ConfigError where the configs do not go together, and what ``open_sweep`` raises.
    """
    _refuse_apart(variants)
    together = _put_together(variants)
    fields = {name: field for model, _ in reversed(together) for name, field in model.fields.items()}
    first = variants[0].model.model_copy(update={"fields": fields})
    export = open_exports(files.exports, first, files.cache)
    return export, [_open(export, model, own, variants, files) for model, own in together]


def _refuse_apart(variants: Sequence[Variant]) -> None:
    first = variants[0].model
    for variant in variants[1:]:
        own = variant.model
        differ = {"id": own.id != first.id, "input": own.input != first.input}
        differ["checks.on_duplicate"] = own.checks.on_duplicate != first.checks.on_duplicate
        problems = [
            Problem(
                variant.file,
                key=key,
                what=f"is another than in {variants[0].file}",
                hint=f"make them the same: {_SHARED[key]}",
            )
            for key, other in differ.items()
            if other
        ]
        if problems:
            raise ConfigError(problems)


def _put_together(variants: Sequence[Variant]) -> list[tuple[Model, list[int]]]:
    """A model with the fields of all that read the same cells in the same way, and which those are."""
    found: list[tuple[Model, list[int]]] = []
    for place, variant in enumerate(variants):
        own = variant.model
        at = next((at for at, (model, _) in enumerate(found) if _read_alike(model, own)), None)
        if at is None:
            found.append((own.model_copy(update={"accounts": None}), [place]))
        else:
            model, places = found[at]
            found[at] = (_reader(model, own), [*places, place])
    return found


def _read_alike(one: Model, other: Model) -> bool:
    shared = one.fields.keys() & other.fields.keys()
    same = (one.preset, one.join, one.events) == (other.preset, other.join, other.events)
    return same and all(one.fields[name] == other.fields[name] for name in shared)


def _reader(model: Model, more: Model) -> Model:
    """A model that reads what both do: their fields and the events that they count."""
    fields = {**model.fields, **more.fields}
    reader = model.model_copy(update={"fields": fields, "accounts": None})
    return reader.with_segments([*model.models, *more.models])


def _open(
    export: Export, model: Model, places: Sequence[int], variants: Sequence[Variant], files: Files
) -> Reading:
    logs = [open_log(path, model, files.cache) for path in files.events]
    wants_no_table = not model.join and any(variant.model.join for variant in variants)
    tables = open_tables(() if wants_no_table else files.joins, model)
    sweep = open_sweep(export, model, files.as_of, logs, tables, files.told)
    return Reading(sweep, {place: _own(sweep, variants[place].model) for place in places}, Tally())


def _own(sweep: Sweep, model: Model) -> Sweep:
    """What one config scores by; where leads have a part of their account's score, after a pass for that."""
    fits = {
        name: replace(fit, model=without_reasons(model).model_copy(update={"fields": fit.model.fields}))
        for name, fit in sweep.fits.items()
    }
    own = replace(sweep, fits=fits)
    return replace(own, account_scores=find_account_scores(own))


def read_batches(
    export: Export, readings: Sequence[Reading], told: Told
) -> Iterator[list[tuple[Reading, Batch]]]:
    """Every batch of the export, read once, as each of the readings has it."""
    columns: dict[str, dict[str, None]] = {}
    for reading in readings:
        for name, own in reading.sweep.columns.items():
            columns.setdefault(name, {}).update(dict.fromkeys(own))
        reading.sweep.joins.begin()
    below: list[dict[str, bool]] = [{} for _ in readings]
    leads = 0
    for batch in ahead(read_files(export, {name: sorted(own) for name, own in columns.items()}), depth=1):
        yield [
            (reading, reading.sweep.complete(batch, seen))
            for reading, seen in zip(readings, below, strict=True)
        ]
        leads += len(batch.leads)
        told("leads read", leads, batch.share)
        del batch
