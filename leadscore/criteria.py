"""criteria: what must hold for a lead: tests on fields, joined by all, any, none, at_least_of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import numpy as np
from pydantic import ConfigDict, Field as Setting, create_model, model_validator

from leadscore.fields import FALSE, TRUE, UNKNOWN, Field, Leads, Truths, Turn, Use, under
from leadscore.operators import OPERATORS
from leadscore.part import Part, refuse_key
from leadscore.scalars import Count, Flag, plain
from leadscore.text import Folding


class _Options(Part):
    exact: Flag = False
    accents: Literal["keep", "ignore"] = "keep"

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        # `country: NO` equals, `country: [NO, SE]` is one of.
        data = plain(data)
        if isinstance(data, list | tuple):
            if any(isinstance(item, dict) for item in data):
                raise ValueError("is not a list of values; criteria are listed under all, any or none")
            return {"in": data}
        return {"is": data} if isinstance(data, str) else data

    @property
    def folding(self) -> Folding:
        return Folding(exact=self.exact, accents=self.accents == "keep")

    @property
    def arguments(self) -> dict[str, Any]:
        """Operator name -> argument, in the order of the operator table."""
        return {name: getattr(self, name) for name in OPERATORS if name in self.model_fields_set}

    @model_validator(mode="after")
    def _refuse_what_cannot_work(self) -> Self:
        if not self.arguments:
            raise ValueError(f"says nothing to test; write one of {', '.join(OPERATORS)}")
        for name, argument in self.arguments.items():
            try:
                OPERATORS[name].refuse(argument, self.folding)
            except ValueError as problem:
                raise refuse_key(name, str(problem)) from None
        return self

    def uses(self, field: str) -> Iterator[Use]:
        """The type each operator needs the field to be."""
        for name, argument in self.arguments.items():
            values = argument if isinstance(argument, tuple) else (argument,)
            texts = tuple(value for value in values if isinstance(value, str))
            yield Use(field, OPERATORS[name].reads(texts), (name,), texts)

    def turns(self, field: str) -> Iterator[Turn]:
        """The values of the field around which the test turns."""
        for name, argument in self.arguments.items():
            yield from (Turn(field, at) for at in OPERATORS[name].turns(argument))

    def hold(self, field: Field, as_of: int) -> Truths:
        """Whether all operators hold, per lead."""
        outcomes = [
            _hold(name, field, argument, self.folding, as_of) for name, argument in self.arguments.items()
        ]
        return all_hold(outcomes)

    def describe(self, field: str) -> str:
        """The test in words."""
        return " and ".join(
            OPERATORS[name].sentence.format(field=field, value=_spoken(argument))
            for name, argument in self.arguments.items()
        )


def all_hold(outcomes: list[Truths]) -> Truths:
    """Kleene's and: the least true of the outcomes."""
    return cast(Truths, np.minimum.reduce(outcomes))


def any_holds(outcomes: list[Truths]) -> Truths:
    """Kleene's or: the truest of the outcomes."""
    return cast(Truths, np.maximum.reduce(outcomes))


def _hold(name: str, field: Field, argument: Any, folding: Folding, as_of: int) -> Truths:
    if name in ("known", "missing"):
        # The one question that has an answer for a missing value.
        return np.where(field.known == (argument is (name == "known")), TRUE, FALSE).astype(np.int8)
    return field.where(lambda: OPERATORS[name].holds(field, argument, folding, as_of))


def _spoken(argument: Any) -> str:
    if isinstance(argument, bool):
        return "yes" if argument else "no"
    return ", ".join(argument) if isinstance(argument, tuple) else str(argument)


if TYPE_CHECKING:

    class Test(_Options):
        """A test on one field: one key per operator."""

else:
    Test = create_model(
        "Test", __base__=_Options, **{name: (operator.argument, None) for name, operator in OPERATORS.items()}
    )


class AtLeastOf(Part):
    """At least k of several criteria."""

    k: Count
    criteria: tuple[Criteria, ...] = Setting(min_length=1)

    @model_validator(mode="after")
    def _refuse_impossible(self) -> Self:
        if not 1 <= self.k <= len(self.criteria):
            raise refuse_key("k", f"must be from 1 to {len(self.criteria)}, the number of criteria")
        return self


class Criteria(Part):
    """Several keys in one mapping must all hold. Any other key than the four is a field's name."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Test] = Setting(init=False)

    all: tuple[Criteria, ...] = Setting(default=(), min_length=1)
    any: tuple[Criteria, ...] = Setting(default=(), min_length=1)
    none: tuple[Criteria, ...] = Setting(default=(), min_length=1)
    at_least_of: AtLeastOf | None = None

    @model_validator(mode="after")
    def _refuse_nothing(self) -> Self:
        if not (self.__pydantic_extra__ or self.all or self.any or self.none or self.at_least_of):
            raise ValueError("is empty: every lead would match; name a field and a test")
        return self

    def uses(self) -> Iterator[Use]:
        """Every field the criteria read."""
        for field, test in self.__pydantic_extra__.items():
            yield from under(field, test.uses(field))
        parts = {"all": self.all, "any": self.any, "none": self.none}
        for key, criteria in parts.items():
            for index, part in enumerate(criteria):
                yield from under(key, under(index, part.uses()))
        for index, part in enumerate(self.at_least_of.criteria if self.at_least_of else ()):
            yield from under("at_least_of", under("criteria", under(index, part.uses())))

    def turns(self) -> Iterator[Turn]:
        """The values of each field around which the criteria turn."""
        for field, test in self.__pydantic_extra__.items():
            yield from test.turns(field)
        of_count = self.at_least_of.criteria if self.at_least_of else ()
        for part in (*self.all, *self.any, *self.none, *of_count):
            yield from part.turns()

    def hold(self, leads: Leads) -> Truths:
        """TRUE, FALSE or UNKNOWN per lead, by Kleene's three-valued logic."""
        outcomes = [test.hold(leads[field], leads.as_of) for field, test in self.__pydantic_extra__.items()]
        outcomes += [part.hold(leads) for part in self.all]
        if self.any:
            outcomes.append(any_holds([part.hold(leads) for part in self.any]))
        if self.none:
            outcomes.append(TRUE - any_holds([part.hold(leads) for part in self.none]))
        if self.at_least_of:
            outcomes.append(_at_least(self.at_least_of.k, [c.hold(leads) for c in self.at_least_of.criteria]))
        return all_hold(outcomes)

    def describe(self) -> str:
        """The criteria in words."""
        words = [test.describe(field) for field, test in self.__pydantic_extra__.items()]
        words += [part.describe() for part in self.all]
        if self.any:
            words.append(f"({' or '.join(part.describe() for part in self.any)})")
        if self.none:
            words.append(f"none of ({'; '.join(part.describe() for part in self.none)})")
        if self.at_least_of:
            listed = "; ".join(part.describe() for part in self.at_least_of.criteria)
            words.append(f"at least {self.at_least_of.k} of ({listed})")
        return " and ".join(words)


def _at_least(k: int, outcomes: list[Truths]) -> Truths:
    true = sum((outcome == TRUE).astype(np.int64) for outcome in outcomes)
    open_still = sum((outcome == UNKNOWN).astype(np.int64) for outcome in outcomes)
    return np.where(true >= k, TRUE, np.where(true + open_still >= k, UNKNOWN, FALSE)).astype(np.int8)


AtLeastOf.model_rebuild()
Criteria.model_rebuild()
