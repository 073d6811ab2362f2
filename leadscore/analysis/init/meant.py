"""meant: what a column is known to mean -> a rule with points that need no history, for anybody to change."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from leadscore.analysis.init.draft import CAUTION, ENGAGEMENT, FIT, FieldDraft, RuleDraft
from leadscore.analysis.init.names import told
from leadscore.analysis.init.sample import Sample
from leadscore.analysis.init.survey import Column, Survey
from leadscore.analysis.init.titles import POINTS, title_cases
from leadscore.analysis.init.values_seen import common, leads, merged, nice

MAIL_KIND = FieldDraft("mail_kind", {"derive": "email_kind", "of": "email"}, "business, free or disposable")
_EACH = (50, 25, 20, 10, 5, 3, 2, 1, 0.5, 0.25, 0.2, 0.1, 0.05, 0.02, 0.01)
_USUAL = 0.9
"""So many of those who did anything did no more than earns the cap."""

Make = Callable[[Column, Sample], RuleDraft | None]


def _title(column: Column, sample: Sample) -> RuleDraft:
    why = (
        "How much they decide. The first line that matches counts; whole words, so International is "
        "no intern.",
    )
    settings = {"kind": "table", "field": column.field, "cases": title_cases(POINTS), "otherwise": 0}
    return RuleDraft("seniority", FIT, settings, (column.field,), why)


def _size(column: Column, sample: Sample) -> RuleDraft:
    why = (
        "Mild points by size, as nobody knows yet which size buys best: put the most where your "
        "customers are.",
    )
    bands = {10: 5, 50: 10, 250: 15}
    return RuleDraft("company size", FIT, {"kind": "bands", "field": column.field, "bands": bands},
                     (column.field,), why)  # fmt: skip


def _amount(column: Column, sample: Sample) -> RuleDraft | None:
    numbers = sample.leads[column.field].values
    numbers = numbers[numbers > 0]
    if not len(numbers):
        return None
    half, fifth = (nice(float(np.quantile(numbers, share, method="lower"))) for share in (0.5, 0.8))
    bands = {half: 5, fifth: 10} if half < fifth else {half: 5}
    why = (f"Half of those who name one are at {half:,} or more, one in five at {fifth:,}.",)
    settings = {"kind": "bands", "field": column.field, "bands": bands}
    return RuleDraft(told(column.header).lower(), FIT, settings, (column.field,), why)


def _known(column: Column, sample: Sample) -> RuleDraft:
    settings = {"kind": "match", "when": {column.field: {"known": True}}, "points": 5}
    return RuleDraft(
        "can be called", FIT, settings, (column.field,), ("Somebody with a number can be reached today.",)
    )


def _counted(cap: int) -> Make:
    def make(column: Column, sample: Sample) -> RuleDraft | None:
        numbers = sample.leads[column.field].values
        numbers = numbers[numbers > 0]
        if not len(numbers):
            return None
        most = float(np.quantile(numbers, _USUAL, method="lower"))
        each = next((value for value in _EACH if value * most <= cap), _EACH[-1])
        why = (f"Of those with any, nine in ten have {most:,.10g} or fewer.",)
        settings = {"kind": "count", "field": column.field, "each": each, "cap": cap}
        return RuleDraft(told(column.header).lower(), ENGAGEMENT, settings, (column.field,), why)

    return make


def _recency(column: Column, sample: Sample) -> RuleDraft:
    why = (
        "Days since then, up to the day scored for. Whoever was here this week is still thinking about it.",
    )
    settings = {"kind": "bands", "age_of": column.field, "bands": {0: 15, 8: 10, 31: 5, 91: 0, 181: -5}}
    return RuleDraft("how lately", ENGAGEMENT, settings, (column.field,), why)


def _arrived(column: Column, sample: Sample) -> RuleDraft:
    why = ("Days since the lead came in, as the export has no date of the last activity.",)
    settings = {"kind": "bands", "age_of": column.field, "bands": {0: 15, 8: 10, 31: 5, 91: 0}}
    return RuleDraft("new", ENGAGEMENT, settings, (column.field,), why)


def _minus(name: str, points: int, why: str) -> Make:
    def make(column: Column, sample: Sample) -> RuleDraft | None:
        settings = {"kind": "match", "when": {column.field: True}, "points": points}
        return RuleDraft(name, CAUTION, settings, (column.field,), (why,))

    return make


def _mail(column: Column, sample: Sample) -> RuleDraft:
    settings = {"kind": "match", "when": {MAIL_KIND.name: "business"}, "points": 5}
    why = ("An address of a company, not of a free mail provider. Selling to private buyers? Take this out.",)
    return RuleDraft("business address", FIT, settings, (MAIL_KIND.name,), why)


MEANT: dict[str, Make] = {
    "job_title": _title,
    "seniority": _title,
    "employees": _size,
    "annual_revenue": _amount,
    "budget": _amount,
    "email": _mail,
    "phone": _known,
    "mobile": _known,
    "demo_requests": _counted(20),
    "form_fills": _counted(15),
    "key_events": _counted(15),
    "visits": _counted(10),
    "sessions": _counted(10),
    "engaged_sessions": _counted(10),
    "chats": _counted(10),
    "minutes_on_site": _counted(10),
    "pages": _counted(5),
    "emails_opened": _counted(5),
    "last_seen": _recency,
    "created_date": _arrived,
    "unsubscribed": _minus("wants no mail", -10, "Still callable, so fewer points rather than disqualified."),
    "do_not_call": _minus("wants no call", -10, "Still open to mail; with both flags set, little is left."),
    "bounced": _minus("mail bounces", -10, "The address does not work: the other channels must carry it."),
}
"""Meaning -> its rule. Of those that say the same the first that the export has is taken (``_SAME``)."""

_SAME = (("job_title", "seniority"), ("employees", "annual_revenue"), ("phone", "mobile"),
         ("sessions", "engaged_sessions"), ("last_seen", "created_date"))  # fmt: skip
_WHICH = ("industry", "country", "source", "department", "medium", "campaign")
"""Nobody can know without history which of their values is the better one."""


def rules_by_meaning(survey: Survey, sample: Sample) -> Iterator[RuleDraft]:
    """A rule for each column whose meaning is known; those only the user can fill in as comments."""
    columns = {name: column for name in MEANT if (column := usable(survey, name))}
    for first, second in _SAME:
        if first in columns:
            columns.pop(second, None)
    for name, column in columns.items():
        rule = MEANT[name](column, sample)
        if rule:
            yield rule
    missing = [
        each.field for each in map(survey.of, ("job_title", "company", "phone", "email", "industry")) if each
    ]
    if len(missing) >= 3:
        yield _hardly_known(missing)
    yield from (rule for column in map(survey.of, _WHICH) if column is not None and (rule := which(column)))


def usable(survey: Survey, meaning: str) -> Column | None:
    """The column of a meaning, unless it is doubtful how its cells are read, or nobody has one."""
    column = survey.of(meaning)
    if column is None or not column.cells.filled or (column.reading.type == "date" and column.reading.doubt):
        return None
    return column


def _hardly_known(fields: list[str]) -> RuleDraft:
    count = len(fields) - 1
    criteria = [{field: {"missing": True}} for field in fields]
    settings = {"kind": "match", "when": {"at_least_of": {"k": count, "criteria": criteria}}, "points": -5}
    why = (f"{count} of these {len(fields)} are empty: nobody knows yet who that is.",)
    return RuleDraft("hardly anything known", CAUTION, settings, tuple(fields), why)


def which(column: Column) -> RuleDraft | None:
    """A lookup for the user to fill in, with the values there are where they are nobody's."""
    cells = column.cells
    values = merged(column)
    shown = common(column, sum(values.values()) + cells.empty)
    if not shown:
        return None
    points = dict.fromkeys(shown, 0)
    notes = {value: leads(count) for value, count in shown.items()}
    many = "more than 10,000" if cells.values is None else f"{len(values):,}"
    what = f"Waits for you: nobody knows yet which {column.field} is the better one. Fill in points."
    rest = "" if len(shown) == len(values) else f" There are {many}; those of few leads are not listed."
    settings = {"kind": "lookup", "field": column.field, "values": points, "otherwise": 0}
    return RuleDraft(column.field.replace("_", " "), FIT, settings, (column.field,), (), notes, what + rest)
