"""run: the flow of one scoring run, from the export to the published folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from leadscore.errors import LateError
from leadscore.model.check import CHANCE
from leadscore.pipeline.accounts import LEAD_SCORE, roll_up
from leadscore.pipeline.alarms import watch
from leadscore.pipeline.arms import deal_leads
from leadscore.pipeline.check import (
    exit_code,
    last_run,
    reconcile,
    reconcile_files,
    refuse_same_input,
    refuse_too_few,
)
from leadscore.pipeline.collect import Collected, collect_leads, refuse_ambiguous_dates
from leadscore.pipeline.files import notes_of, open_exports, paths_of, title_of
from leadscore.pipeline.ids import choose_copies, first_set_aside, set_aside_without_id
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.job import Job, Run
from leadscore.pipeline.join_tables import open_tables
from leadscore.pipeline.lists import Rows, divide_ranked, list_parts, list_views
from leadscore.pipeline.lock import hold_target
from leadscore.pipeline.manifest import describe_run
from leadscore.pipeline.memory import give_back
from leadscore.pipeline.moved import Moved, find_moved, refuse_moved_names
from leadscore.pipeline.previous import COMPARED, find_previous, read_previous
from leadscore.pipeline.publish import Stage, open_stage, refuse_foreign
from leadscore.pipeline.series import point_at_newest, refuse_foreign_link, remove_old_runs
from leadscore.pipeline.several import Exports
from leadscore.pipeline.sheet_names import XLSX, leads_per_sheet, need_writer, refuse_long_sheets
from leadscore.pipeline.summary import summarize
from leadscore.pipeline.sweep import refuse_taken
from leadscore.pipeline.switch import clear_dead
from leadscore.pipeline.target import MANIFEST, told_as
from leadscore.pipeline.write import (
    open_formats,
    write_contributions,
    write_listings,
    write_table,
)
from leadscore.pipeline.write_back import make_import, write_import
from leadscore.pipeline.write_problems import write_log_problems, write_set_aside, write_unreadable

PAGE = "report.html"


def score_export(job: Job) -> Run:
    """Score an export and publish the result.

    Raises ConfigError, InputError or PublishError, and LockedError where another run is under way; then
    nothing is published and the old result stands. With a LateError it is published.
    """
    if XLSX in job.model.output.formats:
        need_writer()
    refuse_foreign(job.target.folder)
    refuse_foreign_link(job.target)
    with hold_target(job.target):
        clear_dead(job.target)
        return _score_export(job, find_previous(job.previous, job.target))


def _score_export(job: Job, earlier: Path | None) -> Run:
    model, target = job.model, job.target
    export = open_exports(job.exports, model, job.cache)
    logs = [open_log(path, model, job.cache) for path in job.events]
    tables = open_tables(job.joins, model)
    if job.predict is not None:
        refuse_taken(export, model, [CHANCE])
    collected = collect_leads(export, model, job.as_of, logs, tables, job.told)
    collected.leads = deal_leads(collected.leads, model)
    if job.predict is not None:
        collected.leads = job.predict.add_chances(collected.leads)
    refuse_ambiguous_dates(collected.tally, job.config)
    sound = set_aside_without_id(collected, export, model)
    trusted = choose_copies(collected, sound, export, paths_of(export), model)
    last, why = last_run(target), first_set_aside(collected, paths_of(export))
    refuse_same_input([export, *logs, *tables.values()], model, last, job.as_of)
    refuse_too_few(title_of(export), int(trusted.sum()), collected.read, model, last, why)
    parts = divide_ranked(collected.leads, trusted, model)
    summary = summarize(collected, parts, model, job.as_of)
    reconcile(collected.read, summary["leads"])
    if XLSX in model.output.formats:
        refuse_long_sheets(title_of(export), leads_per_sheet(summary))
    before, moved = None, None
    if earlier is not None:
        refuse_moved_names(export, model)
        before = read_previous(earlier, collected.id_columns(model), COMPARED)
        moved = find_moved(collected, parts, before, model)
        summary["moved"] = moved.counts
        summary |= watch(earlier, summary, model.checks)
    elif job.previous is not None:
        summary["moved"] = None
    back = make_import(job, export, collected, parts, before)
    give_back()
    with open_stage(target.folder, model.output.file_mode, job.settle) as stage:
        if back is not None:
            write_import(stage, back, model.output.formula_guard)
            summary["write_back"] = back.report
        _write(stage, export, collected, parts, moved, job, summary)
        reconcile_files(stage.files, summary, model)
        manifest = describe_run(job, export, [*logs, *tables.values()], collected.fits, stage, summary)
        if before is not None:
            manifest["previous"] = before.digests
        if job.page is not None:
            with stage.create(PAGE) as file:
                file.write(job.page(stage.folder, manifest, summary))
            manifest["outputs"] = dict(sorted(stage.files.items()))
        stage.create_json(MANIFEST, manifest)
    with told_as(LateError, target.folder, "is published, but a later step failed", "run it again"):
        point_at_newest(target)
        removed = remove_old_runs(target, model.output.keep_runs, earlier)
    damaged = len(collected.set_aside) - collected.copies
    beyond = bool(summary.get("watch", {}).get("alarms"))
    code = exit_code(collected.read, damaged, collected.unreadable, model, beyond)
    return Run(target.out, summary, manifest, code, tuple(removed))


def _write(
    stage: Stage,
    export: Any,
    collected: Collected,
    parts: dict[str, Rows],
    moved: Moved | None,
    job: Job,
    summary: dict[str, Any],
) -> None:
    model = job.model
    formats = open_formats(export, model, [name for name in model.output.formats if name != XLSX])
    listings = {listing.name: listing for listing in list_parts(collected.leads, parts, model)}
    write_listings(stage, list(listings.values()), model, formats, job.told)
    summary["disarmed"] = sum(form.disarmed for form in formats.values())  # before views count cells again
    views = [*list_views(listings["ranked"], model), *([moved.listing] if moved else [])]
    write_listings(stage, views, model, formats)
    tables = {"gone": moved.gone} if moved else {}
    if model.accounts:
        ranked = collected.leads.iloc[parts["ranked"]]
        accounts = roll_up(ranked.assign(score=ranked[LEAD_SCORE]), model.accounts)
        tables["accounts"] = accounts
        summary["accounts"] = len(accounts)
    for name, table in tables.items():
        write_table(stage, name, table, formats)
    of_sheets: list[str] = []
    if XLSX in model.output.formats:
        from leadscore.pipeline.write_xlsx import write_workbook  # late: hardly any run writes one

        lists = [*reversed(listings.values()), *views]
        of_sheets = write_workbook(stage, export, collected, lists, tables, job, summary)
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
    summary["notes"] = [*notes_of(export, collected.fits), *collected.joins.notes, *of_logs, *of_sheets]
    stage.create_json("summary.json", summary)
