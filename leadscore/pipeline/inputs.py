"""inputs: the files a run reads, each recognised by the columns the config asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from leadscore.model.schema import Model
from leadscore.pipeline.prepare import wanted_columns
from leadscore.pipeline.read import open_export


def open_wanted(path: Path, model: Model) -> Any:
    """The export, its delimiter recognised by the columns the model may ask for."""
    return open_export(
        path, {name for field in model.fields for name in wanted_columns(field, model.fields[field])}
    )


def open_log(path: Path, model: Model) -> Any:
    """An activity log, its delimiter recognised by the columns the config names; it stays on the disk."""
    log = model.events
    return open_export(path, {log.lead or model.id, log.event, *log.time.columns}, in_windows=True)
