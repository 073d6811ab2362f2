"""reported: a run -> what a report tells of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from leadscore.errors import InputError, Problem
from leadscore.model.input import Input
from leadscore.pipeline.publish import digest_of
from leadscore.pipeline.read import open_export
from leadscore.pipeline.source import open_source
from leadscore.pipeline.target import MANIFEST, last_manifest

SUMMARY = "summary.json"
_FIRST_BYTES = 1 << 20
"""Of a list so much is read at a time: of a million leads only the first few are shown."""
_LEAD = ("rank", "tier", "score", "reasons")
_MOVER = ("change", "previous_tier", "tier", "because")
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Reported:
    """One run, as a report tells of it."""

    name: str
    as_of: str
    id: str
    """What the export calls the ids of its leads."""
    manifest: Mapping[str, Any]
    summary: Mapping[str, Any]
    leads: Rows = ()
    """Id, rank, tier, score and reasons of the first leads; none where the report tells of nobody."""
    movers: Rows = ()
    """Id, change, previous tier, tier and cause of the first that moved."""


def read_run(run: Path, first: int) -> Reported:
    """The figures of a published run, and so many leads of each list.

    Raises InputError where it is not whole.
    """
    manifest = last_manifest(run)
    if manifest is None or "kind" in manifest:  # a comparison's says what it is
        _refuse(run, "is no run of leadscore", "name the folder that a run wrote")

    def check(path: Path) -> None:
        if digest_of(path) != manifest["outputs"][path.name]["sha256"]:
            _refuse(path, "is not as the run wrote it", "score the export again")

    try:
        content = open_source(run / SUMMARY).read()
        if hashlib.sha256(content).hexdigest() != manifest["outputs"][SUMMARY]["sha256"]:
            _refuse(run / SUMMARY, "is not as the run wrote it", "score the export again")
        return report_on(run, manifest, json.loads(content), first, check)
    except (KeyError, TypeError, IndexError, AttributeError, ValueError):
        _refuse(run / MANIFEST, "is damaged or of an older leadscore", "score the export again")


def report_on(
    folder: Path,
    manifest: Mapping[str, Any],
    summary: Mapping[str, Any],
    first: int,
    check: Callable[[Path], None] = lambda path: None,
) -> Reported:
    """The same of a run that may not be published yet, whose files stand in a folder.

    ``check`` is asked of each file that is read.
    """
    ids = sorted({str(each["fields"][manifest["id"]]) for each in manifest["inputs"] if "fields" in each})
    leads, movers = (
        tuple(_rows(folder, part, manifest, (ids[0], *columns), first, check))
        for part, columns in {"ranked": _LEAD, "moved": _MOVER}.items()
    )
    return Reported(str(summary["name"]), str(summary["as_of"]), ids[0], manifest, summary, leads, movers)


def _rows(
    folder: Path,
    part: str,
    manifest: Mapping[str, Any],
    columns: tuple[str, ...],
    most: int,
    check: Callable[[Path], None],
) -> Iterator[tuple[str, ...]]:
    """The first rows of a list, as it was written; none where the run has no such list."""
    files = [name for name in (f"{part}.csv", f"{part}.parquet") if name in manifest["outputs"]]
    if not files or not most:
        return
    path, prefix = folder / files[0], str(manifest["prefix"])
    check(path)
    headers = [columns[0], *(prefix + column for column in columns[1:])]
    delimiter = manifest["inputs"][0]["dialect"]["delimiter"] or ","
    declared = Input.model_validate({"delimiter": delimiter, "header_line": 1})
    export = open_export(path, set(headers), declared=declared, batch_bytes=_FIRST_BYTES)
    for batch in export.batches(headers):
        texts = [batch.leads[header].astype("str").fillna("").tolist() for header in headers]
        yield from islice(zip(*texts, strict=True), most)
        most -= len(texts[0])
        if most <= 0:
            return


def _refuse(path: Path, what: str, hint: str) -> NoReturn:
    raise InputError(Problem(str(path), what=what, hint=hint))
