"""log_columns: an activity log's headers -> which of its columns is lead, event, time and value."""

from __future__ import annotations

from collections.abc import Sequence

from leadscore.errors import InputError, Problem
from leadscore.model.events import wanted_events
from leadscore.model.schema import Model
from leadscore.part import nearest
from leadscore.pipeline.export import Export


def log_columns(log: Export, model: Model) -> dict[str, str]:
    """Which column of the log is lead, event, time and, where it is needed, value. Raises InputError."""
    needs_value = any(want.with_value for want in wanted_events(model))
    config = model.events
    sought = {"lead": (config.lead or model.id,), "event": (config.event,), "time": config.time.columns}
    if needs_value:
        sought["value"] = config.value.columns
    found = {
        key: name
        for key, names in sought.items()
        if (name := next((name for name in names if name in log.columns), None))
    }
    problems = [_missing(log, key, names) for key, names in sought.items() if key not in found]
    if problems:
        raise InputError(problems)
    return found


def _missing(log: Export, key: str, names: Sequence[str]) -> Problem:
    meant = next(filter(None, (nearest(name, log.columns) for name in names)), "")
    hint = f"the file has {meant!r}: set events.{key}" if meant else f"set events.{key}"
    what = f"no column {' or '.join(repr(name) for name in names)}"
    return Problem(str(log.path), 1, key=f"events.{key}", what=what, hint=hint)
