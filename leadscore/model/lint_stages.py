"""lint_stages: doubts about the stages of the funnel that rules are signs of."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.model.subject import Subject
from leadscore.model.tree import Fault, Path
from leadscore.points import LIMIT, format_points
from leadscore.rules import AnyRule
from leadscore.rules.base import STAGES


def stage_order(subject: Subject) -> Iterator[Fault]:
    """A sign of a later stage of the funnel gives no more points than a sign of an earlier one.

    Awareness < consideration < decision: who asks for a demo is nearer to a purchase than who reads a page.
    Each rule with a `stage` counts with the most it can give, one without an upper end with the points of
    one; rules that only take points away are no signs of a purchase and are passed over.
    """
    signs = [(path, rule, _worth(rule)) for path, rule in subject.rules() if rule.stage and _worth(rule) > 0]
    for path, rule, worth in signs:
        earlier = [sign for sign in signs if _place(sign[1]) < _place(rule) and sign[2] >= worth]
        if earlier:
            yield _fault(path, rule, max(earlier, key=lambda sign: sign[2]))


def _place(rule: AnyRule) -> int:
    return STAGES.index(rule.stage or STAGES[0])


def _worth(rule: AnyRule) -> int:
    _, most = rule.bounds()
    return rule.weight() if most >= LIMIT else most


def _fault(path: Path, rule: AnyRule, earlier: tuple[Path, AnyRule, int]) -> Fault:
    beside, other, points = earlier
    than = "less than" if _worth(rule) < points else "no more than"
    what = f"a sign of {rule.stage} gives {format_points(_worth(rule))} points, {than} "
    what += f"the {format_points(points)} of a sign of {other.stage}"
    return Fault((*path, "stage"), what, "give the later stage more points, or correct a stage", beside)
