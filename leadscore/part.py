"""part: the base of everything a config is made of: frozen, and closed to unknown keys."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

FAULT_LIMIT = 100
"""So many faults of one part are listed: a config that is none at all is refused within a second."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or ''."""
    folded = {name.casefold().strip(): name for name in known}
    close = difflib.get_close_matches(word.casefold().strip(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else ""


class Part(BaseModel):
    """A mapping in the config. An unknown key is refused with the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _say_which_keys_are_known(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            known = [field.alias or name for name, field in cls.model_fields.items()]
            found = error.errors(include_url=False, include_input=False)
            unknown = [str(each["loc"][0]) for each in found if _is_unknown_key(each)]
            meant = {nearest(key, known) for key in unknown[:FAULT_LIMIT]}
            # A required key is not missing where it is only misspelt.
            kept = [each for each in found if not (_is_missing_key(each) and each["loc"][0] in meant)]
            listed = [_again(each, known) for each in kept[:FAULT_LIMIT]]
            if len(kept) > FAULT_LIMIT:
                listed.append(_detail("value_error", "has more faults than are listed; mend these first", ()))
            raise ValidationError.from_exception_data(cls.__name__, listed) from None


def refuse_key(key: str, message: str) -> ValidationError:
    """What a validator of a whole part raises for a fault of one of its keys: 'what is wrong; what to do'."""
    return ValidationError.from_exception_data("Part", [_detail("value_error", message, (key,))])


def _is_unknown_key(details: Any) -> bool:
    return details["type"] == "extra_forbidden" and len(details["loc"]) == 1


def _is_missing_key(details: Any) -> bool:
    return details["type"] == "missing" and len(details["loc"]) == 1


def _again(details: Any, known: list[str]) -> InitErrorDetails:
    """The same detail of an error, for another error; an unknown key with what it may be meant to be."""
    if not _is_unknown_key(details):
        return _detail(details["type"], details["msg"], details["loc"], details.get("ctx"))
    meant = nearest(details["loc"][0], known)
    hint = f"did you mean {meant}?" if meant else f"known here: {', '.join(known)}"
    return _detail("unknown_key", f"is not a known key; {hint}", details["loc"])


def _detail(kind: Any, message: str, place: tuple[str | int, ...], context: Any = None) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(kind, message, context), loc=place, input=None)
