"""manifest: what went into a run and what came out, by digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from leadscore import __version__
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import files_of
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.job import Job
from leadscore.pipeline.publish import Stage


def describe_run(
    job: Job,
    export: Export,
    logs: Sequence[Export],
    fits: Mapping[str, Fit],
    stage: Stage,
    summary: dict[str, Any],
) -> dict[str, Any]:
    """The manifest: no clock, so that a rerun gives the same bytes, and no personal data."""
    files = files_of(export)
    return {
        "leadscore": __version__,
        "as_of": job.as_of.isoformat(),
        "config": {
            "file": job.config,
            "sha256": job.config_digest,
            "extends": [base._asdict() for base in job.bases],
            "model_sha256": job.model.digest,
            "set": list(job.overrides),
        },
        "inputs": [
            *(_describe_file(file, name) | _describe_fit(fits[name]) for name, file in files.items()),
            *map(_describe_file, logs),
        ],
        **({"predict": job.predict.describe()} if job.predict else {}),
        "id": job.model.id,
        "prefix": job.model.output.prefix,
        "rank_by": [*job.model.model_dump(include={"rank_by"})["rank_by"], "id"],
        "counts": summary["leads"],
        **{key: summary[key] for key in ("joined", "write_back") if key in summary},
        "outputs": dict(sorted(stage.files.items())),
    }


def _describe_file(file: Export, name: str = "") -> dict[str, Any]:
    return {
        "file": name or file.path.name,
        "sha256": file.digest,
        "bytes": file.size,
        "dialect": asdict(file.dialect),
    }


def _describe_fit(fit: Fit) -> dict[str, Any]:
    return {"presets": list(fit.presets), "fields": dict(sorted(fit.columns.items()))}
