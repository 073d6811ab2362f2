"""join: tables whose columns are added to the leads by a key, such as companies by their domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadscore.fields import Use
from leadscore.model.input import AS_FOUND, Input
from leadscore.part import Part
from leadscore.scalars import Text, Texts


class Join(Part):
    """One table: its file is named when it is run, for it is a new one each time."""

    on: Text
    """The field of the lead that says which row is the lead's."""
    key: Texts | None = None
    """The headers that may hold it in the table, best first; the field's own name without it."""
    columns: Texts | None = None
    """The columns that are added; all of them without it."""
    input: Input = AS_FOUND
    """How the file is written, where it does not say so itself."""


def uses_of_joins(joins: Mapping[str, Join]) -> Iterator[Use]:
    """The field that each table is joined by."""
    for name, join in joins.items():
        yield Use(join.on, "text", ("join", name, "on"))
