"""check: keys that must fit each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from leadscore.model.accounts import check_account_rules
from leadscore.model.nurture import NURTURE_COLUMNS
from leadscore.model.preset import check_preset
from leadscore.model.schema import Model
from leadscore.model.screen import SCREEN_COLUMNS
from leadscore.model.segments import SEGMENT_COLUMNS
from leadscore.model.tree import Fault, Path
from leadscore.model.write_back import check_write_back
from leadscore.part import nearest
from leadscore.text import fold

LEAD_COLUMNS = ("rank", "score", "tier", "grade", "reasons", "coverage", "disqualified_by")
"""The columns every output may have; a group's points stand in a column of the group's own name."""

WHOLE_COLUMNS = ("rank", "segment_rank", "days_idle", "leads")
"""Columns of whole numbers, in any file; every other number is written as hundredths."""

CHANCE = "win_probability"
"""The column of a run with a probability model; a number of four decimals, kept as ten-thousandths."""

ARM = "arm"
"""The column of a config with arms."""

FILE = "file"
"""The column that says which file a lead is from, where there are several."""

KEPT_COLUMNS = ("id", "line", FILE, "won")
"""What stands beside the columns of a result while leads are collected."""

RULE_LIMIT = 5_000

# A spreadsheet's computer may refuse files of these names, whatever follows the dot.
_PORTS = (f"{port}{number}" for port in ("com", "lpt") for number in range(10))
_RESERVED = {"con", "prn", "aux", "nul", *_PORTS}
_LINE_ENDINGS = (": decay", ": floor", ": cap", ": others")
_ACCOUNT_LINE = "account"


def check_model(model: Model) -> Iterator[Fault]:
    """Keys that contradict each other across the config."""
    yield from check_preset(model.preset)
    yield from _check_rules(model)
    yield from check_account_rules(model)
    yield from _twice([item.name for item in model.disqualify], ("disqualify",))
    yield from _check_signs(model)
    yield from _check_tiers(model)
    yield from _check_nurture(model)
    yield from _check_best_of(model)
    yield from check_write_back(model)
    for key in ("rows", "columns") if model.grade else ():
        yield from _check_group(getattr(model.grade, key).group, ("grade", key, "group"), model)


def lead_columns(model: Model) -> list[str]:
    """The columns that scoring may add, those of the groups aside."""
    segment = SEGMENT_COLUMNS if model.segments else ()
    return [*LEAD_COLUMNS, *segment, *model.measures, *list_columns(model)]


def taken_names(model: Model) -> tuple[str, ...]:
    """What no group may be called, nor a column that the config names."""
    return (*lead_columns(model), *WHOLE_COLUMNS, *KEPT_COLUMNS, CHANCE)


def list_columns(model: Model) -> tuple[str, ...]:
    """Those of them that come from the screen, the nurture list and the arms."""
    screen, nurture = SCREEN_COLUMNS if model.screen else (), NURTURE_COLUMNS if model.nurture else ()
    return (*screen, *nurture, *((ARM,) if model.arms else ()))


def _check_group(group: str, path: Path, model: Model) -> Iterator[Fault]:
    if group not in model.groups:
        meant = nearest(group, model.groups)
        hint = f"did you mean {meant}?" if meant else f"groups are {', '.join(model.groups)}"
        yield Fault(path, "there is no group of that name", hint)


def _check_signs(model: Model) -> Iterator[Fault]:
    first: dict[str, Path] = {}
    for path, sign in model.screen.places() if model.screen else ():
        if first.setdefault(sign.name, path) != path:
            yield Fault((*path, "name"), "two signs have this name", "rename one of them", first[sign.name])


def _check_nurture(model: Model) -> Iterator[Fault]:
    if model.nurture is None:
        return
    cuts = {tier.name: tier.min_score for tier in model.tiers}
    if model.matrix is not None:
        what = "there is no cut to be near to: with a matrix, tiers have none"
        yield Fault(("nurture",), what, "remove nurture, or write min_score instead of the matrix")
    elif model.nurture.tier not in cuts:
        meant = nearest(model.nurture.tier, cuts)
        hint = f"did you mean {meant}?" if meant else f"tiers are {', '.join(cuts)}"
        yield Fault(("nurture", "tier"), "there is no tier of that name", hint)
    elif cuts[model.nurture.tier] is None:
        yield Fault(
            ("nurture", "tier"), "this tier has no min_score to be near to", "name a tier that has one"
        )
    if model.nurture.fit:
        yield from _check_group(model.nurture.fit.group, ("nurture", "fit", "group"), model)


def _check_best_of(model: Model) -> Iterator[Fault]:
    if model.best_of is None:
        return
    for place, group in enumerate(model.best_of.groups):
        yield from _check_group(group, ("best_of", "groups", place), model)
    others = taken_names(model.model_copy(update={"best_of": None}))
    for column in model.best_of.columns:
        if column in others:
            what = f"would make a second column called {column}"
            yield Fault(("best_of", "name"), what, "write another name, such as persona or product")


def _check_rules(model: Model) -> Iterator[Fault]:
    first: dict[str, Path] = {}
    for name, group in model.groups.items():
        if name in taken_names(model):
            yield Fault(("groups", name), "is the name of an output column", "give the group another name")
        for place, rule in enumerate(group.rules):
            path = ("groups", name, "rules", place, "name")
            if first.setdefault(rule.name, path) != path:
                yield Fault(path, "two rules have this name", "rename one of them", first[rule.name])
            if rule.name == _ACCOUNT_LINE and model.accounts and model.accounts.in_score:
                yield Fault(path, "is the name of the line that in_score adds", "rename the rule")
            if rule.name.endswith(_LINE_ENDINGS):
                yield Fault(path, "ends as the lines of decays, floors and caps do", "rename the rule")
    if len(first) > RULE_LIMIT:
        yield Fault(
            ("groups",), f"hold more than {RULE_LIMIT:,} rules", "use a lookup for long lists of values"
        )


def _twice(names: Sequence[str], path: Path) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        if first.setdefault(name, place) != place:
            beside = (*path, first[name], "name")
            yield Fault((*path, place, "name"), "this name stands twice", "rename one of them", beside)


def file_name(tier: str) -> str:
    """A tier's name as a file name: letters and digits of any script, - and _; '' where there are none."""
    kept = unicodedata.normalize("NFC", tier)
    return "".join(letter if _is_safe(letter) else "-" for letter in kept)[:40].strip("-")


