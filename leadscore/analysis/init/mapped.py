"""mapped: the fields of a model that ships -> the columns of an export that hold them."""

from __future__ import annotations

from typing import Any

from leadscore.analysis.init.build import Asked
from leadscore.analysis.init.header_words import meaning_of
from leadscore.analysis.init.outcome import find_outcome
from leadscore.analysis.init.survey import Column, Survey
from leadscore.model.schema import FieldConfig, Model
from leadscore.pipeline.fit import wanted_columns

_ALSO = {
    "mails_opened": "emails_opened",
    "forms": "form_fills",
    "page_views": "pages",
    "visitor_sessions": "visits",
    "form_successes": "form_fills",
    "opted_out": "unsubscribed",
}
"""What models call fields that presets know by another name."""


def map_fields(model: Model, survey: Survey, asked: Asked) -> dict[str, dict[str, Any]]:
    """Field -> what the config has to say of it for this export; those without a column are optional."""
    outcome = find_outcome(survey, asked.outcome, asked.won)
    found: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for name, config in model.fields.items():
        if config.derive:
            continue
        if name == model.id:
            found[name] = {} if survey.id.header == name else {"from": survey.id.header}
            continue
        column = _column_of(name, config, survey)
        settings = _settings(name, config, column) if column and column.header not in taken else None
        if settings is None and outcome and model.outcome and name == model.outcome.field:
            own = dict(outcome.field.settings)
            is_flag = own.get("type") == "boolean" and config.type == "boolean"
            settings = {"from": outcome.field.name, **own} if is_flag else None
        if settings is not None and column:
            taken.add(column.header)
        found[name] = {"type": config.type, "optional": True} if settings is None else settings
    return found


def _column_of(name: str, config: FieldConfig, survey: Survey) -> Column | None:
    by_header = {column.header: column for column in survey.columns}
    own = next((by_header[header] for header in wanted_columns(name, config) if header in by_header), None)
    if own is not None:
        return own
    meanings = [_ALSO.get(each) or meaning_of(each) for each in wanted_columns(name, config)]
    return next((found for meant in meanings if meant and (found := survey.of(meant))), None)


def _settings(name: str, config: FieldConfig, column: Column) -> dict[str, Any] | None:
    """How the column is read as the field; None where it is of another type, or in doubt."""
    reading = column.reading
    source = {} if column.header == name else {"from": column.header}
    if config.type in (None, "text"):
        lists = {"list": reading.settings["list"]} if "list" in reading.settings else {}
        nulls = {"null": list(reading.nulls)} if reading.nulls else {}
        return {**source, **lists, **nulls}
    counts = config.type == "number" and reading.type == "boolean" and bool(reading.doubt)
    if reading.type != config.type and not counts:
        return None
    if reading.type == "date" and reading.doubt:
        return None
    own = (
        {}
        if counts
        else {key: value for key, value in column.settings.items() if key not in ("from", "type")}
    )
    return {**source, "type": config.type, **own}
