"""previous: an earlier run's own files -> what its leads had, to tell who is not as they were."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.errors import InputError, Problem
from leadscore.model.check import ARM, CHANCE
from leadscore.model.input import Input
from leadscore.pipeline.coded import to_array
from leadscore.pipeline.column import bare_ids, without_guard
from leadscore.pipeline.lists import PARTS
from leadscore.pipeline.measure import TEXT
from leadscore.pipeline.publish import digest_of
from leadscore.pipeline.read import open_export
from leadscore.pipeline.read_back import refuse_unread
from leadscore.pipeline.target import MANIFEST, Target, last_manifest
from leadscore.points import Flags

CONTRIBUTIONS = "contributions.parquet"
RANKED, NO_TIER = "ranked", ""
COMPARED = ("score", "tier", "reasons", "segment", "grade", "percent", CHANCE, ARM)
"""What the leads of an earlier run are compared by, as far as it wrote it."""
_NUMBERS = ("score", "percent", CHANCE)


@dataclass(frozen=True)
class Previous:
    """The leads of an earlier run: id, and as text the values that are compared."""

    leads: pd.DataFrame
    digests: dict[str, str]
    """The files they are from -> SHA-256."""
    names: dict[str, str]
    """What its own import called the columns; nothing where it had none."""
    tiers: dict[str, str]
    """Part of the leads -> what its own import gave as their tier."""
    model: str = ""
    """The digest of the model it was scored by."""
    contributions: pa.Table | None = None
    """id, score and a column per line of its ranked leads, where it kept them."""

    def are_unchanged(self, table: pd.DataFrame) -> Flags:
        """Which leads of a table (id and values as text) were in that run, with the same in every column."""
        places = self.find(table["id"])
        same = places.is_valid()
        for column in table.columns:
            if column not in self.leads:
                return np.zeros(len(table), dtype=bool)  # the CRM has nothing in it yet
            if column != "id":
                was, now = to_array(self.leads[column]).take(places), to_array(_bare(table[column]))
                same = pc.and_(same, pc.fill_null(pc.equal(was, now), False))
        return np.asarray(same.to_numpy(zero_copy_only=False), dtype=bool)

    def leads_at(self, places: pa.Array) -> pa.Array:
        """The ids at these places."""
        return to_array(self.leads["id"]).take(places)

    def count_gone(self, table: pd.DataFrame) -> int:
        """Leads that were in that run and are not in the table."""
        return len(self.leads) - len(table) + int(self.find(table["id"]).null_count)

    def find(self, ids: Any) -> pa.Array:
        """The place of each of these leads among those of that run; null where it had none."""
        return pc.index_in(to_array(ids), value_set=to_array(self.leads["id"]))


def find_previous(named: Path | None, target: Target) -> Path | None:
    """The run to compare with; None where none is wanted, or it is the first.

    Where the target is named, or the link to the newest of its folders, it is the run before this one.
    """
    if named is None or os.path.abspath(named) not in map(str, (target.link, target.folder)):  # noqa: PTH100
        return named
    return target.before()


def read_previous(run: Path, ids: Collection[str], columns: Collection[str]) -> Previous:
    """What the leads of a run had in those of these columns that it wrote, and the part each was in.

    ``ids``: the headers leads are identified by now. Raises InputError for a run that is damaged or
    identifies its leads by another column.
    """
    manifest = last_manifest(run)
    if manifest is None:
        _refuse(run, "is no run of leadscore", "name the folder that a run wrote")
    refuse_unread(run, manifest)
    try:
        told = _Told.read(manifest, columns)
    except (KeyError, TypeError, IndexError, AttributeError, ValueError):
        _refuse(run / MANIFEST, "is damaged or of an older leadscore", "name another run, or leave it out")
    if set(told.ids) != set(ids) or len(told.ids) > 1:
        shown = " and ".join(map(repr, told.ids))
        hint = "leave out --previous once: every lead is then written"
        _refuse(run, f"identifies its leads by {shown}, and this run by {' and '.join(map(repr, ids))}", hint)
    frames = [_read_part(run, name, told) for name in told.files]
    shared = [column for column in told.columns if all(column in frame for frame in frames)]
    leads = pd.concat([frame[["id", "part", *shared]] for frame in frames], ignore_index=True)
    used = [*told.files, *([CONTRIBUTIONS] if CONTRIBUTIONS in told.digests else [])]
    digests = {name: told.digests[name] for name in used}
    return Previous(leads, digests, told.names, told.tiers, told.model, _read_contributions(run, digests))


def _read_contributions(run: Path, digests: Mapping[str, str]) -> pa.Table | None:
    import pyarrow.parquet as pq  # late: most runs do without

    if CONTRIBUTIONS not in digests:
        return None
    path = run / CONTRIBUTIONS
    if not path.is_file() or digest_of(path) != digests[CONTRIBUTIONS]:
        _refuse(path, "is not as the run wrote it", "name another run, or leave it out")
    return pq.read_table(path)


@dataclass(frozen=True)
class _Told:
    """What the manifest of a run says of its files."""

    ids: list[str]
    prefix: str
    delimiter: str
    files: list[str]
    digests: dict[str, str]
    columns: list[str]
    names: dict[str, str]
    tiers: dict[str, str]
    model: str

    @classmethod
    def read(cls, manifest: Any, columns: Collection[str]) -> _Told:
        read = [file["fields"] for file in manifest["inputs"] if "fields" in file]
        digests = {name: str(each["sha256"]) for name, each in manifest["outputs"].items()}
        written = manifest.get("write_back", {})
        return cls(
            ids=sorted({str(fields[manifest["id"]]) for fields in read}),
            prefix=str(manifest["prefix"]),
            delimiter=manifest["inputs"][0]["dialect"]["delimiter"] or ",",
            files=_files_of(digests),
            digests=digests,
            columns=[column for column in columns if column != "id"],
            names={str(column): str(name) for column, name in written.get("columns", {}).items()},
            model=str(manifest["config"]["model_sha256"]),
            tiers={part: str(written[part]) for part in PARTS if part in written},
        )


def _files_of(digests: Mapping[str, str]) -> list[str]:
    """The file of each part of the leads; a run without a screen has none of those screened."""
    files = [
        next((name for name in (f"{part}.csv", f"{part}.parquet") if name in digests), "") for part in PARTS
    ]
    if not all(file or part == "screened" for file, part in zip(files, PARTS, strict=True)):
        raise KeyError("a file of leads")
    return [file for file in files if file]


def _read_part(run: Path, name: str, told: _Told) -> pd.DataFrame:
    """The leads of one file: id, and those columns that it has."""
    path, part = run / name, name.partition(".")[0]
    wanted = {"id": told.ids[0], **{column: told.prefix + column for column in told.columns}}
    declared = Input.model_validate({"delimiter": told.delimiter, "header_line": 1})
    export = open_export(path, set(wanted.values()), declared=declared)
    if export.digest != told.digests[name]:
        _refuse(path, "is not as the run wrote it", "name another run, or leave it out")
    has = {column: header for column, header in wanted.items() if header in export.columns}
    if "id" not in has:
        _refuse(path, f"has no column {told.ids[0]!r}", "name another run, or leave it out")
    batches = [bare_ids(batch.leads, told.ids[0]) for batch in export.batches(list(has.values()))]
    leads = pd.concat(batches, ignore_index=True)
    values = {column: _canonical(column, leads[header]) for column, header in has.items()}
    if part != RANKED and "tier" in told.columns:
        values["tier"] = pd.Series(NO_TIER, leads.index, dtype=TEXT)
    return pd.DataFrame({"part": pd.Series(part, leads.index, dtype=TEXT), **values})


def _canonical(column: str, cells: pd.Series) -> pd.Series:
    if column == "id":
        return cells
    texts = _bare(cells)
    # Parquet has 20.00 where a text has 20.
    return texts.str.replace(r"(\.\d*[1-9])0+$|\.0+$", r"\1", regex=True) if column in _NUMBERS else texts


def _bare(cells: pd.Series) -> pd.Series:
    texts = without_guard(pc.fill_null(pa.array(cells, pa.large_string(), from_pandas=True), ""))
    return pd.Series(pd.array(texts, dtype=TEXT), cells.index)


def _refuse(path: Path, what: str, hint: str) -> NoReturn:
    raise InputError(Problem(str(path), what=what, hint=hint))