def _is_safe(letter: str) -> bool:
    return letter in "-_" or unicodedata.category(letter)[0] in "LMN"


def _check_tiers(model: Model) -> Iterator[Fault]:
    names = [tier.name for tier in model.tiers]
    yield from _twice(names, ("tiers",))
    yield from _check_file_names(names)
    if model.matrix:
        return  # ``check_measures`` says what its tiers need
    cuts = [tier.min_score for tier in model.tiers]
    for place, cut in enumerate(cuts[:-1]):
        if cut is None:
            yield Fault(
                ("tiers", place), "only the last tier may be without min_score", "move it last, or add one"
            )
    if cuts[-1] is not None:
        yield Fault(
            ("tiers", len(cuts) - 1),
            "a score below every min_score has no tier",
            "end with a tier without one",
        )
    known = [(place, cut) for place, cut in enumerate(cuts) if cut is not None]
    for (before, above), (place, cut) in pairwise(known):
        if cut >= above:
            path, beside = ("tiers", place, "min_score"), ("tiers", before, "min_score")
            yield Fault(
                path, "is not below that of the tier before it", "list tiers from the highest down", beside
            )


def _check_file_names(names: Sequence[str]) -> Iterator[Fault]:
    hint = "each tier has a file of its name; rename it"
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        path: Path = ("tiers", place, "name")
        file = fold(file_name(name))
        same = first.setdefault(file, place)
        if "/" in name or "\\" in name or name.startswith(("-", ".")):
            yield Fault(path, "a tier's name cannot hold / or \\ nor begin with - or .", hint)
        elif not file or file in _RESERVED:
            yield Fault(path, "a file cannot have this name", hint)
        elif names[same] != name:
            yield Fault(path, "two tiers would be written to the same file", hint, ("tiers", same, "name"))
