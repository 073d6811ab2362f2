"""job: what a run is asked to do, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from leadscore.model.schema import Model
from leadscore.model.tree import Base


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
    events: tuple[Path, ...] = ()
    """The activity logs."""
    bases: tuple[Base, ...] = ()
    """The configs the config extends, the nearest first."""


@dataclass(frozen=True)
class Run:
    """What came of it."""

    out: Path
    summary: dict[str, Any]
    manifest: dict[str, Any]
    exit_code: int
