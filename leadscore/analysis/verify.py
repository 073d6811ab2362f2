"""verify: a published run against its own manifest: files, digests, counts, order, tiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.errors import InputError, Problem
from leadscore.model.check import file_name
from leadscore.model.input import Input
from leadscore.pipeline.column import bare_ids
from leadscore.pipeline.lists import PARTS
from leadscore.pipeline.previous import RANKED
from leadscore.pipeline.publish import digest_of, find_strange
from leadscore.pipeline.read import open_export
from leadscore.pipeline.target import MANIFEST, last_manifest

_TIERS = "tiers/"
_HINT = "run leadscore again, or take the result from where it was whole"


@dataclass(frozen=True)
class Verified:
    """A run that is whole."""

    as_of: str
    files: int
    counts: dict[str, int]


def verify_run(run: Path) -> Verified:
    """Read every file of a run again. Raises InputError with all that is not as the manifest says.

    Digests and sizes of all files; the rows of each; ranks from 1 on; where leads are ranked by score, scores
    from the highest down, equal ones by id; in each tier's file the leads of the ranking that are in it.
    """
    manifest = last_manifest(run)
    if manifest is None or "kind" in manifest:  # a comparison's says what it is
        raise InputError(Problem(str(run), what="is no run of leadscore", hint="name the folder a run wrote"))
    try:
        problems = list(_check(run.resolve(), manifest))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError):
        what = "is damaged or of an older leadscore"
        raise InputError(Problem(str(run / MANIFEST), what=what, hint="name another run")) from None
    if problems:
        raise InputError(problems)
    return Verified(manifest["as_of"], len(manifest["outputs"]), manifest["counts"])


def _check(run: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    strange = find_strange(run)
    if strange:
        yield Problem(str(run), what=f"holds {strange!r}, which leadscore did not write", hint="move it away")
    sound = set()
    for name, written in manifest["outputs"].items():
        what = _damage(run / name, written)
        if what:
            yield Problem(str(run / name), what=what, hint=_HINT)
        else:
            sound.add(name)
    for suffix in ("csv", "parquet"):
        yield from _check_leads(run, manifest, sound, suffix)


def _damage(path: Path, written: Mapping[str, Any]) -> str:
    try:
        if path.is_symlink() or not path.is_file():
            return "is missing"
        if path.stat().st_size != written["bytes"] or digest_of(path) != written["sha256"]:
            return "is not as the run wrote it"
    except OSError:
        return "cannot be read"
    return ""


def _check_leads(run: Path, manifest: Mapping[str, Any], sound: set[str], suffix: str) -> Iterator[Problem]:
    """The files of leads in one format, those that are as they were written."""
    counts, outputs = manifest["counts"], manifest["outputs"]
    for part in PARTS:
        name = f"{part}.{suffix}"
        if name in sound and outputs[name]["rows"] != counts[part]:
            yield Problem(
                str(run / name), what=f"has not the {counts[part]:,} leads of the counts", hint=_HINT
            )
    if f"{RANKED}.{suffix}" not in sound:
        return
    name = f"{RANKED}.{suffix}"
    ranked = _read(run / name, manifest)
    what = _disorder(ranked, manifest)
    if len(ranked) != outputs[name]["rows"]:
        what = f"has {len(ranked):,} rows, the manifest says {outputs[name]['rows']:,}"
    if what:
        yield Problem(str(run / name), what=what, hint=_HINT)
    tiers = {name for name in outputs if name.startswith(_TIERS) and name.endswith(f".{suffix}")}
    for tier, leads in ranked.groupby("tier", sort=False):
        name = f"{_TIERS}{file_name(str(tier))}.{suffix}"
        tiers.discard(name)
        if name in sound and not _same(_read(run / name, manifest), leads):
            yield Problem(
                str(run / name), what=f"has not the leads of {RANKED}.{suffix} in its tier", hint=_HINT
            )
    for name in sorted(tiers & sound):
        if len(_read(run / name, manifest)):
            yield Problem(str(run / name), what="has leads, but its tier has none", hint=_HINT)


def _read(path: Path, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """rank, score, tier and id of each row, as text."""
    prefix, ids = manifest["prefix"], _id_columns(manifest)
    headers = {name: prefix + name for name in ("rank", "score", "tier")} | {"id": ids[0]}
    dialect = {"delimiter": manifest["inputs"][0]["dialect"]["delimiter"] or ",", "header_line": 1}
    export = open_export(path, set(headers.values()), declared=Input.model_validate(dialect))
    batches = [bare_ids(batch.leads, ids[0]) for batch in export.batches(list(headers.values()))]
    leads = pd.concat(batches, ignore_index=True)
    return pd.DataFrame({name: leads[header].astype("str") for name, header in headers.items()})


def _id_columns(manifest: Mapping[str, Any]) -> list[str]:
    fields = [file["fields"] for file in manifest["inputs"] if "fields" in file]
    return list(dict.fromkeys(str(each[manifest["id"]]) for each in fields))


def _disorder(ranked: pd.DataFrame, manifest: Mapping[str, Any]) -> str:
    """What is wrong with the order, or ''."""
    ranks = pd.to_numeric(ranked["rank"], errors="coerce").to_numpy()
    if not np.array_equal(ranks, np.arange(1, len(ranked) + 1)):
        return "has ranks that are not 1, 2, 3 ... one below the other"
    if manifest["rank_by"][0] != "score":
        return ""
    scores = _hundredths(ranked["score"])
    if (np.diff(scores) > 0).any():
        return "has a higher score below a lower one"
    ids, same = ranked["id"].to_numpy(dtype=object), np.diff(scores) == 0
    alone = manifest["rank_by"] == ["score", "id"] and len(_id_columns(manifest)) == 1
    if alone and (same & ~(ids[:-1] < ids[1:])).any():
        return "has leads of one score that are not in the order of their ids"
    return ""


def _same(tier: pd.DataFrame, ranked: pd.DataFrame) -> bool:
    return len(tier) == len(ranked) and bool((tier.to_numpy() == ranked.to_numpy()).all())


def _hundredths(scores: pd.Series) -> npt.NDArray[np.int64]:
    return np.round(scores.astype(float).to_numpy() * 100).astype(np.int64)
