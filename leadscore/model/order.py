"""order: what leads are ranked by, highest first or lowest first."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field as Setting, Tag

from leadscore.part import Part
from leadscore.scalars import Text, plain


class Lowest(Part):
    """A key whose lowest value comes first, such as the days to a decision."""

    lowest: Text


def _kind(value: object) -> str:
    return "lowest first" if isinstance(value, Lowest | dict) else "highest first"


def _as_list(value: object) -> object:
    return (value,) if isinstance(plain(value), str) else value


Key = Annotated[
    Annotated[Text, Tag("highest first")] | Annotated[Lowest, Tag("lowest first")], Discriminator(_kind)
]
Keys = Annotated[tuple[Key, ...], Setting(min_length=1), BeforeValidator(_as_list)]


def key_name(key: str | Lowest) -> str:
    """The field or column a key is about."""
    return key if isinstance(key, str) else key.lowest
