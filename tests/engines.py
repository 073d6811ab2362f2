"""engines: one job on this process and on an engine, and what is not the same of the two results."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from leadscore.model.build import build_model
from leadscore.model.load import config_bytes, load_tree
from leadscore.pipeline.job import Job, Run
from leadscore.pipeline.run import score_export
from leadscore.pipeline.spark.run import Engine, score_on_session

AS_OF = date(2026, 6, 30)


def job_of(
    config: Path,
    exports: Sequence[Path],
    out: Path,
    events: Sequence[Path] = (),
    formats: Sequence[str] = (),
) -> Job:
    tree = load_tree(str(config), config_bytes(config), ())
    model = build_model(tree)
    if formats:
        output = model.output.model_copy(update={"formats": tuple(formats)})
        model = model.model_copy(update={"output": output})
    return Job(tuple(exports), model, AS_OF, out, config.name, "", (), tuple(events), tree.bases)


def run_both(spark: Any, job: Job, partitions: int) -> tuple[Run, Run]:
    """The job in this process, in ``out/local``, and on the engine, in ``out/engine``."""
    here = score_export(replace(job, out=job.out / "local"))
    there = score_on_session(spark, replace(job, out=job.out / "engine"), Engine(partitions=partitions))
    return here, there


def differences(here: Run, there: Run) -> list[str]:
    """What the engine's result has not as this process's: figures, rows, order, every byte of a line."""
    found = [f"summary {key}" for key in here.summary | there.summary
             if here.summary.get(key) != there.summary.get(key)]  # fmt: skip
    about = {key for key in here.manifest | there.manifest if key != "outputs"}
    found += [f"manifest {key}" for key in sorted(about) if here.manifest.get(key) != there.manifest.get(key)]
    if here.exit_code != there.exit_code:
        found.append(f"exit codes {here.exit_code} and {there.exit_code}")
    parts = {name.rpartition("/part-")[0] or name for name in there.manifest["outputs"]}
    if parts != set(here.manifest["outputs"]):
        found.append(f"outputs {parts ^ set(here.manifest['outputs'])}")
    names = sorted(parts & set(here.manifest["outputs"]) - {"summary.json"})
    return found + [name for name in names if _read(here.out / name) != _read(there.out / name)]


def _read(output: Path) -> Any:
    """A file, or its parts one below the other."""
    parts = sorted(output.iterdir()) if output.is_dir() else [output]
    if output.suffix == ".parquet":
        return pa.concat_tables([pq.read_table(part) for part in parts])
    pieces = [part.read_bytes().partition(b"\n") for part in parts]
    return {header for header, _, _ in pieces}, b"".join(lines for _, _, lines in pieces)


def cut(path: Path, pieces: int, folder: Path) -> list[Path]:
    """A CSV file in several, each with the header; some may have no rows."""
    if pieces == 1:
        return [path]
    with path.open(newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    size = -(-len(rows) // pieces)
    made = []
    for number in range(pieces):
        made.append(folder / f"{path.stem}-{number}.csv")
        with made[-1].open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [header, *rows[number * size : (number + 1) * size]]
            )
    return made
