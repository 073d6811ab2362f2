"""from_model: a model that ships, and an export -> that model, its fields read from these columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from leadscore.analysis.init.build import Asked, Made
from leadscore.analysis.init.complete import column_checks, output_prefix
from leadscore.analysis.init.config_text import ConfigText
from leadscore.analysis.init.draft import Draft, FieldDraft
from leadscore.analysis.init.mapped import map_fields
from leadscore.analysis.init.survey import Survey, survey_export
from leadscore.analysis.init.trial import Tried, nothing_tried, try_text
from leadscore.errors import ConfigError, InputError, Problem, UsageError
from leadscore.model.build import build_model
from leadscore.model.load import load_tree
from leadscore.model.schema import Model
from leadscore.model.shipped import find_shipped, shipped_folder
from leadscore.model.tree import child
from leadscore.rules import AnyRule
from leadscore.text import visible

_NO_DAY = date(1970, 1, 1)
_NAMED = re.compile(r"config: *([\w.]+)")
_OTHERS = "another model may suit better: leadscore init --model list"


def make_from_model(paths: Sequence[Path], asked: Asked, name: str, out: Path | None) -> Made:
    """The config of that name for this export.

    ``out``: where it will stand, from which the configs it names are looked for. Raises UsageError for a name
    there is not, or configs it needs; InputError as ``survey_export`` does, and where it reads nothing there.
    """
    name, content = find_shipped(name)
    file = str(out or "model.yml")
    model = _load(name, content, file)
    survey = survey_export(paths, asked.id)
    found = map_fields(model, survey, asked)
    absent = [field for field, settings in found.items() if settings.get("optional")]
    notes = tuple(_notes(name, model, survey, found, absent))
    text = ConfigText(content.decode())
    text.replace_fields(found, model.id)
    try:
        is_shorter = _take_out(text, model, absent, file)
        tried = _suit(text, model, survey, asked.as_of or _NO_DAY, file)
    except ConfigError:
        raise UsageError(_needs(name, content)) from None
    text.head(_head(name, survey, absent, is_shorter))
    draft = Draft(model.name, FieldDraft(model.id, {}), (), (), tiers=())
    return Made(text.text, survey, draft, tried, asked.as_of, notes=notes, needs_log=_needs_log(model))


def _load(name: str, content: bytes, file: str) -> Model:
    """The model as it ships. Raises UsageError where a config it names does not stand beside the file."""
    model = build_model(load_tree(str(shipped_folder() / f"{name}.yml"), content))
    if not all((Path(file).parent / named).is_file() for named in _NAMED.findall(content.decode())):
        raise UsageError(_needs(name, content))
    return model


def _needs(name: str, content: bytes) -> Problem:
    named = sorted(set(_NAMED.findall(content.decode())))
    first = f"leadscore init EXPORT --model {Path(named[0]).stem} -o {named[0]}" if named else ""
    what = f"{name} needs {', '.join(named)} beside it, written for this export"
    return Problem("--model", what=what, hint=f"write that first: {first}")


def _notes(
    name: str, model: Model, survey: Survey, found: Mapping[str, object], absent: Sequence[str]
) -> Iterator[str]:
    """What is to be told. Raises InputError where no rule reads anything the export has."""
    rules = [rule for own in model.groups.values() for rule in own.rules]
    idle = sum(_is_idle(rule, model, set(absent)) for rule in rules)
    if idle == len(rules):
        what = f"the model {name} reads nothing that this export has: it asks for {', '.join(absent)}"
        raise InputError(Problem(survey.title, what=what, hint=_OTHERS))
    yield f"the model is {name}: {len(found) - len(absent)} of its {len(found)} fields have a column here"
    if absent:
        yield f"no column for {', '.join(absent)}: unknown for every lead"
    if 2 * idle >= len(rules):
        yield f"{idle} of its {len(rules)} rules read nothing here; {_OTHERS}"


def _suit(text: ConfigText, model: Model, survey: Survey, day: date, file: str) -> Tried:
    """Name the output's columns apart where it must, and allow what the export has that cannot be read."""
    prefix = output_prefix(survey, model.group_names)
    if prefix:
        text.update("output", {"prefix": prefix}, load_tree(file, text.text.encode()))
    tried = _try(text, survey, day, file)
    checks = column_checks(tried)
    if checks:
        text.update("checks", checks, load_tree(file, text.text.encode()))
    return tried


def _take_out(text: ConfigText, model: Model, absent: Sequence[str], file: str) -> bool:
    """Rules that read nothing this export has become comments, as far as the config can still be scored.

    Whether there are any.
    """
    lacking, is_shorter = set(absent), False
    text.drop_decays(lacking)
    for group, own in model.groups.items():
        idle = [place for place, rule in enumerate(own.rules) if _is_idle(rule, model, lacking)]
        if idle and len(idle) < len(own.rules):
            before = text.text
            tree = load_tree(file, text.text.encode())
            text.comment_out([tree.places[("groups", group, "rules", place)][0] for place in idle])
            if _is_sound(text.text, file):
                is_shorter = True
            else:
                text.text = before
    if not _is_sound(text.text, file):
        text.restore_decays()
    tree = load_tree(file, text.text.encode())
    read, declared = build_model(tree), child(tree.data, "fields")
    outcome = (model.outcome.at, model.outcome.since) if model.outcome else ()
    names = declared if isinstance(declared, dict) else ()
    text.comment_fields([name for name in names if name not in read.fields and name not in outcome])
    return is_shorter


def _is_idle(rule: AnyRule, model: Model, lacking: set[str]) -> bool:
    read = {use.field for use in rule.reads()}
    sources = {model.fields[name].of or name for name in read}
    return bool(sources) and sources <= lacking


def _is_sound(text: str, file: str) -> bool:
    try:
        build_model(load_tree(file, text.encode()))
    except ConfigError:
        return False
    return True


def _try(text: ConfigText, survey: Survey, day: date, file: str) -> Tried:
    """What a run would meet; nothing is known of it where the config needs more than the export."""
    lenient = ConfigText(text.text)
    lenient.update("checks", {"on_duplicate": "last"}, load_tree(file, text.text.encode()))
    try:
        return try_text(lenient.text, survey, day, file)
    except UsageError:
        return nothing_tried()


def _needs_log(model: Model) -> bool:
    counted = any(
        getattr(rule, "event", None) for own in model.models for g in own.groups.values() for rule in g.rules
    )
    return counted or any(
        (field.derive or "").partition("_")[0] in ("last", "event") for field in model.fields.values()
    )


def _head(name: str, survey: Survey, absent: Sequence[str], is_shorter: bool) -> Iterator[str]:
    files = ", ".join(visible(path.name) for path in survey.paths[:3])
    yield f"The model {name} of leadscore, for {files}: leadscore init wrote where each field is read from."
    if absent:
        yield f"This export has no column for {', '.join(absent)}: they are unknown for every lead."
        idle = "stand below as comments" if is_shorter else "give nothing, and the cuts count on them"
        yield f"Rules that read nothing else {idle}. Name a column under fields (from:) to change that."
    yield "Points and cuts are the model's own and know nothing of these leads: see leadscore check."
