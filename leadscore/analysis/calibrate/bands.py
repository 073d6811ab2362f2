"""bands: a number and outcomes -> bands that tell won from lost, and points for each of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np

from leadscore.analysis.calibrate.curve import fit_curve
from leadscore.analysis.calibrate.parts import Parts
from leadscore.analysis.calibrate.suggested import Row, Scale, Suggested, round_points
from leadscore.analysis.evaluate.judged import Judged
from leadscore.analysis.statistics import by_level, share_won
from leadscore.errors import InputError, Problem, UsageError
from leadscore.model.schema import Model
from leadscore.model.tree import Path
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import Column
from leadscore.pipeline.collect import Keep
from leadscore.pipeline.export import Batch
from leadscore.points import EXACT, Flags, Numbers, format_points, round_half_away
from leadscore.rules import AnyRule, Lever
from leadscore.rules.bands import Bands

NUMBER = "number\n"
"""The column of the field's values; no name of a config has a line break."""
_LEAST, _SHARE = 50, 0.05
"""A band has so many of the learning leads, and such a share of them."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for."""

    field: str
    most: int = 5
    """Bands."""
    monotone: str | None = None
    """up: no band has a lower rate than one below it; down: the other way."""


@dataclass(frozen=True)
class Band:
    """A band, named by its lower bound."""

    bound: Decimal
    leads: int
    won: int
    evidence: float
    """The weight of evidence: the log of the share of the won leads by the share of the lost ones."""


def keep_number(field: str) -> Keep:
    """The field's value of each lead, or the days since it where it is a date; NaN where unknown."""

    def keep(scored: Scored, batch: Batch) -> dict[str, Column]:
        leads = scored.leads
        return {NUMBER: leads.age(field) if leads[field].type == "date" else leads[field].values}

    return keep


def suggest_bands(judged: Judged, parts: Parts, wanted: Wanted, scale: Scale) -> Suggested:
    """Bands of a field from the learning leads, with points by their weight of evidence.

    They are those of the rule that reads the field in bands; where there is none, or more than one, they are
    only told. Raises InputError where too few leads have a value.
    """
    values, won = judged.numbers(NUMBER, parts.learning), judged.flags(parts.learning)
    known = ~np.isnan(values)
    bands = find_bands(values[known], won[known], wanted)
    if len(bands) < 2:
        what = "has no bands that differ in how many leads were won"
        hint = f"a band needs {_LEAST} leads and {_SHARE:.0%} of them; take more history, or no --monotone"
        raise InputError(Problem(judged.title, key=wanted.field, what=what, hint=hint))
    points = {band.bound: _points(band, scale) for band in bands}
    written = {f"{bound:f}": format_points(each) for bound, each in points.items()}
    rows = [_row(wanted.field, band, points[band.bound]) for band in bands]
    path, rule = _rule_of(judged.model, wanted.field)
    if rule is None:
        line = ", ".join(f"{bound}: {each}" for bound, each in written.items())
        told = f"not exactly one rule has bands of {wanted.field}; write them yourself: bands: {{{line}}}"
        return Suggested({}, {}, rows, told=[told], scale=scale)
    rules = [*judged.model.groups[str(path[1])].rules]
    rules[int(path[3])] = rule.model_copy(update={"bands": points})
    return Suggested({str(path[1]): tuple(rules)}, {}, rows, {(*path, "bands"): written}, scale=scale)


def scale_of(judged: Judged, parts: Parts, pdo: int | None) -> Scale:
    """The scale the scores are in: so many points double the odds, by the curve through them.

    Raises UsageError where outcomes do not rise with the score, so that nothing says how much a point is.
    """
    scores = judged.collected.leads["score"].to_numpy()[parts.learning].astype(np.int64)
    intercept, slope = fit_curve(by_level(scores, judged.flags(parts.learning)))
    if pdo is None and slope <= 0:
        what = "more points do not mean more leads won here, so nothing says what a point is worth"
        raise UsageError(Problem("--pdo", what=what, hint="say how many points double the odds: --pdo 10"))
    own = 1 if slope <= 0 else min(max(1, round_half_away(Fraction(math.log(2) / slope))), 10_000)
    return Scale(pdo or own, intercept)


