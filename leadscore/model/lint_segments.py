"""lint_segments: doubts about a config with segments: about each one's model, and about the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from leadscore.model.lint import FINDINGS, Finding, Tally, lint_model
from leadscore.model.schema import Model
from leadscore.model.segments import segment_trees
from leadscore.model.tree import Tree

# What is no segment's own: its fields, its screen and its ranking are those of the run.
_OF_THE_RUN = (
    "field-not-used",
    "sign-stands-twice",
    "sign-never-holds",
    "sign-always-holds",
    "matrix-tiers-mixed",
    "segments-mixed",
)


def lint_config(
    model: Model,
    tree: Tree,
    tallies: Mapping[tuple[str, str], Tally] | None = None,
    signs: Mapping[str, Tally] | None = None,
) -> list[Finding]:
    """Every doubt about a config, by line. ``tallies`` are by segment and rule; see ``lint_model``."""
    tallies = tallies or {}
    if not model.segments:
        return lint_model(model, tree, _of_segment(tallies, ""), signs)
    found = lint_model(model, tree, {}, signs, _OF_THE_RUN)
    codes = [code for code in FINDINGS if code not in _OF_THE_RUN]
    told = {(finding.code, replace(finding.problem, key="")) for finding in found}
    whole = zip(segment_trees(tree), model.segments, model.models, strict=True)
    for (key, own_tree), segment, own in whole:
        for finding in lint_model(own, own_tree, _of_segment(tallies, segment.name), None, codes):
            anywhere = (finding.code, replace(finding.problem, key=""))
            if anywhere not in told:
                told.add(anywhere)
                found.append(_in_segment(finding, key))
    return sorted(found, key=lambda finding: finding.problem)


def _of_segment(tallies: Mapping[tuple[str, str], Tally], segment: str) -> dict[str, Tally]:
    """By rule: those of the segment, and those of accounts, which are of no segment."""
    return {rule: tally for (name, rule), tally in tallies.items() if name in ("", segment)}


def _in_segment(finding: Finding, key: str) -> Finding:
    return Finding(finding.code, replace(finding.problem, key=f"{key}.{finding.problem.key}"))
