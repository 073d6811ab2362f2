"""read_back: results whose leads are in a form that no later run reads again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leadscore.errors import InputError, Problem
from leadscore.pipeline.sheet_names import WORKBOOK

_READ = ("ranked.csv", "ranked.parquet")


def refuse_unread(run: Path, manifest: Mapping[str, Any]) -> None:
    """Raise InputError for a run that wrote its leads in a workbook alone, or in parts on an engine."""
    outputs = manifest.get("outputs", ())
    if set(_READ) & set(outputs):
        return
    if any(name.startswith(f"{output}/") for output in _READ for name in outputs):
        what, hint = "was written in parts by --engine spark", "name a run that was scored without it"
    elif WORKBOOK in outputs:
        what, hint = "wrote its leads as xlsx alone", "write csv as well: [csv, xlsx]"
    else:
        return
    raise InputError(Problem(str(run), what=f"{what}, which is not read again", hint=hint))
