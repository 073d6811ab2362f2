"""lint: doubts about a config that can be scored but does not do what it seems to say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from leadscore.model.facts import Facts as Facts, Tally as Tally
from leadscore.model.lint_bounds import (
    bound_always_binds,
    grade_cell_out_of_reach,
    grade_cut_out_of_reach,
    idle_bound,
    rule_above_cap,
    tier_out_of_reach,
    tier_stays_empty,
)
from leadscore.model.lint_cases import (
    bands_out_of_order,
    case_never_wins,
    cases_leave_gap,
    cases_overlap,
    segment_never_wins,
)
from leadscore.model.lint_columns import (
    column_changed,
    column_empty,
    column_missing,
    column_renamed,
    leak_suspect,
    suddenly_unknown,
)
from leadscore.model.lint_data import (
    decay_date_missing,
    rule_always_matches,
    rule_never_matches,
    rules_coincide,
    value_not_listed,
)
from leadscore.model.lint_lists import (
    nurture_points_out_of_reach,
    sign_always_holds,
    sign_never_holds,
    sign_stands_twice,
)
from leadscore.model.lint_measures import (
    matrix_cut_out_of_reach,
    matrix_tiers_mixed,
    scale_cut_out_of_reach,
    segments_mixed,
)
from leadscore.model.lint_rules import field_not_used, rule_without_points, rules_count_twice
from leadscore.model.lint_stages import stage_order
from leadscore.model.schema import Model
from leadscore.model.subject import Finding as Finding, Subject
from leadscore.model.tree import Fault, Tree

NO_FACTS = Facts()


def lint_model(
    model: Model, tree: Tree, facts: Facts = NO_FACTS, codes: Collection[str] | None = None
) -> list[Finding]:
    """Every doubt about a model, by line; ``facts`` add those about an export.

    ``codes``: only these kinds of doubt.
    """
    subject = Subject(model, tree, facts)
    wanted = {code: find for code, find in FINDINGS.items() if codes is None or code in codes}
    found = [Finding(code, tree.problem(fault)) for code, find in wanted.items() for fault in find(subject)]
    return sorted(found, key=lambda finding: finding.problem)


# Code -> what finds it; the function's docstring is the explanation. A new finding is a function and a line.
FINDINGS: dict[str, Callable[[Subject], Iterator[Fault]]] = {
    "tier-out-of-reach": tier_out_of_reach,
    "tier-stays-empty": tier_stays_empty,
    "grade-cut-out-of-reach": grade_cut_out_of_reach,
    "grade-cell-out-of-reach": grade_cell_out_of_reach,
    "scale-cut-out-of-reach": scale_cut_out_of_reach,
    "matrix-cut-out-of-reach": matrix_cut_out_of_reach,
    "matrix-tiers-mixed": matrix_tiers_mixed,
    "nurture-points-out-of-reach": nurture_points_out_of_reach,
    "idle-bound": idle_bound,
    "bound-always-binds": bound_always_binds,
    "rule-above-cap": rule_above_cap,
    "rule-without-points": rule_without_points,
    "rules-count-twice": rules_count_twice,
    "stage-order": stage_order,
    "case-never-wins": case_never_wins,
    "cases-leave-gap": cases_leave_gap,
    "cases-overlap": cases_overlap,
    "bands-out-of-order": bands_out_of_order,
    "segment-never-wins": segment_never_wins,
    "segments-mixed": segments_mixed,
    "sign-stands-twice": sign_stands_twice,
    "field-not-used": field_not_used,
    "rule-never-matches": rule_never_matches,
    "rule-always-matches": rule_always_matches,
    "rules-coincide": rules_coincide,
    "sign-never-holds": sign_never_holds,
    "sign-always-holds": sign_always_holds,
    "value-not-listed": value_not_listed,
    "decay-date-missing": decay_date_missing,
    "column-empty": column_empty,
    "column-missing": column_missing,
    "column-renamed": column_renamed,
    "column-changed": column_changed,
    "suddenly-unknown": suddenly_unknown,
    "leak-suspect": leak_suspect,
}
