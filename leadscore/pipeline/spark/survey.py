"""survey: the files of an export -> what is known of each, seen by the workers, and the plan of a run."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from leadscore.errors import InputError, LeadscoreError, Problem
from leadscore.model.schema import Model
from leadscore.pipeline.files import files_of, fit_files, refuse_twice
from leadscore.pipeline.inputs import open_log, open_wanted
from leadscore.pipeline.job import Job
from leadscore.pipeline.several import Exports
from leadscore.pipeline.spark.known import Known
from leadscore.pipeline.spark.own import Own
from leadscore.pipeline.spark.plan import Part, Plan, complete_plan
from leadscore.pipeline.sweep import refuse_names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def survey_files(session: SparkSession, paths: Sequence[Path], model: Model) -> list[Known]:
    """Open every file in a task of its own. Raises InputError with the problems of all of them."""
    refuse_twice(paths)
    return _survey(session, paths, partial(open_wanted, model=model, hashed=False))


def survey_logs(session: SparkSession, paths: Sequence[Path], model: Model) -> list[Known]:
    """The same of activity logs that the config asks nothing of: what the manifest says of them."""
    return _survey(session, paths, partial(open_log, model=model))


def _survey(session: SparkSession, paths: Sequence[Path], opened: Callable[[Path], Any]) -> list[Known]:
    if not paths:
        return []
    look = partial(look_at_files, paths=list(paths), opened=opened)
    rows = number_files(session, len(paths)).mapInArrow(look, "number long, known binary").collect()
    found = [pickle.loads(bytes(row["known"])) for row in sorted(rows)]  # noqa: S301 (made by this run)
    problems = [problem for each in found if isinstance(each, LeadscoreError) for problem in each.problems]
    if problems:
        raise InputError(problems)
    return found


def number_files(session: SparkSession, files: int) -> DataFrame:
    """The numbers of files, each in a partition of its own, so that each file is a task."""
    return session.range(0, files, 1, files)


def look_at_files(
    batches: Iterator[pa.RecordBatch], paths: Sequence[Path], opened: Callable[[Path], Any]
) -> Iterator[pa.RecordBatch]:
    """In a task: what is known of files, by their numbers."""
    for batch in batches:
        for number in batch.column(0).to_pylist():
            try:
                file = opened(paths[number])
                known: Any = Known.of(file, file.digest)
            except LeadscoreError as error:
                known = error
            yield pa.RecordBatch.from_pydict({"number": [number], "known": [pickle.dumps(known)]})


def as_export(files: Sequence[Known]) -> Any:
    """The files as one input."""
    if len(files) == 1:
        return files[0]
    several: Any = list(files)
    export = Exports(several)
    export.notes = [f"{name}: {note}" for name, file in export.files.items() for note in file.notes]
    return export


def plan_run(job: Job, files: Sequence[Known]) -> Plan:
    """How each file is read, and what is carried and kept of its leads.

    Raises InputError for missing columns, for names the output needs itself, and for types of columns that
    an engine cannot carry or that have no text where CSV is written.
    """
    export = as_export(files)
    refuse_names(export, job.model)
    fits = fit_files(export, job.model)
    parts = tuple(Part(file.path, name, fits[name], file.kinds) for name, file in files_of(export).items())
    own = Own.of(export)
    if own.header is None:
        asked = own.columns if "csv" in job.model.output.formats else _mixed(export)
        for file in files_of(export).values():
            _refuse_textless(file, asked)
    settings: dict[str, Any] = {"predictor": job.predict, "percentiles": {}, "ranked_percentiles": {}}
    return complete_plan(Plan(job.model, job.as_of, parts, own, settings=settings))


def _mixed(export: Any) -> Sequence[str]:
    return export.mixed if isinstance(export, Exports) else ()


def _refuse_textless(file: Any, columns: Sequence[str]) -> None:
    from leadscore.pipeline.typed_text import refuse_without_text

    refuse_without_text(file.path, file.schema, [name for name in file.columns if name in set(columns)])


def refuse_unsupported(job: Job) -> None:
    """Raise UsageError for what a run on an engine does not do."""
    from leadscore.errors import UsageError

    asked = {
        "--join": bool(job.joins), "--previous": job.previous is not None, "--write-back": job.write_back,
        "--report": job.page is not None, "--format xlsx": "xlsx" in job.model.output.formats,
    }  # fmt: skip
    hint = "leave it out, or leave --engine out where one machine is enough"
    problems = [
        Problem(option, what="is not done by --engine spark", hint=hint)
        for option, is_asked in asked.items()
        if is_asked
    ]
    if problems:
        raise UsageError(problems)
