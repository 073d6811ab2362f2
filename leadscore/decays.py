"""decays: how activity fades with age, each form with its formula and its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from pydantic import Field as Setting, create_model, model_validator

from leadscore.fields import Leads, Use
from leadscore.part import Part, refuse_key
from leadscore.points import EXACT, Hundredths, Numbers, Rows, multiply
from leadscore.scalars import Days, NoTwins, Number, Share, Text


class Linear(Part):
    """What is lost, and every how many days."""

    lose: Share
    every_days: Annotated[Days, Setting(gt=0)]


@dataclass(frozen=True)
class Form:
    """One way to fade: ``factor(setting, age)`` is the share left after a whole number of days > 0.

    A setting that is a mapping is given as its items.
    """

    setting: Any
    factor: Callable[[Any, int], Decimal]
    sentence: str


def _half_life(days: Decimal, age: int) -> Decimal:
    return Decimal(2) ** (-age / days)


def _window(days: int, age: int) -> Decimal:
    return Decimal(age <= days)


def _daily(share: Decimal, age: int) -> Decimal:
    return (1 - share) ** age


def _linear(linear: Linear, age: int) -> Decimal:
    return max(Decimal(0), 1 - linear.lose * (age // linear.every_days))


def _steps(steps: tuple[tuple[int, Decimal], ...], age: int) -> Decimal:
    return next((share for days, share in sorted(steps, reverse=True) if age > days), Decimal(1))


# models.md E4; the formulas of HubSpot (linear), Ontraport (daily), Keap (window), Breadcrumbs (steps).
DECAYS: dict[str, Form] = {
    "half_life_days": Form(Annotated[Number, Setting(gt=0)], _half_life, "halves every {setting} days"),
    "window_days": Form(Days, _window, "counts for {setting} days"),
    "daily": Form(Share, _daily, "loses {setting:%} of what is left a day"),
    "linear": Form(Linear, _linear, "loses {setting.lose:%} every {setting.every_days} days"),
    "steps": Form(Annotated[dict[Days, Share], NoTwins, Setting(min_length=1)], _steps, "fades in steps"),
}


@lru_cache(maxsize=1 << 16)  # leads come in batches, and the ages in them are the same few hundred
def _share_left(form: str, setting: Any, age: int) -> Decimal:
    with localcontext(EXACT):
        return DECAYS[form].factor(setting, age)


class _Since(Part):
    since: Text | None = None
    """A date field; only events of the log, which have their own time, can do without."""
    missing: Share = Decimal(0)
    """The share kept where the date is missing: by default nothing, since nobody knows how old it is."""

    @property
    def form(self) -> str:
        """The name of the form in use."""
        return next(name for name in DECAYS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _refuse_other_than_one_form(self) -> Self:
        given = [name for name in DECAYS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"must have exactly one of {', '.join(DECAYS)}")
        steps = [share for _, share in sorted((getattr(self, "steps", None) or {}).items())]
        if steps != sorted(steps, reverse=True):
            raise refuse_key("steps", "keep more after more days; shares fall as days rise")
        return self

    def describe(self) -> str:
        """The decay in words."""
        since = f", since {self.since}" if self.since else ""
        return DECAYS[self.form].sentence.format(setting=getattr(self, self.form)) + since

    def uses(self) -> Iterator[Use]:
        """The date it is counted from."""
        if self.since:
            yield Use(self.since, "date", ("since",))

    def share_left(self, age: int) -> Decimal:
        """The exact share left of points that are ``age`` days old."""
        return self._shares_left(np.array([age], dtype=np.float64))[0]

    def _shares_left(self, ages: Numbers) -> list[Decimal]:
        """The same of several ages; NaN is an age that nobody knows."""
        form = self.form
        setting = getattr(self, form)
        setting = tuple(setting.items()) if isinstance(setting, dict) else setting
        return [
            _share_left(form, setting, int(age)) if age > 0 else Decimal(1) if age <= 0 else self.missing
            for age in ages.tolist()
        ]

    def fade(self, points: Hundredths, leads: Leads) -> Hundredths:
        """What is left of the points of each lead, rounded once."""
        dates = leads[self.since or ""]
        assert dates.numbers is not None, "only a date has an age"
        return self._fade(points, np.append(leads.as_of - dates.numbers, np.nan), dates.codes)

    def fade_by_age(self, points: Hundredths, ages: Numbers) -> Hundredths:
        """What is left of points that are so many days old (NaN: nobody knows), rounded once."""
        return self._fade(points, ages, np.arange(len(ages)))

    def _fade(self, points: Hundredths, ages: Numbers, codes: Rows) -> Hundredths:
        """Points with a code each into ``ages``; only those that differ are worked out."""
        distinct, places = np.unique(ages, return_inverse=True)
        shares = self._shares_left(distinct)
        factors: Numbers = np.array([float(share) for share in shares], dtype=np.float64)[places]
        return multiply(points, factors[codes], lambda row: shares[places[codes[row]]])


if TYPE_CHECKING:

    class Decay(_Since):
        """Exactly one form, and the date it is counted from."""

else:
    Decay = create_model(
        "Decay", __base__=_Since, **{name: (form.setting | None, None) for name, form in DECAYS.items()}
    )
