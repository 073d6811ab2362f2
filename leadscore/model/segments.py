"""segments: leads of different kinds, each scored by a model of its own; models.md E9."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from leadscore.criteria import Criteria
from leadscore.fields import Use, under
from leadscore.model.extend import extend
from leadscore.model.graft import cut_out, keep
from leadscore.model.tree import Fault, Node, Path, Tree, child, size
from leadscore.part import Part, nearest
from leadscore.scalars import Name

SEGMENT_COLUMNS = ("segment", "segment_rank", "percent")
"""What a result has more where the config has segments."""

SCORING = ("fields", "groups", "score", "grade", "value", "scales", "heat", "best_of", "matrix", "tiers")
"""What a segment may have otherwise."""

SEGMENT_LIMIT = 100
MODELS_LIMIT = 60_000
"""So many values may the models of all segments have together: each of them is built and checked."""

_NOT_OF_A_SEGMENT = ("segments", "screen", "disqualify", "outcome", "arms", "rank_by", "checks", "write_back")
_PASSED_OVER = ("name", "id", "rank_by", "output", "checks", "outcome", "write_back")
"""What a config needs to stand alone, and the run takes from the config that names it."""


def _refuse_other_than_mapping(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError("a path is read from a config's file only; write the keys here")
    if not isinstance(value, dict):
        raise ValueError("must be a mapping (key: value), as in groups: ...")
    return value


Keys = Annotated[dict[str, Any], BeforeValidator(_refuse_other_than_mapping)]


class Segment(Part):
    """The leads that meet the criteria and are in no segment above it, and what scores them otherwise."""

    name: Name
    when: Criteria | None = None
    """Only the last segment has none: it takes whoever is left."""
    override: Keys | None = None
    """What is different for them, over the config's own keys."""
    config: Keys | None = None
    """Another config that scores them; in a file, its path."""

    @model_validator(mode="after")
    def _refuse_both(self) -> Self:
        if self.override is not None and self.config is not None:
            raise ValueError("has both override and config; put one into the other")
        return self


def _refuse_without_default(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    if segments and (segments[-1].when is not None or any(each.when is None for each in segments[:-1])):
        raise ValueError("must end with the only segment without when; it takes whoever is in no other")
    names = [segment.name for segment in segments]
    if len(set(names)) < len(names):
        raise ValueError("has a name twice; rename one of the segments")
    return segments


Segments = Annotated[tuple[Segment, ...], AfterValidator(_refuse_without_default)]


def uses_of_segments(segments: tuple[Segment, ...]) -> Iterator[Use]:
    """Every field that decides which segment a lead is in."""
    for index, segment in enumerate(segments):
        if segment.when is not None:
            yield from under("segments", under(index, under("when", segment.when.uses())))


def segment_trees(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Key and whole config of each segment: its own keys over those of the config.

    What is wrong with a segment itself the schema says; its keys are then those of the config.
    """
    segments = child(tree.data, "segments")
    for place, item in enumerate(segments if isinstance(segments, list) else ()):
        kind = next((kind for kind in ("override", "config") if isinstance(child(item, kind), dict)), "")
        name = tree.key(("segments", place))
        shared = [key for key in _keys(tree.data) if key not in _NOT_OF_A_SEGMENT]
        if kind == "config":
            shared = [key for key in shared if key not in SCORING or key == "fields"]
        own = keep(cut_out(tree, ("segments", place, kind)), SCORING) if kind else Tree(tree.file, {})
        yield f"{name}.{kind}" if kind else name, extend(keep(tree, shared), own)


def check_number(tree: Tree) -> Fault | None:
    """Whether segments are too many, or the config too large for so many."""
    segments = child(tree.data, "segments")
    number = len(segments) if isinstance(segments, list) else 0
    if number > SEGMENT_LIMIT:
        return Fault(("segments",), f"has more than {SEGMENT_LIMIT} items", "write fewer")
    own = size(segments)
    if number * (size(tree.data) - own) + own > MODELS_LIMIT:
        what = f"the models of all segments together hold more than {MODELS_LIMIT:,} values"
        return Fault(("segments",), what, "run the config once for each of some parts of the leads")
    return None


def _keys(data: Node) -> list[str]:
    return list(data) if isinstance(data, dict) else []


def check_keys(tree: Tree, known: Collection[str]) -> Iterator[Fault]:
    """Keys of a segment that are not its own to set; ``known`` are all a config may have."""
    segments = child(tree.data, "segments")
    for place, item in enumerate(segments if isinstance(segments, list) else ()):
        for key in _keys(child(item, "override")):
            if key not in SCORING:
                yield _not_its_own(("segments", place, "override", key), key, known)
        config = child(item, "config")
        for key in _keys(config):
            if key not in (*SCORING, *_PASSED_OVER) and child(config, key) != child(tree.data, key):
                yield _not_its_own(("segments", place, "config", key), key, known)


def _not_its_own(path: Path, key: str, known: Collection[str]) -> Fault:
    if key == "extends":
        return Fault(path, "must be one path, and is read from a config's file only", "write it at its top")
    if key in known:
        return Fault(path, "belongs to the whole run", "write it in the config that has the segments")
    meant = nearest(key, SCORING)
    hint = f"did you mean {meant}?" if meant else f"a segment has {', '.join(SCORING)}"
    return Fault(path, "is not a known key", hint)
