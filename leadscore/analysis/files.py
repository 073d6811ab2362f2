"""files: what a question about leads reads them from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from leadscore.pipeline.cache import NO_CACHE, Cache
from leadscore.pipeline.told import Told, nobody


@dataclass(frozen=True)
class Files:
    """What the leads are read from."""

    exports: Sequence[Path]
    as_of: date
    events: Sequence[Path] = ()
    joins: Sequence[str] = ()
    cache: Cache = NO_CACHE
    told: Told = nobody
