"""run: the flow of one scoring run, from the export to the published folder."""

from __future__ import annotations

from typing import Any

import numpy as np

from leadscore.model.schema import Model
from leadscore.pipeline.accounts import LEAD_SCORE, roll_up
from leadscore.pipeline.check import exit_code, reconcile, refuse_too_few
from leadscore.pipeline.collect import Collected, collect_leads, refuse_ambiguous_dates
from leadscore.pipeline.files import notes_of, open_exports, paths_of, title_of
from leadscore.pipeline.ids import choose_copies, first_set_aside, set_aside_without_id
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.job import Job, Run
from leadscore.pipeline.join_tables import open_tables
from leadscore.pipeline.lists import Rows, divide_leads, list_parts, list_views
from leadscore.pipeline.manifest import describe_run
from leadscore.pipeline.memory import give_back
from leadscore.pipeline.publish import MANIFEST, Stage, last_manifest, open_stage, refuse_foreign
from leadscore.pipeline.rank import rank_leads
from leadscore.pipeline.several import Exports
from leadscore.pipeline.summary import summarize
from leadscore.pipeline.told import Told
from leadscore.pipeline.write import (
    open_formats,
    write_contributions,
    write_listings,
    write_log_problems,
    write_set_aside,
    write_table,
    write_unreadable,
)
from leadscore.pipeline.write_back import make_import, refuse_previous_alone, write_import
from leadscore.points import Flags


def score_export(job: Job) -> Run:
    """Score an export and publish the result.

    Raises ConfigError, InputError or PublishError; then nothing is published and the old result stands.
    """
    refuse_previous_alone(job)
    refuse_foreign(job.out)
    export = open_exports(job.exports, job.model, job.cache)
    logs = [open_log(path, job.model, job.cache) for path in job.events]
    tables = open_tables(job.joins, job.model)
    collected = collect_leads(export, job.model, job.as_of, logs, tables, job.told)
    refuse_ambiguous_dates(collected.tally, job.config)
    sound = set_aside_without_id(collected, export, job.model)
    trusted = choose_copies(collected, sound, export, paths_of(export), job.model)
    last, why = last_manifest(job.out), first_set_aside(collected, paths_of(export))
    refuse_too_few(title_of(export), int(trusted.sum()), collected.read, job.model, last, why)
    parts = _divide_ranked(collected, trusted, job.model)
    summary = summarize(collected, parts, job.model, job.as_of)
    reconcile(collected.read, summary["leads"])
    back = make_import(job, export, collected, parts)
    give_back()
    with open_stage(job.out) as stage:
        if back is not None:
            write_import(stage, back, job.model.output.formula_guard)
            summary["write_back"] = back.report
        _write(stage, export, collected, parts, job.model, summary, job.told)
        manifest = describe_run(job, export, [*logs, *tables.values()], collected.fits, stage, summary)
        stage.create_json(MANIFEST, manifest)
    damaged = len(collected.set_aside) - collected.copies
    code = exit_code(collected.read, damaged, collected.unreadable, job.model)
    return Run(job.out, summary, manifest, code)


def _divide_ranked(collected: Collected, trusted: Flags, model: Model) -> dict[str, Rows]:
    """Part -> the positions of its leads, best first, in the order of all leads."""
    order = rank_leads(collected.leads, model)
    parts = divide_leads(collected.leads, model)
    return {name: order[(trusted & chosen)[order]] for name, chosen in parts.items()}


def _write(
    stage: Stage,
    export: Any,
    collected: Collected,
    parts: dict[str, Rows],
    model: Model,
    summary: dict[str, Any],
    told: Told,
) -> None:
    formats = open_formats(export, model, model.output.formats)
    listings = {listing.name: listing for listing in list_parts(collected.leads, parts, model)}
    write_listings(stage, list(listings.values()), model, formats, told)
    summary["disarmed"] = sum(form.disarmed for form in formats.values())  # before views count cells again
    write_listings(stage, list_views(listings["ranked"], model), model, formats)
    if model.accounts:
        ranked = collected.leads.iloc[parts["ranked"]]
        accounts = roll_up(ranked.assign(score=ranked[LEAD_SCORE]), model.accounts)
        write_table(stage, "accounts", accounts, formats)
        summary["accounts"] = len(accounts)
    several = isinstance(export, Exports)
    write_set_aside(stage, collected.set_aside, model.output.formula_guard, several)
    write_unreadable(stage, collected.tally.cells, several)
    if collected.activity is not None:
        write_log_problems(stage, collected.activity.problems(), model.output.formula_guard)
    if collected.joins.tables:
        lines = collected.joins.problems()
        write_log_problems(stage, lines, model.output.formula_guard, "joined_set_aside.csv")
        summary["joined"] = collected.joins.report
    if model.output.contributions:
        points = np.concatenate(collected.contributions, axis=1)
        collected.contributions.clear()  # or every lead's lines would be in memory twice
        write_contributions(stage, collected.leads, collected.lines, points, parts["ranked"])
    of_logs = collected.activity.unread.notes if collected.activity else []
    summary["notes"] = [*notes_of(export, collected.fits), *collected.joins.notes, *of_logs]
    stage.create_json("summary.json", summary)
