"""run: the flow of one scoring run, from the export to the published folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from leadscore import __version__
from leadscore.model.schema import Model
from leadscore.pipeline.check import exit_code, reconcile, refuse_too_few
from leadscore.pipeline.collect import (
    Collected,
    collect_leads,
    refuse_ambiguous_dates,
    refuse_duplicates,
    set_aside_without_id,
)
from leadscore.pipeline.export import Export
from leadscore.pipeline.prepare import wanted_columns
from leadscore.pipeline.publish import MANIFEST, Stage, last_manifest, open_stage, refuse_foreign
from leadscore.pipeline.rank import rank_leads
from leadscore.pipeline.read import open_export
from leadscore.pipeline.summary import summarize
from leadscore.pipeline.write import (
    open_formats,
    write_contributions,
    write_disqualified,
    write_ranked,
    write_set_aside,
    write_unreadable,
)


@dataclass(frozen=True)
class Job:
    """What one run is asked to do."""

    export: Path
    model: Model
    as_of: date
    out: Path
    config: str = "config"
    """The config's file name, for messages and the manifest."""
    config_digest: str = ""
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """What came of it."""

    out: Path
    summary: dict[str, Any]
    manifest: dict[str, Any]
    exit_code: int


def score_export(job: Job) -> Run:
    """Score an export and publish the result.

    Raises ConfigError, InputError or PublishError; then nothing is published and the old result stands.
    """
    refuse_foreign(job.out)
    export = open_wanted(job.export, job.model)
    collected = collect_leads(export, job.model, job.as_of)
    refuse_ambiguous_dates(collected.tally, job.config)
    trusted = set_aside_without_id(collected, export, job.model)
    refuse_duplicates(collected.leads[trusted], str(job.export), job.model)
    refuse_too_few(str(job.export), int(trusted.sum()), collected.read, job.model, last_manifest(job.out))
    in_ranking = collected.leads["disqualified_by"].isna().to_numpy()
    ranked = _ordered(collected, trusted & in_ranking, job.model)
    disqualified = _ordered(collected, trusted & ~in_ranking, job.model)
    summary = summarize(
        collected, collected.leads.iloc[ranked], collected.leads.iloc[disqualified], job.model, job.as_of
    )
    reconcile(collected.read, summary["leads"])
    with open_stage(job.out) as stage:
        _write(stage, export, collected, ranked, disqualified, job.model, summary)
        manifest = _manifest(job, export, stage, summary)
        stage.create_json(MANIFEST, manifest)
    unreadable = sum(collected.tally.unreadable.values())
    return Run(
        job.out,
        summary,
        manifest,
        exit_code(summary["leads"]["in"], len(collected.set_aside), unreadable, job.model),
    )


def open_wanted(path: Path, model: Model) -> Any:
    """The export, its delimiter recognised by the columns the model may ask for."""
    return open_export(
        path, {name for field in model.fields for name in wanted_columns(field, model.fields[field])}
    )


def _ordered(collected: Collected, chosen: np.ndarray, model: Model) -> np.ndarray:
    """Positions of the chosen leads, best first."""
    places = np.flatnonzero(chosen)
    return places[rank_leads(collected.leads.iloc[places], model)]


def _write(
    stage: Stage,
    export: Any,
    collected: Collected,
    ranked: np.ndarray,
    disqualified: np.ndarray,
    model: Model,
    summary: dict[str, Any],
) -> None:
    formats = open_formats(export, model, model.output.formats)
    write_ranked(stage, collected.leads, ranked, model, formats)
    write_disqualified(stage, collected.leads, disqualified, model, formats)
    write_set_aside(stage, collected.set_aside, model.output.formula_guard)
    write_unreadable(stage, collected.tally.cells)
    if model.output.contributions:
        points = np.concatenate(collected.contributions, axis=1)[:, ranked]
        leads = collected.leads.iloc[ranked]
        write_contributions(stage, leads["id"], collected.lines, points, leads["score"])
    summary["disarmed"] = sum(form.disarmed for form in formats.values())
    summary["notes"] = list(export.notes)
    stage.create_json("summary.json", summary)


def _manifest(job: Job, export: Export, stage: Stage, summary: dict[str, Any]) -> dict[str, Any]:
    """What went in and what came out, by digest; no clock, no personal data."""
    return {
        "leadscore": __version__,
        "as_of": job.as_of.isoformat(),
        "config": {
            "file": job.config,
            "sha256": job.config_digest,
            "model_sha256": job.model.digest,
            "set": list(job.overrides),
        },
        "inputs": [
            {
                "file": job.export.name,
                "sha256": export.digest,
                "bytes": export.size,
                "dialect": asdict(export.dialect),
            }
        ],
        "rank_by": [*job.model.rank_by, "id"],
        "counts": summary["leads"],
        "outputs": dict(sorted(stage.files.items())),
    }
