"""suspects: columns that no rule may be made of, as they may know the outcome, each with the reason."""

from __future__ import annotations

from collections.abc import Collection

from leadscore.analysis.init.draft import FieldDraft, OutcomeDraft
from leadscore.analysis.init.header_words import LATE, late_word
from leadscore.analysis.init.outcome import column_of
from leadscore.analysis.init.survey import Column, Survey
from leadscore.analysis.leaks import find_leaks
from leadscore.model.load import load_model
from leadscore.pipeline.files import fit_files

BY_WORD = "its header says "
AS_WRITTEN_LATE = "columns with such a word are often written while a lead is worked on"


def find_suspects(survey: Survey, outcome: OutcomeDraft, trusted: Collection[str] = ()) -> dict[str, str]:
    """Column -> why it is left out, in the order of the file.

    ``trusted``: headers that the user takes in all the same.
    """
    own = {column_of(survey, outcome).header}
    dates = [each for each in (outcome.at, outcome.since) if each]
    of_dates = {str(each.settings.get("from", each.name)) for each in dates}
    leaks = _leaks(survey, outcome, own | of_dates)
    found = {}
    for column in survey.columns:
        header = column.header
        if header in own | of_dates | set(trusted) or header == survey.id.header:
            continue
        why = leaks.get(header) or _by_header(column)
        if why:
            found[header] = why
    return found


def _by_header(column: Column) -> str:
    if not column.cells.filled:
        return ""
    if column.meaning in LATE:
        return LATE[column.meaning]
    word = "" if column.names_somebody else late_word(column.header)
    return BY_WORD + word if word else ""


def _leaks(survey: Survey, outcome: OutcomeDraft, passed_over: set[str]) -> dict[str, str]:
    """What tells won leads from lost ones better than a lead can."""
    fields = {each.name: dict(each.settings) for each in (outcome.field, _id(survey))}
    rule = {"name": "any", "kind": "match", "when": {outcome.field.name: {"known": True}}, "points": 1}
    won = "true" if outcome.won is True else outcome.won
    model = load_model(
        {
            "name": "leaks",
            "id": survey.id.field,
            "fields": fields,
            "groups": {"all": {"rules": [rule]}},
            "tiers": [{"name": "All"}],
            "outcome": {"field": outcome.field.name, "won": won},
        }
    )
    leaks = find_leaks(survey.export, fit_files(survey.export, model), model, passed_over)
    return {leak.header: f"it knows the outcome: {leak.why}" for leak in leaks}


def _id(survey: Survey) -> FieldDraft:
    source = {} if survey.id.field == survey.id.header else {"from": survey.id.header}
    return FieldDraft(survey.id.field, source)
