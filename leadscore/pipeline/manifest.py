"""manifest: what went into a run and what came out, by digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from leadscore import __version__
from leadscore.pipeline.export import Export
from leadscore.pipeline.job import Job
from leadscore.pipeline.publish import Stage


def describe_run(job: Job, inputs: Sequence[Export], stage: Stage, summary: dict[str, Any]) -> dict[str, Any]:
    """The manifest: no clock, so that a rerun gives the same bytes, and no personal data."""
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
            {
                "file": read.path.name,
                "sha256": read.digest,
                "bytes": read.size,
                "dialect": asdict(read.dialect),
            }
            for read in inputs
        ],
        "rank_by": [*job.model.model_dump(include={"rank_by"})["rank_by"], "id"],
        "counts": summary["leads"],
        "outputs": dict(sorted(stage.files.items())),
    }
