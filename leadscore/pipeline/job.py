"""job: what a run is asked to do, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from leadscore.model.schema import Model
from leadscore.model.tree import Base
from leadscore.pipeline.cache import NO_CACHE, Cache
from leadscore.pipeline.predict import Predictor
from leadscore.pipeline.publish import nothing
from leadscore.pipeline.target import Target, find_target
from leadscore.pipeline.told import Told, nobody


@dataclass(frozen=True)
class Job:
    """What one run is asked to do."""

    exports: tuple[Path, ...]
    """One file, or several that are one input."""
    model: Model
    as_of: date
    out: Path
    """The folder for the result; {as_of} in it stands for the day."""
    config: str = "config"
    """The config's file name, for messages and the manifest."""
    config_digest: str = ""
    overrides: tuple[str, ...] = ()
    events: tuple[Path, ...] = ()
    """The activity logs."""
    bases: tuple[Base, ...] = ()
    """The configs the config extends, the nearest first."""
    joins: tuple[str, ...] = ()
    """The tables to join, each FILE or NAME=FILE."""
    write_back: bool = False
    """Whether a file for the CRM's import is wanted."""
    previous: Path | None = None
    """An earlier run: who has moved since, and what the CRM need not be told again."""
    predict: Predictor | None = None
    """What says of each score how likely it is won."""
    cache: Cache = NO_CACHE
    """Where what is read of the exports and logs is kept for the next run."""
    page: Callable[[Path, Mapping[str, Any], Mapping[str, Any]], bytes] | None = None
    """Makes report.html of the folder a run stands in, its manifest so far and its summary; None: no page."""
    told: Told = nobody
    """Who is told how far the run is."""
    settle: Callable[[], None] = nothing
    """Called when there is no way back: what the caller still does must not be stopped any more."""

    @cached_property
    def target(self) -> Target:
        """Where the result goes."""
        return find_target(self.out, self.as_of)


@dataclass(frozen=True)
class Run:
    """What came of it."""

    out: Path
    summary: dict[str, Any]
    manifest: dict[str, Any]
    exit_code: int
    removed: tuple[Path, ...] = ()
    """Earlier runs that were too old to keep."""
