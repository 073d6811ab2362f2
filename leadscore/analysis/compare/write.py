"""write: the leads that have moved -> movers.csv in a folder of its own, published as a run is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore import __version__
from leadscore.analysis.compare.movers import CHANGES, Movers
from leadscore.analysis.compare.result import Comparison, Result
from leadscore.errors import Problem, PublishError
from leadscore.model.check import FILE
from leadscore.pipeline.coded import TEXT, to_texts
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import Source, files_of
from leadscore.pipeline.lock import hold_target
from leadscore.pipeline.publish import nothing, open_stage, refuse_foreign
from leadscore.pipeline.switch import clear_dead
from leadscore.pipeline.target import MANIFEST, Target, find_target, last_manifest
from leadscore.pipeline.write import open_formats, write_table
from leadscore.points import Rows, format_points

KIND = "compare"
"""What the manifest says it is of, so that no scoring run is ever replaced."""


def find_folder(folder: Path, as_of: date) -> Target:
    """Where movers go; {as_of} stands for the day.

    Raises PublishError for a folder that holds anything but an earlier comparison.
    """
    target = find_target(folder, as_of)
    refuse_foreign(target.folder)
    _refuse_run(target.folder)
    return target


def write_movers(result: Result, target: Target, settle: Callable[[], None] = nothing) -> None:
    """Publish the movers of all comparisons, best first, with every line that differs.

    ``settle`` is called when there is no way back. Raises PublishError, and LockedError where another one
    is being written.
    """
    model = result.variants[0].model
    with hold_target(target):
        clear_dead(target)
        _refuse_run(target.folder)
        with open_stage(target.folder, model.output.file_mode, settle) as stage:
            formats = open_formats(cast("Source", result.export), model, ["csv"])
            write_table(stage, "movers", _list_all(result), formats)
            stage.create_json(MANIFEST, {**_describe(result, target.as_of), "outputs": dict(stage.files)})


def _refuse_run(folder: Path) -> None:
    manifest = last_manifest(folder)
    if manifest is not None and manifest.get("kind") != KIND:
        what, hint = "holds a scoring run, which a comparison does not replace", "choose another --write"
        raise PublishError(Problem(str(folder), what=what, hint=hint))


def _describe(result: Result, as_of: date) -> dict[str, Any]:
    """What it was made of: no clock and no personal data, as in the manifest of a run."""
    return {
        "leadscore": __version__,
        "kind": KIND,
        "as_of": as_of.isoformat(),
        "configs": [
            {
                "label": variant.label,
                "file": Path(variant.file).name,
                "sha256": variant.sha256,
                "extends": [base._asdict() for base in variant.tree.bases],
                "model_sha256": variant.model.digest,
                "set": list(variant.overrides),
            }
            for variant in result.variants
        ],
        "inputs": [_describe_file(name, file) for name, file in files_of(result.export).items()],
        "counts": result.counts,
    }


def _describe_file(name: str, file: Export) -> dict[str, Any]:
    return {"file": name or file.path.name, "sha256": file.digest, "bytes": file.size}


def _list_all(result: Result) -> pd.DataFrame:
    parts = [_list(result, place, each) for place, each in enumerate(result.comparisons, start=1)]
    return pd.concat(parts, ignore_index=True)


def _list(result: Result, place: int, comparison: Comparison) -> pd.DataFrame:
    movers = comparison.movers
    assert movers is not None, "a sweep is not written"
    names = np.array(result.standing_names, dtype=object)
    before, after = result.standings[0], result.standings[place]
    rows, leads = movers.rows, result.leads.iloc[movers.rows]
    header = result.collected.id_columns(result.variants[0].model)[0]
    several = len(result.comparisons) > 1
    columns: dict[str, Any] = {"config": [comparison.after.label] * len(rows)} if several else {}
    columns |= {header: _text(to_texts(leads["id"]))}
    if FILE in leads:
        columns[FILE] = _text(to_texts(leads[FILE]))
    columns |= {
        "change": _text(np.array(CHANGES, dtype=object)[movers.changes]),
        "tier": _text(names[after.places[rows]]),
        "previous_tier": _text(names[before.places[rows]]),
        "score": after.scores[rows],
        "previous_score": before.scores[rows],
        "rank": _ranks(after.ranks[rows]),
        "previous_rank": _ranks(before.ranks[rows]),
        "moved_by": _text(np.array(movers.names, dtype=object)[movers.causes]),
        "lines": _text(_write_lines(movers)),
    }
    return pd.DataFrame(columns)


def _ranks(ranks: Rows) -> Any:
    """Whole numbers as text; '' for who has none."""
    return _text(pc.if_else(pa.array(ranks > 0), pa.array(ranks).cast(pa.large_string()), ""))


def _write_lines(movers: Movers) -> pa.Array:
    """'form -5; fit: cap +2': every line that differs, of each lead."""
    found = movers.differences
    names = [name for name, _, _ in movers.lines.keys]
    pairs, codes = np.unique(np.stack([found.lines, found.points]), axis=1, return_inverse=True)
    texts = [f"{names[line]} {format_points(points, signed=True)}" for line, points in _columns(pairs)]
    each = pa.array(texts, pa.large_string()).take(pa.array(codes.reshape(-1)))
    starts = pa.array(np.append(0, np.cumsum(found.sizes)), pa.int64())
    return pc.binary_join(pa.LargeListArray.from_arrays(starts, each), pa.scalar("; ", pa.large_string()))


def _columns(pairs: Rows) -> Iterator[tuple[int, int]]:
    return zip(*pairs.tolist(), strict=True)


def _text(texts: Any) -> Any:
    return pd.array(pa.array(texts, pa.large_string()), dtype=TEXT)
