"""inputs: the files a run reads, each recognised by the columns the config asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leadscore.model.input import Input
from leadscore.model.preset import load_preset, preset_names
from leadscore.model.schema import Model
from leadscore.pipeline.cache import NO_CACHE, Cache
from leadscore.pipeline.fit import wanted_columns
from leadscore.pipeline.read import open_export


def open_wanted(path: Path, model: Model, cache: Cache = NO_CACHE, hashed: bool = True) -> Any:
    """The export, its header and delimiter recognised by the columns the model may ask for."""
    return open_export(path, set(_headers(model)), declared=model.input, cache=cache, hashed=hashed)


def open_log(path: Path, model: Model, cache: Cache = NO_CACHE) -> Any:
    """An activity log, recognised by the columns the config names; it stays on the disk."""
    log = model.events
    wanted = {log.lead or model.id, log.event, *log.time.columns}
    return open_export(path, wanted, declared=Input(encoding=log.encoding), once=True, cache=cache)


def _headers(model: Model) -> Iterator[str]:
    """What the config calls its fields, and what the presets call them."""
    for name, field in model.fields.items():
        yield from wanted_columns(name, field)
    for preset in map(load_preset, [model.preset] if model.preset else preset_names()):
        for name in model.fields.keys() & preset.fields.keys():
            yield from preset.fields[name].columns
