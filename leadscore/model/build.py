"""build: a config's tree -> the model it describes, and those of its segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from pydantic import ValidationError

from leadscore.errors import ConfigError, Problem
from leadscore.model.check import check_model
from leadscore.model.differences import check_segments
from leadscore.model.problems import faults_of
from leadscore.model.prune import is_consequence, original, prune, without_stand_ins
from leadscore.model.ranges import check_measures, check_reachable
from leadscore.model.resolve import resolve_fields
from leadscore.model.schema import Model
from leadscore.model.segments import check_keys, check_number, segment_trees
from leadscore.model.tree import Fault, Node, Path, Tree, child
from leadscore.part import FAULT_LIMIT

_OF_RANGES = ("", "segments", "groups", "accounts", "score", "matrix", "tiers")
"""Where a fault leaves open what leads can score."""

NO_MAPPING = Fault((), "must be a mapping (key: value)", "write at least name, id, groups and tiers")


def build_model(tree: Tree) -> Model:
    """The model a tree describes. Raises ConfigError with every problem of it."""
    if not isinstance(tree.data, dict):
        raise ConfigError(problems_of(tree, [NO_MAPPING]))
    model, problems = _build(tree, tree.data)
    if child(tree.data, "segments"):
        too_many = check_number(tree)
        if too_many:
            raise ConfigError(sorted({*problems, *problems_of(tree, [too_many])}))
        model, problems = _build_segments(tree, model, problems)
    if not any(problem.key.partition(".")[0] in _OF_RANGES for problem in problems):
        problems |= set(problems_of(tree, list(check_reachable(model))))
    if problems:
        raise ConfigError(sorted(problems))
    return model


def _build_segments(tree: Tree, model: Model, problems: set[Problem]) -> tuple[Model, set[Problem]]:
    """The same with the segments' models. What is wrong with the config itself is told once."""
    told = {_identity(problem, problem.key) for problem in problems}
    models = []
    for key, whole in segment_trees(tree):
        assert isinstance(whole.data, dict), "it was made of mappings"
        own, found = _build(whole, whole.data)
        models.append(own)
        problems |= {
            replace(problem, key=f"{key}.{problem.key}")
            for problem in found
            if not told & {_identity(problem, place) for place in (problem.key, f"{key}.{problem.key}")}
        }
    problems |= set(problems_of(tree, list(check_keys(tree, tuple(Model.model_fields)))))
    if not problems:
        model = model.with_segments(models)
        problems = set(problems_of(tree, list(check_segments(model))))
    return model, problems


def _identity(problem: Problem, key: str) -> Problem:
    """What makes two problems one: the place and what is wrong there; the key where no place is known."""
    return replace(problem, key="" if problem.line else key, hint="")


def _build(tree: Tree, data: dict[str, Node]) -> tuple[Model, set[Problem]]:
    """The model of a config, segments aside, and its problems; the model is then of what has none."""
    faults: list[Fault] = []
    faulty: set[Path] = set()
    try:
        model = Model.model_validate(data)
    except ValidationError as error:
        faults = faults_of(error, data)
        if error.error_count() > FAULT_LIMIT:  # to look for what else is wrong would take long
            raise ConfigError(problems_of(tree, faults)) from None
        model, faulty = prune(data)
    model, of_fields = resolve_fields(model)
    for fault in islice([*of_fields, *check_model(model), *check_measures(model)], FAULT_LIMIT):
        if not is_consequence(fault, data, faulty):
            faults.append(_in_whole(without_stand_ins(fault), data, faulty))
    return model, set(problems_of(tree, faults)) if faults or tree.refusals() else set()


def _in_whole(fault: Fault, data: Node, faulty: set[Path]) -> Fault:
    beside = None if fault.beside is None else original(data, faulty, fault.beside)
    return fault._replace(path=original(data, faulty, fault.path), beside=beside)


def problems_of(tree: Tree, faults: list[Fault]) -> list[Problem]:
    """All problems by line; where YAML itself is refused, what the schema says of that value is noise."""
    found = set(tree.refusals())
    found |= {tree.problem(fault) for fault in faults if not _under(fault.path, tree.refused)}
    return sorted(found)


def _under(path: Path, refused: Mapping[Path, object]) -> bool:
    return any(path[:end] in refused for end in range(len(path) + 1))
