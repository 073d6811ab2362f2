"""accounts: leads of one company rolled up to one score; models.md E7."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field as Setting, create_model, model_validator

from leadscore.fields import Use, under
from leadscore.model.tree import Fault, Path
from leadscore.part import Part, refuse_key
from leadscore.points import EXACT, Hundredths, multiply
from leadscore.rules import AnyRule
from leadscore.rules.count import Count as CountRule
from leadscore.scalars import Count, Flag, Name, Points, Share, Text, plain

if TYPE_CHECKING:
    from leadscore.model.schema import Model

Places = npt.NDArray[np.int64]

RULE_LIMIT = 100
"""So many rules of accounts: what each gives is kept of every lead until all are read."""


@dataclass(frozen=True)
class Combination:
    """One way to make an account's score of its leads'.

    ``weigh(setting, scores, places)`` gives what each lead adds, ``places`` being 0 for the account's best
    lead, 1 for its second, and so on; an account's score is the sum.
    """

    setting: Any
    weigh: Callable[[Any, Hundredths, Places], Hundredths]
    sentence: str


def _best(setting: bool, scores: Hundredths, places: Places) -> Hundredths:
    return np.where(places == 0, scores, 0)


def _all(setting: bool, scores: Hundredths, places: Places) -> Hundredths:
    return scores


def _top(count: int, scores: Hundredths, places: Places) -> Hundredths:
    return np.where(places < count, scores, 0)


def _damped(share: Decimal, scores: Hundredths, places: Places) -> Hundredths:
    places = np.minimum(places, _faded_at(share))
    distinct, rows = np.unique(places, return_inverse=True)  # few, however many leads an account has
    exact = [share**place for place in distinct.tolist()]
    factors = np.array([float(factor) for factor in exact])[rows]
    return multiply(scores, factors, lambda row: exact[rows[row]])


def _faded_at(share: Decimal) -> int:
    """A place whose factor serves all later ones: 2**52 x share**place is below a half, or share is 1."""
    return 0 if share == 1 else int(min(EXACT.divide(-37, share.ln(EXACT)), Decimal(1 << 62))) + 1


# models.md E7: A = agg(S); damped: the sum of S_(j) x q^(j-1) with S sorted down, each term rounded once.
COMBINATIONS: dict[str, Combination] = {
    "max": Combination(Flag, _best, "the score of its best lead"),
    "mean": Combination(Flag, _all, "the mean of its leads' scores"),
    "sum": Combination(Flag, _all, "the sum of its leads' scores"),
    "top": Combination(Annotated[Count, Setting(gt=0)], _top, "the sum of so many of its best leads' scores"),
    "damped": Combination(
        Annotated[Share, Setting(gt=0)],
        _damped,
        "the best score, this share of the next, this share of that share of the third, and so on",
    ),
}


_ONE_OF = "must be exactly one of max, mean, sum, {top: 3} or {damped: 50%}"


class _Combine(Part):
    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        # `combine: max` needs no setting, `combine: {top: 3}` has one.
        data = plain(data)
        if not isinstance(data, str):
            return data
        if data not in ("max", "mean", "sum"):
            raise ValueError(_ONE_OF)
        return {data: plain(True)}

    @model_validator(mode="after")
    def _refuse_other_than_one(self) -> Self:
        if len([name for name in COMBINATIONS if getattr(self, name)]) != 1:
            raise ValueError(_ONE_OF)
        return self

    @property
    def way(self) -> str:
        """The name of the combination in use."""
        return next(name for name in COMBINATIONS if getattr(self, name))

    def weigh(self, scores: Hundredths, places: Places) -> Hundredths:
        """What each lead adds to its account's score."""
        return COMBINATIONS[self.way].weigh(getattr(self, self.way), scores, places)


if TYPE_CHECKING:

    class Combine(_Combine):
        """How leads' scores become their account's."""

else:
    Combine = create_model(
        "Combine",
        __base__=_Combine,
        **{name: (way.setting | None, None) for name, way in COMBINATIONS.items()},
    )


class AccountTier(Part):
    """A part of the accounts; the cut belongs to its tier."""

    name: Name
    min_score: Points | None = None


class InScore(Part):
    """How much of its account's score a lead has in its own."""

    share: Annotated[Share, Setting(gt=0)]
    cap: Annotated[Points, Setting(ge=0)]
    floor: Annotated[Points, Setting(le=0)] = 0


class Accounts(Part):
    """Leads that share a company, a domain or any other field, rolled up.

    models.md E7: an account's score is what its leads' scores combine to, plus the points of ``rules``.
    """

    by: Text
    combine: Combine
    rules: tuple[AnyRule, ...] = Setting(default=(), min_length=1)
    """Rules about the account itself. A lead with more points than another speaks for it first."""
    tiers: tuple[AccountTier, ...] = Setting(default=(), min_length=1)
    in_score: InScore | None = None

    @model_validator(mode="after")
    def _refuse_unordered_tiers(self) -> Self:
        cuts = [tier.min_score for tier in self.tiers]
        if self.tiers and (cuts[-1] is not None or None in cuts[:-1]):
            raise refuse_key("tiers", "must end with the only tier without a min_score; it takes the rest")
        known = [cut for cut in cuts if cut is not None]
        if any(above <= below for above, below in pairwise(known)):
            raise refuse_key("tiers", "are not in order; list them from the highest min_score down")
        names = [tier.name for tier in self.tiers]
        if len(set(names)) < len(names):
            raise refuse_key("tiers", "has a name twice; rename one of the tiers")
        return self

    def bounds(self) -> tuple[int, int]:
        """The least and the most points (hundredths) the rules can give an account, its leads' aside."""
        each = [rule.bounds() for rule in self.rules]
        return sum(low for low, _ in each), sum(high for _, high in each)

    def uses(self) -> Iterator[Use]:
        """The field that tells accounts apart, and those the rules read."""
        yield Use(self.by, "text", ("accounts", "by"))
        for place, rule in enumerate(self.rules):
            yield from under("accounts", under("rules", under(place, rule.uses())))


def check_account_rules(model: Model) -> Iterator[Fault]:
    """Rules of accounts that count events, have the name of another rule, or are too many."""
    first: dict[str, Path] = {
        rule.name: ("groups", name, "rules", place, "name")
        for name, group in model.groups.items()
        for place, rule in enumerate(group.rules)
    }
    rules = model.accounts.rules if model.accounts else ()
    for place, rule in enumerate(rules):
        here: Path = ("accounts", "rules", place)
        if first.setdefault(rule.name, (*here, "name")) != (*here, "name"):
            yield Fault((*here, "name"), "two rules have this name", "rename one of them", first[rule.name])
        if isinstance(rule, CountRule) and rule.event is not None:
            what, hint = "a rule of accounts cannot count events yet", "count events in a group"
            yield Fault((*here, "event"), what, hint)
    if len(rules) > RULE_LIMIT:
        what, hint = f"hold more than {RULE_LIMIT:,} rules", "use a lookup for long lists of values"
        yield Fault(("accounts", "rules"), what, hint)
