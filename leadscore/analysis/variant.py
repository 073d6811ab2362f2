"""variant: a config as it was named and changed on the command line -> its model, with its source at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from leadscore.fields import FieldType
from leadscore.model.build import build_model
from leadscore.model.columns import DERIVED_FROM, DERIVED_TYPES
from leadscore.model.load import config_bytes, load_tree
from leadscore.model.schema import FieldConfig, Model
from leadscore.model.tree import Tree, child


@dataclass(frozen=True)
class Variant:
    """A config, and all that is told of it."""

    label: str
    """Of several: A, B, C ...; of a sweep the value."""
    file: str
    sha256: str
    tree: Tree
    model: Model
    overrides: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The config and what was changed of it, as it was written on the command line."""
        return " ".join([self.file, *(f"--set {each}" for each in self.overrides)])


def read_variant(label: str, path: Path, overrides: Sequence[str] = ()) -> Variant:
    """A config as it is read once and for all. Raises ConfigError."""
    content = config_bytes(path)
    tree = load_tree(str(path), content, overrides)
    digest = hashlib.sha256(content).hexdigest()
    return Variant(label, str(path), digest, tree, build_model(tree), tuple(overrides))


def with_field(variant: Variant, name: str, kind: FieldType | None = None) -> Variant:
    """The same with a field that its rules need not read, as the config declares it.

    ``kind``: what it is where the config does not say; without that, text.
    """
    fields = variant.model.fields
    if name in fields:
        return variant
    added = {name: _declared(variant, name, kind)}
    source, derive = added[name].of, added[name].derive
    if source and derive and source not in fields:
        declared = _declared(variant, source)
        added[source] = declared.model_copy(update={"type": declared.type or DERIVED_FROM[derive]})
    model = variant.model.model_copy(update={"fields": {**fields, **added}})
    return replace(variant, model=model)


def _declared(variant: Variant, name: str, kind: FieldType | None = None) -> FieldConfig:
    written = child(child(variant.tree.data, "fields"), name)
    field = FieldConfig.model_validate(written or {})  # which was checked when the config was read
    own = DERIVED_TYPES[field.derive] if field.derive else field.type or kind or "text"
    return field.model_copy(update={"type": own})


def without_reasons(model: Model) -> Model:
    """Nobody reads the reasons here, and they take a fifth of the scoring."""
    output = model.output.model_copy(update={"reasons": 0})
    alone = model.model_copy(update={"output": output})
    if not model.segments:
        return alone
    return alone.with_segments([own.model_copy(update={"output": output}) for own in model.models])
