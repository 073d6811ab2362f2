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

from leadscore.fields import Use
from leadscore.part import Part, refuse_key
from leadscore.points import Hundredths, multiply
from leadscore.scalars import Count, Flag, Name, Points, Share, Text, plain

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Combination:
    """One way to make an account's score of its leads'.

    ``weigh(setting, scores, places)`` gives what each lead adds, ``places`` being 0 for the account's best
    lead, 1 for its second, and so on; an account's score is the sum.
    """

    setting: Any
    weigh: Callable[[Any, Hundredths, Places], Hundredths]


def _best(setting: bool, scores: Hundredths, places: Places) -> Hundredths:
    return np.where(places == 0, scores, 0)


def _all(setting: bool, scores: Hundredths, places: Places) -> Hundredths:
    return scores


def _top(count: int, scores: Hundredths, places: Places) -> Hundredths:
    return np.where(places < count, scores, 0)


def _damped(share: Decimal, scores: Hundredths, places: Places) -> Hundredths:
    exact = [share**place for place in range(int(places.max(initial=0)) + 1)]
    factors = np.array([float(factor) for factor in exact])[places]
    return multiply(scores, factors, lambda row: exact[places[row]])


# models.md E7: A = agg(S); damped: the sum of S_(j) x q^(j-1) with S sorted down, each term rounded once.
COMBINATIONS: dict[str, Combination] = {
    "max": Combination(Flag, _best),
    "mean": Combination(Flag, _all),
    "sum": Combination(Flag, _all),
    "top": Combination(Annotated[Count, Setting(gt=0)], _top),
    "damped": Combination(Annotated[Share, Setting(gt=0)], _damped),
}


class _Combine(Part):
    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        # `combine: max` needs no setting, `combine: {top: 3}` has one.
        data = plain(data)
        return {data: plain(True)} if isinstance(data, str) and data in ("max", "mean", "sum") else data

    @model_validator(mode="after")
    def _refuse_other_than_one(self) -> Self:
        if len([name for name in COMBINATIONS if getattr(self, name)]) != 1:
            raise ValueError("must be exactly one of max, mean, sum, {top: 3} or {damped: 50%}")
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


class Accounts(Part):
    """Leads that share a company, a domain or any other field, rolled up."""

    by: Text
    combine: Combine
    tiers: tuple[AccountTier, ...] = Setting(default=(), min_length=1)

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

    def uses(self) -> Iterator[Use]:
        """The field that tells accounts apart."""
        yield Use(self.by, "text", ("accounts", "by"))
