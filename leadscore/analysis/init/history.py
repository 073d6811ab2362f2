"""history: leads that were won and lost -> rules whose points come from them, and how well they rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from leadscore.analysis.init.candidates import Candidate, find_candidate, rows_of
from leadscore.analysis.init.draft import CAUTION, FieldDraft, RuleDraft
from leadscore.analysis.init.fives import Given, to_points
from leadscore.analysis.init.header_words import words_of
from leadscore.analysis.init.learn import choose_columns, ranks_won_first
from leadscore.analysis.init.names import told
from leadscore.analysis.init.sample import Sample
from leadscore.analysis.init.survey import Column
from leadscore.analysis.init.values_seen import leads
from leadscore.points import Flags

LEAST = 40
"""Won leads, and lost ones, below which points are not taken from history."""
_TOP = 10


@dataclass(frozen=True)
class Learned:
    """Rules from history, and what they did with the leads they were not made from."""

    rules: tuple[RuleDraft, ...]
    fields: tuple[FieldDraft, ...]
    learned_from: int
    held_out: int
    area: float
    """Of pairs of a won and a lost lead that were left out, the share in which the won one scores higher."""
    top_rate: float
    """The share won among the tenth of them that scores highest."""
    rate: float
    """The share won among all of them."""
    idle: tuple[str, ...]
    """Headers of columns that separate nothing, or nothing that others do not."""


def learn_rules(columns: Sequence[Column], sample: Sample) -> Learned | None:
    """The rules of few columns that together rank best; None where none separates anything."""
    found = [each for each in (find_candidate(column, sample) for column in columns) if each]
    won = sample.is_won[sample.known]
    learn = ~sample.is_held_out[sample.known]
    if not found or min(won[learn].sum(), (~won[learn]).sum()) < LEAST // 2:
        return None
    cases = [rows_of(each, learn).cases for each in found]
    chosen, model = choose_columns(cases, won[learn])
    if not chosen:
        return None
    points = to_points([cases[place] for place in chosen], model.weights, won[learn])
    taken = [
        _thin(found[place], given)
        for place, given in zip(chosen, points, strict=True)
        if len({*given.points, given.otherwise}) > 1
    ]
    if not taken:
        return None
    total = sum(given.of(each.cases.codes) for each, given in taken)
    score = np.maximum(np.asarray(total), 0)[~learn]
    area, top = ranks_won_first(score.astype(np.float64), won[~learn]), _top_rate(score, won[~learn])
    rules = tuple(_rule(each, given, won) for each, given in taken)
    used = {each.column.header for each, _ in taken}
    idle = tuple(each.header for each in columns if each.header not in used and not each.names_somebody)
    fields = tuple({each.field.name: each.field for each, _ in taken}.values())
    rate = float(won[~learn].mean()) if (~learn).any() else 0.0
    return Learned(rules, fields, int(learn.sum()), int((~learn).sum()), area, top, rate, idle)


def _thin(each: Candidate, given: Given) -> tuple[Candidate, Given]:
    """Without bands that give what the band below them gives."""
    points = given.points
    if each.settings["kind"] != "bands":
        return each, given
    bounds = list(each.settings["bands"])
    kept = [place for place in range(len(bounds)) if not place or points[place] != points[place - 1]]
    number = np.searchsorted(kept, np.arange(len(bounds)), side="right") - 1
    codes = np.append(number, -1)[each.cases.codes]
    thin = replace(
        each,
        settings={**each.settings, "bands": {bounds[place]: place for place in kept}},
        labels=tuple(each.labels[place] for place in kept),
        cases=replace(each.cases, codes=codes, count=len(kept)),
    )
    return thin, replace(given, points=tuple(points[place] for place in kept))


def _rule(each: Candidate, given: Given, won: Flags) -> RuleDraft:
    notes = {}
    for place, label in enumerate(each.labels):
        there = each.cases.codes == place
        notes[label] = said_of(int(there.sum()), int(won[there].sum())) if there.any() else "too few to tell"
    group = CAUTION if max(given.points) <= 0 else each.group
    same = words_of(each.name) == words_of(each.column.header) or each.field.settings.get("of")
    why = () if same else (told(each.column.header),)
    settings = each.with_points(given)
    if "otherwise" in settings:
        notes["otherwise"] = "everything else, and values that are new"
    if "missing" in settings:
        notes["missing"] = "a blank earns what is usual: being known is no merit"
    return RuleDraft(each.name, group, settings, (str(settings.get("field", each.field.name)),), why, notes)


def said_of(count: int, won: int) -> str:
    """So many leads and their share won, in words."""
    return f"{leads(count)}, {100 * won / count:.0f} % won" if count else "no lead"


def _top_rate(score: np.ndarray[tuple[int], np.dtype[np.int64]], won: Flags) -> float:
    """The share won in the top tenth; of leads that tie at its end as many as fit, at their mean rate."""
    if not len(score):
        return 0.0
    most = max(len(score) // _TOP, 1)
    cut = np.sort(score)[::-1][most - 1]
    above, tied = score > cut, score == cut
    return float((won[above].sum() + won[tied].mean() * (most - above.sum())) / most)
