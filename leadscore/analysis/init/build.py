"""build: an export, and what the user says of it -> a first config that a run takes as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from leadscore.analysis.init.complete import complete_draft, output_prefix, with_fields
from leadscore.analysis.init.draft import GROUPS, Draft, FieldDraft, OutcomeDraft, RuleDraft, Settings
from leadscore.analysis.init.head import write_head
from leadscore.analysis.init.history import LEAST, Learned, learn_rules
from leadscore.analysis.init.meant import MAIL_KIND, rules_by_meaning
from leadscore.analysis.init.outcome import column_of, find_outcome
from leadscore.analysis.init.recency import recency_rules
from leadscore.analysis.init.render import render
from leadscore.analysis.init.sample import Sample, at_day, newest_day, take_sample
from leadscore.analysis.init.survey import Column, Survey, survey_export
from leadscore.analysis.init.suspects import find_suspects
from leadscore.analysis.init.trial import Tried
from leadscore.text import visible

_NO_DAY = date(1970, 1, 1)
_DATED = ("last_seen", "created_date")
_MOST_TEXTS = 10_000


@dataclass(frozen=True)
class Asked:
    """What the user says of the export."""

    id: str | None = None
    outcome: str | None = None
    won: Sequence[str] = ()
    trusted: Sequence[str] = ()
    """Columns to take in although they may know the outcome."""
    as_of: date | None = None


@dataclass(frozen=True)
class Made:
    """A first config, and what is to be told of it."""

    text: str
    survey: Survey
    draft: Draft
    tried: Tried
    as_of: date | None
    """The day ages count to, where some rule asks for an age."""
    learned: Learned | None = None
    suspects: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    needs_log: bool = False
    """Whether the config counts events of an activity log."""


def make_config(paths: Sequence[Path], asked: Asked) -> Made:
    """Raises InputError where the export cannot be read, or no rule can be made of any column; UsageError for
    a column or value it does not have.
    """
    survey = survey_export(paths, asked.id)
    outcome = find_outcome(survey, asked.outcome, asked.won)
    readable = [column for column in survey.columns if _is_readable(column, survey)]
    mail = [MAIL_KIND] if any(column.meaning == "email" for column in readable) else []
    fields = [*(FieldDraft(column.field, column.settings) for column in readable), *mail]
    sample = take_sample(survey, fields, outcome, asked.as_of)
    day = asked.as_of or newest_day(sample, [each.field for each in readable if each.meaning in _DATED])
    sample = at_day(sample, day or _NO_DAY)
    learned, suspects = _learn(survey, outcome, readable, sample, asked)
    by_meaning = () if learned else rules_by_meaning(_without(survey, outcome), sample)
    rules = [*(learned.rules if learned else by_meaning), *recency_rules(survey, learned is not None)]
    draft = _draft(survey, outcome, rules, mail)
    draft, tried = complete_draft(draft, survey, day or _NO_DAY)
    has_age = any("age_of" in rule.settings for rule in draft.live())
    made = Made("", survey, draft, tried, day if has_age else None, learned, suspects)
    draft = replace(draft, head=tuple(write_head(made, sample)))
    return replace(made, text=render(draft), draft=draft)


def _learn(
    survey: Survey, outcome: OutcomeDraft | None, columns: Sequence[Column], sample: Sample, asked: Asked
) -> tuple[Learned | None, Mapping[str, str]]:
    """Rules from history, and the columns left out for it; nothing where there is too little of it."""
    trusted = [survey.named(header, "--with").header for header in asked.trusted]
    if outcome is None or not _is_enough(sample):
        return None, {}
    suspects = find_suspects(survey, outcome, trusted)
    learned = learn_rules(_open_columns(columns, survey, outcome, suspects), sample)
    return learned, suspects if learned else {}


def _is_readable(column: Column, survey: Survey) -> bool:
    """Whether a rule could read the column: no doubtful date, and no text that is different in every row."""
    reading = column.reading
    if not column.cells.filled or (reading.type == "date" and reading.doubt):
        return False
    if reading.type == "text":
        return column.meaning in ("email", "job_title") or not column.cells.is_unique
    return column is not survey.id


def _is_enough(sample: Sample) -> bool:
    won = sample.is_won[sample.known]
    return min(int(won.sum()), int((~won).sum())) >= LEAST


def _open_columns(
    columns: Iterable[Column], survey: Survey, outcome: OutcomeDraft, suspects: Mapping[str, str]
) -> list[Column]:
    """Those that rules from history may be made of."""
    barred = {column_of(survey, outcome).header, *suspects}
    return [
        column
        for column in columns
        if column.header not in barred
        and column.reading.type != "date"
        and (column is not survey.id or column.meaning == "email")
    ]


def _without(survey: Survey, outcome: OutcomeDraft | None) -> Survey:
    """The same without the column that says who was won."""
    if outcome is None:
        return survey
    own = column_of(survey, outcome)
    return replace(survey, columns=tuple(column for column in survey.columns if column is not own))


def _draft(
    survey: Survey, outcome: OutcomeDraft | None, rules: Sequence[RuleDraft], mail: Sequence[FieldDraft]
) -> Draft:
    id_ = survey.id
    own = FieldDraft(id_.field, {} if id_.field == id_.header else {"from": id_.header})
    known = {column.field: FieldDraft(column.field, column.settings) for column in survey.columns}
    known |= {each.name: each for each in mail}
    thrown = [("throw-away address", {MAIL_KIND.name: "disposable"}, "")] if mail else []
    disqualify: tuple[tuple[str, Settings, str], ...] = (*thrown, *_opted_out(survey, rules))
    prefix = output_prefix(survey, GROUPS)
    rules = _apart(rules)
    draft = Draft(f"First model for {survey.paths[0].name}"[:90], own, (), rules, (), survey.preset, outcome,
                  disqualify, prefix=prefix)  # fmt: skip
    return with_fields(replace(draft, title=visible(draft.title)), known)


def _opted_out(survey: Survey, rules: Sequence[RuleDraft]) -> Iterator[tuple[str, Settings, str]]:
    """Who may not be written to or called, where no rule has a say in it: for the user to decide."""
    read = {name for rule in rules for name in rule.fields}
    for meaning, name in (("unsubscribed", "wants no mail"), ("do_not_call", "wants no call")):
        column = survey.of(meaning)
        if column and column.reading.type == "boolean" and column.field not in read:
            yield (
                name,
                {column.field: True},
                "take the # out, here and above, if they must not be in the list",
            )


def _apart(rules: Iterable[RuleDraft]) -> tuple[RuleDraft, ...]:
    """Rules with names that no other has, in the order of the groups, those that are comments last."""
    taken: set[str] = set()
    named = []
    for rule in rules:
        name, number = rule.name or "rule", 2
        while name.casefold() in taken:
            name, number = f"{rule.name} {number}", number + 1
        taken.add(name.casefold())
        named.append(replace(rule, name=name))
    return tuple(sorted(named, key=lambda rule: (GROUPS.index(rule.group), bool(rule.off))))
