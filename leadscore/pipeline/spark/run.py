"""run: the flow of one scoring run on an engine, from the files of an export to the published parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from leadscore.errors import Problem
from leadscore.pipeline.check import exit_code, last_run, reconcile, refuse_same_input, refuse_too_few
from leadscore.pipeline.collect import refuse_ambiguous_dates
from leadscore.pipeline.export import SetAside
from leadscore.pipeline.files import paths_of, title_of
from leadscore.pipeline.job import Job, Run
from leadscore.pipeline.spark.activity import SparkActivity, add_up_logs
from leadscore.pipeline.spark.copies import find_copies, refuse_copies, set_copies_aside
from leadscore.pipeline.spark.gathered import Gathered, count_set_aside, gather_notes
from leadscore.pipeline.spark.order import Ordered, order_leads
from leadscore.pipeline.spark.output import publish_run
from leadscore.pipeline.spark.plan import ASIDE, LEAD, Plan
from leadscore.pipeline.spark.read import read_leads
from leadscore.pipeline.spark.rolled import add_account_scores, add_percentile_columns
from leadscore.pipeline.spark.score import read_and_score, score_rows
from leadscore.pipeline.spark.session import open_session
from leadscore.pipeline.spark.survey import (
    as_export,
    number_files,
    plan_run,
    refuse_unsupported,
    survey_files,
    survey_logs,
)
from leadscore.pipeline.target import Target

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_FEWEST = 8


@dataclass(frozen=True)
class Engine:
    """Where a run is computed."""

    master: str = ""
    """The address of a cluster or a Spark Connect server; empty for this machine."""
    partitions: int = 0
    """Parts that rows are divided in, so files of an output at most; 0: as many as exports, 8 at least."""


def score_on_engine(job: Job, engine: Engine) -> Run:
    """Score an export on an engine and publish the result; the same figures as ``score_export``'s.

    Raises what ``score_export`` raises, and UsageError where no engine is there or it cannot do that.
    """
    refuse_unsupported(job)
    with open_session(engine.master) as session:
        return score_on_session(session, job, engine)


def score_on_session(session: SparkSession, job: Job, engine: Engine) -> Run:
    """The same on a session that is open already; it stays open."""
    with ExitStack() as kept:
        return publish_run(job, partial(_score, session, job, engine, kept))


@dataclass(frozen=True)
class Result:
    """A run whose leads are in order, before anything is written."""

    session: SparkSession
    plan: Plan
    gathered: Gathered
    ordered: Ordered
    thin: DataFrame
    """All rows with what the engine looks into: where each stands, its part, its account."""
    activity: SparkActivity | None
    logs: list[Any]
    """What is known of each activity log."""
    known_events: int

    @property
    def export(self) -> Any:
        """The files as one input."""
        return as_export(self.gathered.files)

    def set_aside(self) -> Iterator[SetAside]:
        """Every line set aside, in the order of the files and lines; a partition of them is in memory."""
        from pyspark.sql import functions as F  # noqa: N812 (its usual name)

        of_lines = "own" in self.thin.columns
        text = F.coalesce("text", "own") if of_lines else F.col("text")
        end = self.plan.own.dialect.line_end.encode()
        rows = self.thin.where(ASIDE).select("file", "line", "aside", text.alias("text"))
        for row in rows.orderBy("file", "line").toLocalIterator():
            name, line = self.plan.parts[row["file"]].name, bytes(row["text"] or b"")
            yield SetAside(row["line"], row["aside"], line.removesuffix(end) if of_lines else line, name)


def _score(session: SparkSession, job: Job, engine: Engine, kept: ExitStack, target: Target) -> Result:
    files = survey_files(session, job.exports, job.model)
    plan = plan_run(job, files)
    partitions = engine.partitions or max(len(files), _FEWEST)
    session.conf.set("spark.sql.shuffle.partitions", str(partitions))
    activity = add_up_logs(session, job.events, job.model, job.as_of, partitions)
    if activity is not None:
        kept.callback(activity.close)
    scored = _scored(session, plan, activity, partitions, kept)
    thin = _thin(scored, plan, kept)
    gathered = gather_notes(thin, plan, files)
    export = as_export(gathered.files)
    refuse_ambiguous_dates(gathered.tally, job.config)
    copies = find_copies(thin)
    if job.model.checks.on_duplicate == "refuse":
        names = [part.name for part in plan.parts]
        refuse_copies(thin, copies, names, paths_of(export), job.model)
    else:
        scored, thin = (set_copies_aside(rows, copies, job.model) for rows in (scored, thin))
    count_set_aside(thin, gathered, plan)
    logs: list[Any] = (
        list(activity.logs) if activity is not None else survey_logs(session, job.events, job.model)
    )
    last = last_run(target)
    refuse_same_input([export, *logs], job.model, last, job.as_of)
    trusted = gathered.read - sum(gathered.reasons.values())
    paths = paths_of(export)
    why = [Problem(paths[each.file], each.line, what=f"set aside: {each.reason}") for each in gathered.first]
    refuse_too_few(title_of(export), trusted, gathered.read, job.model, last, why)
    scored, plan = add_percentile_columns(scored, thin, plan, partitions)
    ordered = order_leads(scored, plan, partitions)
    kept.callback(ordered.rows.unpersist)
    reconcile(gathered.read, {**ordered.counts, "set_aside": sum(gathered.reasons.values())})
    scored.unpersist()  # the engine has the leads in order now
    known = activity.known_events(thin.where(f"kind = {LEAD}")) if activity is not None else 0
    return Result(session, plan, gathered, ordered, thin, activity, logs, known)


def _scored(
    session: SparkSession, plan: Plan, activity: SparkActivity | None, partitions: int, kept: ExitStack
) -> DataFrame:
    """Every row scored and put down: leads, lines that are none, and what the tasks have to say."""
    from pyspark import StorageLevel

    from leadscore.pipeline.spark.carry import schema_text

    numbers = number_files(session, len(plan.parts))
    accounts = plan.model.accounts
    if activity is None and (accounts is None or accounts.in_score is None):
        scored = numbers.mapInArrow(partial(read_and_score, plan=plan), schema_text(plan.scored_columns))
    else:
        rows = numbers.mapInArrow(partial(read_leads, plan=plan), schema_text(plan.read_columns))
        rows = rows.persist(StorageLevel.DISK_ONLY)
        kept.callback(rows.unpersist)
        leads = rows.where(f"kind = {LEAD}")
        leads = activity.join(leads) if activity is not None else leads
        if accounts is not None and accounts.in_score is not None:
            leads = add_account_scores(leads, plan, partitions)
        scored = leads.mapInArrow(partial(score_rows, plan=plan), schema_text(plan.scored_columns))
        others = rows.where(f"kind <> {LEAD}").select("kind", "file", "line", "id", "aside", "text", "note")
        scored = scored.unionByName(others, allowMissingColumns=True)
    scored = scored.persist(StorageLevel.DISK_ONLY)
    kept.callback(scored.unpersist)
    return scored


def _thin(scored: DataFrame, plan: Plan, kept: ExitStack) -> DataFrame:
    """The rows with the few columns that the engine looks into, put down by themselves.

    Else every count would read all that is carried of each lead.
    """
    own = ["own"] if plan.own.header is not None and plan.model.checks.on_duplicate != "refuse" else []
    engines = [plan.place_of(name) for name, _, _ in plan.kept if name in plan.engines]
    thin = scored.select(
        "kind", "file", "line", "id", "aside", "text", "part", "note", *engines, *own
    ).persist()
    kept.callback(thin.unpersist)
    return thin


def incomplete(result: Result, job: Job) -> int:
    """The exit code of a run that is published."""
    gathered, activity = result.gathered, result.activity
    unreadable = sum(gathered.tally.unreadable.values())
    if activity is not None:
        unreadable += activity.unread.reasons.total() + activity.unread.damaged
    damaged = sum(gathered.reasons.values()) - gathered.copies
    return exit_code(gathered.read, damaged, unreadable, job.model)
