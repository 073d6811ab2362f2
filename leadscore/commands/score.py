"""score: the main job, from an export to ranked and tiered files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadscore.commands.common import (
    AsOf,
    Config,
    Events,
    Exports,
    Join,
    Json,
    NoCache,
    Set,
    loading,
    open_cache,
    print_json,
    read_as_of,
    show_progress,
)
from leadscore.commands.engine import Engine, EngineName, Master, Partitions, choose_engine, files_in
from leadscore.commands.report import FIRST
from leadscore.commands.streams import say, settle
from leadscore.errors import LateError, Problem

if TYPE_CHECKING:
    from leadscore.pipeline.job import Run

Out = Annotated[
    Path,
    typer.Option(
        "-o", "--out", help="The folder for the result; {as_of} stands for the day.", show_default=False
    ),
]


class OutputFormat(StrEnum):
    """What --format may be."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"


Format = Annotated[
    list[OutputFormat] | None, typer.Option("--format", help="May be given twice.", show_default=False)
]
WriteBack = Annotated[
    bool, typer.Option("--write-back", help="Add crm_import.csv, which brings the scores back to the CRM.")
]
Previous = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        metavar="RUN",
        help="The folder of an earlier run: moved.csv then has whose tier is another, "
        "and crm_import.csv only what is not as it was.",
        show_default=False,
    ),
]
Predict = Annotated[
    Path | None,
    typer.Option(
        "--predict",
        metavar="MODEL",
        help="Add the column win_probability, by a file that calibrate --method probability wrote.",
        show_default=False,
    ),
]
Report = Annotated[bool, typer.Option("--report", help="Add report.html, a page that shows what was found.")]
NoPersonalData = Annotated[
    bool, typer.Option("--no-personal-data", help="With --report: name no lead in it.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")]
Log = Annotated[
    bool, typer.Option("--log", help="Instead of the summary one line per event, for a log that is searched.")
]


def score(
    exports: Exports, config: Config, out: Out, as_of: AsOf = None, set_: Set = None, format_: Format = None,
    events: Events = None, join: Join = None, write_back: WriteBack = False, previous: Previous = None,
    predict: Predict = None, report: Report = False, no_personal_data: NoPersonalData = False,
    json_: Json = False, quiet: Quiet = False, log: Log = False,
    no_cache: NoCache = False, engine: Engine = EngineName.local, master: Master = "",
    partitions: Partitions = 0,
) -> int:  # fmt: skip
    """Score, tier and rank the leads of an export, or of several as one."""
    with loading():
        from leadscore.model.build import build_model
        from leadscore.model.load import config_bytes, load_tree
        from leadscore.pipeline.job import Job
        from leadscore.pipeline.predict import read_predictor
        from leadscore.pipeline.run import score_export

    score_it = choose_engine(engine, master, partitions) or score_export
    if engine == EngineName.spark:
        exports, events = files_in(exports), files_in(events or [])
    day = read_as_of(as_of)
    content = config_bytes(config)
    tree = load_tree(str(config), content, set_ or ())
    model = build_model(tree)
    predictor = None if predict is None else read_predictor(predict, model)
    if format_:
        output = model.output.model_copy(update={"formats": tuple(dict.fromkeys(map(str, format_)))})
        model = model.model_copy(update={"output": output})
    digest = hashlib.sha256(content).hexdigest()
    files, overrides, logs = tuple(exports), tuple(set_ or ()), tuple(events or ())
    job = Job(files, model, day, out, config.name, digest, overrides, logs, tree.bases)
    job = replace(job, joins=tuple(join or ()), write_back=write_back, previous=previous, predict=predictor)
    if report:
        job = replace(job, page=_page(0 if no_personal_data else FIRST))
    with show_progress(not (quiet or json_ or log)) as told:
        run = score_it(replace(job, cache=open_cache(no_cache), told=told, settle=settle))
    try:
        _show(run, json_, quiet, log)
    except BrokenPipeError:
        raise
    except (OSError, ImportError):  # ImportError: what shows it is loaded only now
        raise LateError(
            Problem(str(run.out), what="is published, but the summary could not be shown")
        ) from None
    return run.exit_code


def _page(first: int) -> Callable[[Path, Mapping[str, Any], Mapping[str, Any]], bytes]:
    from leadscore.analysis.reported import report_on
    from leadscore.views.report.needed import refuse_without_charts
    from leadscore.views.report.page import report_page

    refuse_without_charts("--report")
    return lambda folder, manifest, summary: report_page(report_on(folder, manifest, summary, first))


def _show(run: Run, json_: bool, quiet: bool, log: bool) -> None:
    if json_:
        print_json({"exit_code": run.exit_code, "out": str(run.out), "summary": run.summary})
    if log:
        from leadscore.views.log import log_lines

        say(*log_lines(run.summary, run.manifest, str(run.out), run.removed, run.exit_code))
    elif quiet or json_:
        if run.exit_code:
            from leadscore.views.log import say_incomplete

            say(*say_incomplete(run.summary, str(run.out)))
    else:
        from leadscore.views.screen import look_at_screen, show
        from leadscore.views.summary import summary_view

        show(*summary_view(run.summary, str(run.out), look_at_screen()))
