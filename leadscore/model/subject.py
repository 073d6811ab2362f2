"""subject: what lint looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from leadscore.errors import Problem
from leadscore.model.facts import Facts
from leadscore.model.schema import Model
from leadscore.model.screen import Sign
from leadscore.model.tree import Path, Tree, value_at
from leadscore.rules import AnyRule


@dataclass(frozen=True)
class Finding:
    """A doubt, and the name under which its explanation stands in ``FINDINGS``."""

    code: str
    problem: Problem


@dataclass(frozen=True)
class Subject:
    """What is looked at: the model, the config it is made of, and what it did with an export."""

    model: Model
    tree: Tree = field(default_factory=lambda: Tree(""))
    facts: Facts = field(default_factory=Facts)

    @property
    def declared(self) -> tuple[str, ...]:
        """The fields its own file declares; those of a config it extends may be there for others."""
        fields = value_at(self.tree.data, ("fields",))
        names = tuple(fields) if isinstance(fields, dict) else ()
        return tuple(name for name in names if self.tree.file_of(("fields", name)) == self.tree.file)

    def every_rule(self) -> Iterator[tuple[Path, AnyRule]]:
        """Every rule with its path, those of accounts included."""
        yield from self.rules()
        for place, rule in enumerate(self.model.accounts.rules if self.model.accounts else ()):
            yield ("accounts", "rules", place), rule

    def rules(self) -> Iterator[tuple[Path, AnyRule]]:
        """Every rule of a group with its path."""
        for name, group in self.model.groups.items():
            for place, rule in enumerate(group.rules):
                yield ("groups", name, "rules", place), rule

    def screen(self) -> Iterator[tuple[Path, Sign]]:
        """Every sign of the screen with its path."""
        yield from self.model.screen.places() if self.model.screen else ()

    def place_of(self, name: str) -> Path:
        """Where a field is declared, or else where it is read first."""
        if name in self.declared:
            return "fields", name
        models = (self.model, *self.model.models)
        uses = (use.key for model in models for use in model.uses() if use.field == name)
        return next(uses, ("fields",))