def _row(field: str, band: Band, points: int) -> Row:
    return Row(field, f"from {band.bound:f}", None, points, band.leads, rate=share_won(band.won, band.leads))


def _points(band: Band, scale: Scale) -> int:
    return round_points(band.evidence * scale.factor, Lever(("bands", ""), 0), of_number=False)


def _rule_of(model: Model, field: str) -> tuple[Path, Bands | None]:
    found: list[tuple[Path, AnyRule]] = [
        (("groups", name, "rules", place), rule)
        for name, group in model.groups.items()
        for place, rule in enumerate(group.rules)
        if isinstance(rule, Bands) and field in (rule.field, rule.age_of)
    ]
    if len(found) != 1:
        return (), None
    path, rule = found[0]
    assert isinstance(rule, Bands), "others were left out"
    return path, rule


def find_bands(values: Numbers, won: Flags, wanted: Wanted) -> list[Band]:
    """The leaves of a decision tree over one number (Breiman et al. 1984), at round bounds.

    ``values``: none of them NaN. A bound is the roundest number that separates the same leads, and the first
    one is 0 where no value is below it, else the roundest number at or below all.
    """
    from sklearn.tree import DecisionTreeClassifier

    least = max(math.ceil(_SHARE * len(values)), _LEAST)
    if len(values) < 2 * least or won.all() or not won.any():
        return []
    order = np.lexsort((won, values))
    values, won = values[order], won[order]
    way = {None: None, "up": [1], "down": [-1]}[wanted.monotone]
    tree = DecisionTreeClassifier(
        max_leaf_nodes=wanted.most, min_samples_leaf=least, monotonic_cst=way, random_state=0
    )
    distinct, places = np.unique(values, return_inverse=True)  # the tree has floats of 32 bits
    tree.fit(places.reshape(-1, 1), won.astype(np.int8))
    inner = tree.tree_.children_left != tree.tree_.children_right
    last = sorted({math.floor(threshold) for threshold in tree.tree_.threshold[inner].tolist()})
    edges = [(_exact(float(distinct[place])), _exact(float(distinct[place + 1]))) for place in last]
    bounds = [_first(float(values[0])), *(roundest(*edge) for edge in edges)]
    return list(_count(values, won, bounds))


def _first(least: float) -> Decimal:
    if least >= 0:
        return Decimal(0)
    step = Decimal(10) ** (_exact(least).adjusted())
    return EXACT.multiply((_exact(least) / step).to_integral_value("ROUND_FLOOR"), step)


def roundest(below: Decimal, at: Decimal) -> Decimal:
    """The number with the fewest digits above one and not above another; of several the middle one."""
    if below < 0 <= at:
        return Decimal(0)
    middle = (below + at) / 2
    for exponent in range(max(abs(below), abs(at)).adjusted() + 1, -16, -1):
        step = Decimal(10) ** exponent
        nearest = (middle / step).to_integral_value("ROUND_HALF_UP")
        for times in (nearest, nearest + 1, nearest - 1):
            if below < times * step <= at:
                return EXACT.multiply(times, step)
    return at


def _exact(value: float) -> Decimal:
    """The decimal that a double was read from."""
    return Decimal(repr(value))


def _count(values: Numbers, won: Flags, bounds: Sequence[Decimal]) -> Iterator[Band]:
    ends = [*np.searchsorted(values, [float(bound) for bound in bounds], side="left").tolist(), len(values)]
    of_won = max(int(won.sum()), 1)
    of_lost = max(len(won) - of_won, 1)
    for bound, (start, end) in zip(bounds, pairwise(ends), strict=True):
        hits = int(won[start:end].sum())
        # Half a lead more on either side, so that no band is infinitely good.
        evidence = math.log((hits + 0.5) / of_won / ((end - start - hits + 0.5) / of_lost))
        yield Band(bound, end - start, hits, evidence)
