"""part: the base of everything a config is made of: frozen, and closed to unknown keys."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or ''."""
    folded = {name.casefold().strip(): name for name in known}
    close = difflib.get_close_matches(word.casefold().strip(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else ""


class Part(BaseModel):
    """A mapping in the config. An unknown key is refused with the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="wrap")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, dict) or cls.model_config.get("extra") == "allow":
            return handler(data)
        known = {field.alias or name for name, field in cls.model_fields.items()}
        unknown = [_unknown_key(key, known) for key in data if key not in known]
        if not unknown:
            return handler(data)
        try:
            handler({key: value for key, value in data.items() if key in known})
        except ValidationError as error:
            unknown += [_again(details) for details in error.errors(include_url=False)]
        raise ValidationError.from_exception_data(cls.__name__, unknown)


def _unknown_key(key: Any, known: set[str]) -> InitErrorDetails:
    meant = nearest(str(key), known)
    hint = f"did you mean {meant}?" if meant else f"known here: {', '.join(sorted(known))}"
    kind = PydanticCustomError("unknown_key", "is not a known key; {hint}", {"hint": hint})
    return InitErrorDetails(type=kind, loc=(str(key),), input=None)


def _again(details: Any) -> InitErrorDetails:
    message = details["msg"].replace("{", "{{").replace("}", "}}")
    kind = PydanticCustomError(details["type"], message, details.get("ctx"))
    return InitErrorDetails(type=kind, loc=details["loc"], input=None)
