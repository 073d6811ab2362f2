"""engine: the options that say where a run is computed, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadscore.errors import Problem, UsageError

if TYPE_CHECKING:
    from leadscore.pipeline.job import Job, Run


class EngineName(StrEnum):
    """What --engine may be."""

    local = "local"
    spark = "spark"


Engine = Annotated[
    EngineName, typer.Option("--engine", help="Where it is computed: in this process, or by Spark.")
]
Master = Annotated[
    str,
    typer.Option(
        "--master",
        metavar="ADDRESS",
        help="With --engine spark: a cluster (spark://HOST:7077, yarn, k8s://...) or a Spark Connect server "
        "(sc://HOST:15002); without it Spark runs on this machine.",
        show_default=False,
    ),
]
Partitions = Annotated[
    int,
    typer.Option(
        "--partitions",
        min=0,
        help="With --engine spark: the files of an output at most; as many as exports, and 8 at least, "
        "without it.",
        show_default=False,
    ),
]


def choose_engine(name: EngineName, master: str, partitions: int) -> Callable[[Job], Run] | None:
    """What scores on the engine that was named; None for this process.

    Raises UsageError where the engine is not installed, or one of its options is given without it.
    """
    if name == EngineName.local:
        given = {"--master": bool(master), "--partitions": bool(partitions)}
        what, hint = "needs --engine spark", "add it, or leave this out"
        problems = [Problem(option, what=what, hint=hint) for option, is_given in given.items() if is_given]
        if problems:
            raise UsageError(problems)
        return None
    from leadscore.pipeline.spark.session import refuse_without_spark

    refuse_without_spark(master)
    from leadscore.pipeline.spark.run import Engine as Where, score_on_engine

    return lambda job: score_on_engine(job, Where(master, partitions))


def files_in(paths: list[Path]) -> list[Path]:
    """The files themselves: of a folder, or of a prefix in an object store, those in it."""
    from leadscore.pipeline.data_files import list_files
    from leadscore.pipeline.store_path import is_address

    files = [file for path in paths for file in list_files(path)]
    # A worker may run in another folder than this command.
    return [file if is_address(file) else file.absolute() for file in files]
