"""output: a run whose leads are in order -> its parts written by the workers, then one switch."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from leadscore.errors import LateError, PublishError
from leadscore.pipeline.check import reconcile_files
from leadscore.pipeline.files import notes_of
from leadscore.pipeline.job import Job, Run
from leadscore.pipeline.lock import hold_target
from leadscore.pipeline.manifest import describe_run
from leadscore.pipeline.publish import Stage, open_stage, refuse_foreign
from leadscore.pipeline.series import point_at_newest, refuse_foreign_link, remove_old_runs
from leadscore.pipeline.spark.accounts import rank_accounts, roll_up_accounts
from leadscore.pipeline.spark.carry import schema_text
from leadscore.pipeline.spark.cumulate import this_partition
from leadscore.pipeline.spark.own import OwnRows
from leadscore.pipeline.spark.part_files import PartFiles
from leadscore.pipeline.spark.plan import Plan
from leadscore.pipeline.spark.rolled import lead_accounts
from leadscore.pipeline.spark.rows import make_batch, note_batch
from leadscore.pipeline.spark.session import end_tasks
from leadscore.pipeline.spark.write import NOTE_COLUMNS, Order, PartWriter, Written, write_leads
from leadscore.pipeline.store_path import is_address
from leadscore.pipeline.store_stage import open_store_stage, refuse_foreign_objects
from leadscore.pipeline.summary import describe
from leadscore.pipeline.switch import clear_dead
from leadscore.pipeline.target import MANIFEST, Target, told_as
from leadscore.pipeline.write import open_formats
from leadscore.pipeline.write_problems import write_log_problems, write_set_aside, write_unreadable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from leadscore.pipeline.spark.run import Result


def publish_run(job: Job, score: Callable[[Target], Result]) -> Run:
    """Score, write and publish, raising as ``score_export`` does. ``score``: gives the leads in order."""
    target = job.target
    if is_address(target.folder):
        refuse_foreign_objects(target.folder)
        return _publish(job, score(target), partial(open_store_stage, target.folder))
    refuse_foreign(target.folder)
    refuse_foreign_link(target)
    with hold_target(target):
        clear_dead(target)
        run = _publish(job, score(target), partial(open_stage, target.folder))
        with told_as(LateError, target.folder, "is published, but a later step failed", "run it again"):
            point_at_newest(target)
            removed = remove_old_runs(target, job.model.output.keep_runs)
    return Run(run.out, run.summary, run.manifest, run.exit_code, tuple(removed))


def _publish(job: Job, result: Result, open_: Callable[..., AbstractContextManager[Stage]]) -> Run:
    from leadscore.pipeline.spark.run import incomplete

    with open_(job.model.output.file_mode, job.settle) as stage, end_tasks(result.session):
        written = _write_leads(result, stage, job)
        summary = _summarize(result, written, job)
        summary["disarmed"] = written.disarmed
        if job.model.accounts is not None:
            summary["accounts"] = _write_accounts(result, stage, job)
        _write_problems(result, stage, job, summary)
        stage.create_json("summary.json", summary)
        reconcile_files(_outputs(stage), summary, job.model)
        fits = {part.name: part.fit for part in result.plan.parts}
        manifest = describe_run(job, result.export, result.logs, fits, stage, summary)
        stage.create_json(MANIFEST, manifest)
    return Run(job.target.out, summary, manifest, incomplete(result, job))


def _write_leads(result: Result, stage: Stage, job: Job) -> Written:
    ordered, plan = result.ordered, result.plan
    order = Order(plan, ordered.whole, ordered.starts, str(stage.folder), stage.mode)
    columns = {name: plan.scored_columns[name] for name in NOTE_COLUMNS}
    notes = ordered.rows.mapInArrow(partial(write_leads, order=order), schema_text(columns))
    each = list(_read_notes(notes, stage))
    files = {name: facts for written in each for name, facts in written.files.items()}
    # An output without a lead has a part with its columns all the same.
    nothing = PartWriter(replace(order, starts={}), 0, {name.rpartition("/")[0] for name in files})
    nothing.write(make_batch(plan.scored_columns, {}, 0))
    whole = nothing.close()
    assert whole.figures is not None, "those of no leads"
    for written in each:
        whole.disarmed += written.disarmed
        if written.figures is not None:
            whole.figures.add(written.figures)
    for name, facts in sorted((files | whole.files).items()):
        stage.adopt(name, facts)
    return whole


def _read_notes(notes: DataFrame, stage: Stage) -> Iterator[Any]:
    """What each task wrote. Raises what the disk or the store refused to one of them."""
    # All at once: asked for one by one, they would be made one by one. There is one for each partition.
    for row in notes.select("note").collect():
        note = pickle.loads(bytes(row["note"]))  # noqa: S301 (a task of this very run made it)
        if "fault" in note:
            # A task knows the stage alone, which will be gone when somebody looks.
            target = str(stage.target)
            raise PublishError(replace(each, file=target) for each in note["fault"].problems)
        yield note["written"]


def _summarize(result: Result, written: Written, job: Job) -> dict[str, Any]:
    gathered, activity = result.gathered, result.activity
    report = activity.report(result.known_events) if activity is not None else None
    assert written.figures is not None, "those of no leads were there from the beginning"
    return describe(
        written.figures, gathered.tally, gathered.reasons, report, gathered.read, job.model, job.as_of
    )


def _write_accounts(result: Result, stage: Stage, job: Job) -> int:
    accounts = job.model.accounts
    assert accounts is not None, "asked only where the config has accounts"
    partitions = max(len(result.ordered.starts), 1)
    table = roll_up_accounts(lead_accounts(result.thin, result.plan), accounts, partitions)
    ranked = rank_accounts(table, accounts, partitions)
    task = partial(
        write_accounts, frames=ranked.frames, plan=result.plan, folder=str(stage.folder), mode=stage.mode
    )
    columns = {name: result.plan.scored_columns[name] for name in NOTE_COLUMNS}
    files: dict[str, Any] = {}
    for written in _read_notes(ranked.ordered.mapInArrow(task, schema_text(columns)), stage):
        files |= written
    some = any(facts["rows"] for facts in files.values())
    for name, facts in sorted(files.items()):
        if facts["rows"] or not some:
            stage.adopt(name, facts)
    table.unpersist()
    ranked.ordered.unpersist()
    return ranked.count


def write_accounts(
    batches: Iterator[pa.RecordBatch], frames: Callable[..., Any], plan: Plan, folder: str, mode: int
) -> Iterator[pa.RecordBatch]:
    """In a task: accounts by their ranks -> part files; gives one row that says what was written."""
    source: Any = OwnRows(plan.own)
    formats = open_formats(source, plan.model, plan.model.output.formats)
    files = PartFiles(folder, mode, this_partition())
    columns = {name: plan.scored_columns[name] for name in NOTE_COLUMNS}
    try:
        for frame in frames(batches):
            for suffix, form in formats.items():
                start = partial(form.start, added=list(frame.columns), alone=True)
                files.write(f"accounts.{suffix}", start, form.block(frame, None))
        yield note_batch(columns, written=files.close())
    except BaseException as error:
        fault = files.drop(error)
        if fault is None:
            raise  # the engine tries once more
        yield note_batch(columns, fault=fault)


def _write_problems(result: Result, stage: Stage, job: Job, summary: dict[str, Any]) -> None:
    several, guard = len(result.plan.parts) > 1, job.model.output.formula_guard
    write_set_aside(stage, result.set_aside(), guard, several)
    write_unreadable(stage, result.gathered.tally.cells, several)
    activity = result.activity
    if activity is not None:
        write_log_problems(stage, activity.problems(), guard)
    fits = {part.name: part.fit for part in result.plan.parts}
    of_logs = activity.notes if activity is not None else []
    summary["notes"] = [*notes_of(result.export, fits), *of_logs]


def _outputs(stage: Stage) -> dict[str, dict[str, Any]]:
    """The rows of each output, in all of its parts together."""
    rows: dict[str, int] = {}
    for name, facts in stage.files.items():
        output = name.rpartition("/part-")[0] or name
        if "rows" in facts:
            rows[output] = rows.get(output, 0) + facts["rows"]
    return {name: {"rows": count} for name, count in rows.items()}
