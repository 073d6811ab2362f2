"""earlier: what an earlier run read and knew -> what is suddenly otherwise."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from leadscore.errors import InputError, Problem
from leadscore.model.facts import Part
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.source import open_source
from leadscore.pipeline.target import last_manifest

_SUMMARY = "summary.json"

Moved = dict[str, tuple[str, str]]
"""Field -> the column it was read from, and that of now."""


def read_earlier(run: Path, fits: Mapping[str, Fit]) -> tuple[dict[str, Part], Moved]:
    """Per rule the leads that run knew enough of, and the fields that are read from another column now.

    With segments, no rules: a run does not say how many leads each segment had. Raises InputError for what is
    no run, or was changed since.
    """
    manifest = last_manifest(run)
    if manifest is None:
        _refuse(run, "is no run of leadscore", "name the folder that a run wrote")
    content = open_source(run / _SUMMARY).read()
    try:
        if hashlib.sha256(content).hexdigest() != manifest["outputs"][_SUMMARY]["sha256"]:
            _refuse(run / _SUMMARY, "is not as the run wrote it", "name another run, or leave it out")
        return _known(json.loads(content)), _moved(manifest, fits)
    except (KeyError, TypeError, AttributeError, ValueError):
        _refuse(run, "is damaged or of an older leadscore", "name another run, or leave it out")


def _known(summary: Any) -> dict[str, Part]:
    leads = int(summary["leads"]["in"]) - int(summary["leads"]["set_aside"])
    of_run = [rule for rule in summary["rules"] if "segment" not in rule]
    return {str(rule["name"]): Part(leads - int(rule["unknown"]), leads) for rule in of_run}


def _moved(manifest: Mapping[str, Any], fits: Mapping[str, Fit]) -> Moved:
    """Where both runs read a field from one column each."""
    was = _one_each([each["fields"] for each in manifest["inputs"] if "fields" in each])
    now = _one_each([fit.columns for fit in fits.values()])
    return {name: (was[name], column) for name, column in now.items() if was.get(name, column) != column}


def _one_each(fields: list[Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for each in fields:
        for name, column in each.items():
            found.setdefault(name, set()).add(str(column))
    return {name: columns.pop() for name, columns in found.items() if len(columns) == 1}


def _refuse(path: Path, what: str, hint: str) -> NoReturn:
    raise InputError(Problem(str(path), what=what, hint=hint))
