"""check: a config, and an export if there is one -> what the model can give, and every doubt about it."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from leadscore.errors import Problem, UsageError
from leadscore.model.build import build_model
from leadscore.model.dump import dump
from leadscore.model.lint import FINDINGS, Finding, Tally as RuleTally
from leadscore.model.lint_segments import lint_config
from leadscore.model.load import config_bytes, load_tree
from leadscore.model.schema import Model
from leadscore.part import nearest
from leadscore.pipeline.accounts import tally_rules
from leadscore.pipeline.cache import NO_CACHE, Cache
from leadscore.pipeline.collect import Collected, collect_leads
from leadscore.pipeline.files import notes_of, open_exports
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.join_tables import open_tables


@dataclass(frozen=True)
class Checked:
    """A config that can be scored, and what is doubtful about it."""

    model: Model
    findings: list[Finding]
    collected: Collected | None
    """The export's leads, where an export was given."""
    notes: Sequence[str] = ()
    """What is to be said of the export."""


def check_config(
    config: Path,
    overrides: Sequence[str],
    as_of: date,
    exports: Sequence[Path],
    events: Sequence[Path] = (),
    joins: Sequence[str] = (),
    cache: Cache = NO_CACHE,
) -> Checked:
    """Raises ConfigError with every fault of the config, InputError for columns the export lacks."""
    tree = load_tree(str(config), config_bytes(config), overrides)
    model = build_model(tree)
    if not exports:
        return Checked(model, lint_config(model, tree), None)
    logs = [open_log(path, model, cache) for path in events]
    export = open_exports(exports, model, cache)
    collected = collect_leads(export, model, as_of, logs, open_tables(joins, model))
    findings = lint_config(model, tree, _of_rules(collected, model), _of_signs(collected))
    of_logs = collected.activity.unread.notes if collected.activity else []
    notes = [*notes_of(export, collected.fits), *collected.joins.notes, *of_logs]
    return Checked(model, findings, collected, notes)


def _of_rules(collected: Collected, model: Model) -> dict[tuple[str, str], RuleTally]:
    tally = collected.tally
    of_accounts = {("", name): rule for name, rule in tally_rules(collected.leads, model.accounts)}
    leads = {**tally.segments, "": tally.leads}
    return {
        (segment, name): RuleTally(rule.fired, leads[segment] - rule.unknown, leads[segment])
        for (segment, name), rule in {**tally.rules, **of_accounts}.items()
    }


def _of_signs(collected: Collected) -> dict[str, RuleTally]:
    leads = collected.tally.leads
    return {
        name: RuleTally(sign.holds, leads - sign.unknown, leads)
        for name, sign in collected.tally.signs.items()
    }


def resolve_config(config: Path, overrides: Sequence[str]) -> str:
    """The config as it stands after extends and --set, as YAML that loads to the same model.

    Raises ConfigError with every fault of it.
    """
    tree = load_tree(str(config), config_bytes(config), overrides)
    build_model(tree)
    return dump(tree.data)


def explain_doubt(code: str) -> str:
    """What one kind of doubt means. Raises UsageError for a code there is not."""
    if code not in FINDINGS:
        meant = nearest(code, FINDINGS)
        hint = f"did you mean {meant}?" if meant else f"write one of {', '.join(FINDINGS)}"
        raise UsageError(Problem("--explain", what="there is no doubt of that name", hint=hint))
    return f"{code}: {inspect.getdoc(FINDINGS[code])}"
