"""check: a config, and an export if there is one -> what the model can give, and every doubt about it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from leadscore.analysis.earlier import read_earlier
from leadscore.analysis.facts_seen import RunSeen
from leadscore.analysis.leaks import find_leaks
from leadscore.errors import Problem, UsageError
from leadscore.model.build import build_model
from leadscore.model.dump import dump
from leadscore.model.facts import Leak, Lost, Tally as SignFacts
from leadscore.model.lint import FINDINGS, Finding
from leadscore.model.lint_segments import lint_config
from leadscore.model.load import config_bytes, load_tree
from leadscore.model.schema import Model
from leadscore.model.tree import Tree, value_at
from leadscore.part import nearest
from leadscore.pipeline.cache import NO_CACHE, Cache
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import notes_of, open_exports
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.join_tables import open_tables
from leadscore.pipeline.sweep import Sweep, open_sweep
from leadscore.pipeline.tally import Tally

ANY = "any"
"""Stands for every kind of doubt."""


@dataclass(frozen=True)
class Files:
    """What a config is held against."""

    exports: Sequence[Path] = ()
    events: Sequence[Path] = ()
    joins: Sequence[str] = ()
    previous: Path | None = None
    """An earlier run."""


@dataclass(frozen=True)
class Looked:
    """What was seen of an export."""

    tally: Tally
    set_aside: int
    """Lines that cannot be read."""
    notes: Sequence[str]

    @property
    def read(self) -> int:
        """Rows of the export, damaged ones included."""
        return self.tally.leads + self.set_aside


@dataclass(frozen=True)
class Checked:
    """A config that can be scored, and what is doubtful about it."""

    config: str
    model: Model
    findings: list[Finding]
    looked: Looked | None = None
    """What was seen of the export, where one was given."""


NO_FILES = Files()


def check_config(
    config: Path, overrides: Sequence[str], as_of: date, files: Files = NO_FILES, cache: Cache = NO_CACHE
) -> Checked:
    """Raises ConfigError with every fault of the config, InputError for columns the export lacks."""
    tree = load_tree(str(config), config_bytes(config), overrides)
    model = build_model(tree)
    if not files.exports:
        return Checked(str(config), model, lint_config(model, tree))
    logs = [open_log(path, model, cache) for path in files.events]
    export = open_exports(files.exports, model, cache)
    sweep = open_sweep(export, model, as_of, logs, open_tables(files.joins, model))
    tally, seen = Tally(), RunSeen(model)
    for batch, scored in sweep.batches():
        tally.add(scored, batch)
        seen.add(scored, sweep.fits[batch.file])
        del batch, scored  # or they would be in memory until the next ones are there
    facts = seen.close(sweep.fits, sweep.joins.columns)
    own = replace(
        facts[""],
        signs=_of_signs(tally),
        lost=_find_lost(export, model, sweep.fits),
        leaks=_find_leaks(files.exports, model, tree, sweep.fits),
    )
    if files.previous is not None:
        before, moved = read_earlier(files.previous, sweep.fits)
        own = replace(own, before=before, moved=moved)
    looked = Looked(tally, len(export.set_aside), _notes(export, sweep))
    return Checked(str(config), model, lint_config(model, tree, {**facts, "": own}), looked)


def _notes(export: Export, sweep: Sweep) -> list[str]:
    of_logs = sweep.activity.unread.notes if sweep.activity else []
    return [*notes_of(export, sweep.fits), *sweep.joins.notes, *of_logs]


def _of_signs(tally: Tally) -> dict[str, SignFacts]:
    return {
        name: SignFacts(sign.holds, tally.leads - sign.unknown, tally.leads)
        for name, sign in tally.signs.items()
    }


def _find_lost(export: Export, model: Model, fits: Mapping[str, Fit]) -> dict[str, Lost]:
    """The fields without a column, in all files or in some."""
    read = {column for fit in fits.values() for column in fit.columns.values()}
    unread = [column for column in export.columns if column not in read]
    lost: dict[str, Lost] = {}
    for name, config in model.fields.items():
        lacking = [file for file, fit in fits.items() if name not in fit.columns]
        if not config.derive and lacking and len(lacking) < len(fits):
            lost[name] = Lost(files=tuple(lacking))
        elif not config.derive and lacking:
            near = (nearest(column, unread) for column in (*config.columns, name))
            lost[name] = Lost(renamed=next(filter(None, near), ""))
    return lost


def _find_leaks(
    exports: Sequence[Path], model: Model, tree: Tree, fits: Mapping[str, Fit]
) -> tuple[Leak, ...]:
    """Opened once more, and without a cache: it would keep all columns, also those nobody asked for."""
    if model.outcome is None:
        return ()
    at = model.outcome.at or ""
    written = value_at(tree.data, ("fields", at, "from"))
    columns = written if isinstance(written, list) else [written]
    return find_leaks(open_exports(exports, model), fits, model, {at, *map(str, columns)})


def resolve_config(config: Path, overrides: Sequence[str]) -> str:
    """The config as it stands after extends and --set, as YAML that loads to the same model.

    Raises ConfigError with every fault of it.
    """
    tree = load_tree(str(config), config_bytes(config), overrides)
    build_model(tree)
    return dump(tree.data)


def explain_doubt(code: str) -> str:
    """What one kind of doubt means. Raises UsageError for a code there is not."""
    _refuse_unknown("--explain", code, FINDINGS)
    return f"{code}: {inspect.getdoc(FINDINGS[code])}"


def explanations() -> dict[str, str]:
    """Every kind of doubt and what it means; the first line is a sentence of its own."""
    return {code: inspect.getdoc(find) or "" for code, find in FINDINGS.items()}


def refusal_of(codes: Collection[str]) -> Callable[[Sequence[Finding]], bool]:
    """Whether doubts are of these kinds, ``ANY`` being all. Raises UsageError for a code there is not."""
    for code in codes:
        _refuse_unknown("--fail-on", code, (*FINDINGS, ANY))
    return lambda findings: any(ANY in codes or finding.code in codes for finding in findings)


def _refuse_unknown(option: str, code: str, known: Collection[str]) -> None:
    if code not in known:
        meant = nearest(code, known)
        hint = f"did you mean {meant}?" if meant else f"write one of {', '.join(known)}"
        raise UsageError(Problem(option, what="there is no doubt of that name", hint=hint))
