"""outcome: the columns of an export -> the one that says what became of a lead, if there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from leadscore.analysis.init.draft import FieldDraft, OutcomeDraft
from leadscore.analysis.init.header_words import LOST, OUTCOMES, WON, converted_words, words_of
from leadscore.analysis.init.names import told
from leadscore.analysis.init.survey import Column, Survey
from leadscore.analysis.inspect import may_be_shown
from leadscore.errors import Problem, UsageError
from leadscore.part import nearest
from leadscore.text import fold

_ENDS = ("closed_date", "converted_date")
_WON_MEANINGS = ("converted", "deal_status", "stage", "lifecycle_stage", "lead_status")


def find_outcome(survey: Survey, column: str | None = None, won: Sequence[str] = ()) -> OutcomeDraft | None:
    """The outcome asked for, or the one the headers and values speak of; None where none does.

    Raises UsageError for a column, or a value of it, that the export does not have.
    """
    if column is not None:
        found: OutcomeDraft | None = _asked(survey.named(column, "--outcome"), won)
    else:
        found = _of_preset(survey) or next(filter(None, map(_of_column, _candidates(survey))), None)
    return found and _with_dates(found, survey)


def column_of(survey: Survey, outcome: OutcomeDraft) -> Column:
    """The column an outcome is read from."""
    return survey.named(str(outcome.field.settings.get("from", outcome.field.name)), "--outcome")


def _asked(column: Column, won: Sequence[str]) -> OutcomeDraft:
    values = _values(column)
    if not won and column.reading.type == "boolean":
        return _flag(column, f"the outcome is {told(column.header)}, as you said")
    if not won:
        found = _of_words(column)
        if found is None:
            hint = "add --won VALUE: what stands in it where a lead was won"
            raise UsageError(Problem("--outcome", what="none of its values speaks for itself", hint=hint))
        return found
    known = {fold(value): value for value in values}
    lacking = [value for value in won if fold(value) not in known]
    if lacking and column.cells.values is not None:
        meant = nearest(lacking[0], WON & known.keys())
        hint = f"did you mean {meant!r}?" if meant else "write it as the export does"
        raise UsageError(Problem("--won", what=f"no lead has this value in {told(column.header)}", hint=hint))
    said = f"the outcome is {told(column.header)}, as you said; every other value counts as not won"
    return OutcomeDraft(_text_field(column), [known.get(fold(value), value) for value in won], said=said)


def _candidates(survey: Survey) -> list[Column]:
    """Those whose header speaks of an outcome, the plainest words first."""
    by_meaning = [column for name in _WON_MEANINGS if (column := survey.of(name)) is not None]
    by_word = [column for column in survey.columns if OUTCOMES & set(words_of(column.header))]
    return list({id(column): column for column in (*by_meaning, *by_word)}.values())


def _of_preset(survey: Survey) -> OutcomeDraft | None:
    found = converted_words([column.header for column in survey.columns])
    if found is None or found[1].type != "boolean" or "true" not in found[1].model_fields_set:
        return None
    header, config = found
    column = survey.named(header, "--outcome")
    return _by_words(column, {fold(word) for word in config.true}, {fold(word) for word in config.false})


def _of_column(column: Column) -> OutcomeDraft | None:
    if column.reading.type == "boolean" and column.settings.get("false") != [""]:
        sides = set(_values(column))
        said = f"{told(column.header)} says which leads were won"
        return _flag(column, said) if len(sides) > 1 else None
    return _of_words(column) if column.reading.type == "text" else None


def _of_words(column: Column) -> OutcomeDraft | None:
    return _by_words(column, set(WON), set(LOST))


def _by_words(column: Column, won: set[str], lost: set[str]) -> OutcomeDraft | None:
    """By the values that are words for won; those that are neither word leave the outcome open."""
    values = _values(column)
    yes, no = ([value for value in values if fold(value) in side] for side in (won, lost))
    if not yes:
        return None
    rest = [value for value in values if value not in (*yes, *no)]
    named = f"{told(column.header)}: won is {', '.join(yes)}"
    if not no or (rest and not may_be_shown({value: values[value] for value in rest}, sum(values.values()))):
        return OutcomeDraft(_text_field(column), yes, said=f"{named}; every other value counts as not won")
    settings = {**_source(column), "type": "boolean", "true": yes, "false": no}
    nulls = {"null": [*column.reading.nulls, *rest]} if rest or column.reading.nulls else {}
    open_ = "; the others are still open, so nothing is known of them" if rest else ""
    told_so = "each value must be in one of the lists"
    return OutcomeDraft(
        FieldDraft(column.field, {**settings, **nulls}, told_so), True, said=f"{named}{open_}"
    )


def _values(column: Column) -> Mapping[str, int]:
    """The values and how often they stand, commonest first, but for words that mean nothing."""
    cells = Counter(column.cells.values or {})
    kept = {value: count for value, count in cells.items() if value not in column.reading.nulls}
    return dict(sorted(kept.items(), key=lambda each: (-each[1], each[0])))


def _flag(column: Column, said: str) -> OutcomeDraft:
    return OutcomeDraft(FieldDraft(column.field, column.settings), True, said=said)


def _text_field(column: Column) -> FieldDraft:
    nulls = {"null": list(column.reading.nulls)} if column.reading.nulls else {}
    return FieldDraft(column.field, {**_source(column), **nulls})


def _source(column: Column) -> dict[str, str]:
    return {} if column.field == column.header else {"from": column.header}


def _with_dates(outcome: OutcomeDraft, survey: Survey) -> OutcomeDraft:
    at = next((column for name in _ENDS if (column := _dated(survey, name))), None)
    since = _dated(survey, "created_date")
    return OutcomeDraft(
        outcome.field,
        outcome.won,
        FieldDraft(at.field, at.settings, "when the outcome was known") if at else None,
        FieldDraft(since.field, since.settings, "when the lead came in") if since else None,
        outcome.said,
    )


def _dated(survey: Survey, meaning: str) -> Column | None:
    """The column of a date that can be read without a doubt."""
    column = survey.of(meaning)
    sure = column is not None and column.reading.type == "date" and not column.reading.doubt
    return column if sure else None
