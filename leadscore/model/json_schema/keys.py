"""keys: one sentence for each key whose name says enough in the code, and not yet to a config's author."""

from __future__ import annotations

from leadscore.decays import DECAYS
from leadscore.model.accounts import COMBINATIONS
from leadscore.operators import OPERATORS


class _Blank:
    """Stands for a setting in a sentence that is made for one."""

    def __format__(self, form: str) -> str:
        return "…"

    def __getattr__(self, name: str) -> _Blank:
        return self


def _fill(sentence: str) -> str:
    return sentence.format(field="The field", value=_Blank(), setting=_Blank())


# By the name of the class; where a key is not here, its sentence stands under the attribute itself.
KEYS: dict[str, dict[str, str]] = {
    "Model": {
        "name": "What the model is called; it stands above every result.",
        "extends": "The path of another config, from this one's folder. What this one says stands over it.",
        "id": "The field that identifies a lead. Always text: 000123 keeps its zeros.",
        "preset": "The CRM that wrote the export, where its headers leave a doubt.",
        "fields": "Where fields come from and how they are read. Any other field is the column of that name.",
        "disqualify": "Who leaves the ranking, and why; the first that holds is the reason.",
        "arms": "Leads dealt to pilot and control, by a hash of their ids: the same arm every night.",
        "segments": "Leads of different kinds, each scored by rules of its own; the last takes the rest.",
        "groups": "Rules by what they are about, such as fit and engagement; each group is a column.",
        "scales": "More columns that say the score, or a group, in other words. By the name of the column.",
        "matrix": "Two groups with a cut each: four cells, of which each is a tier, by what is high in it.",
        "tiers": "The parts of the ranking, from the highest cut down. The last takes the rest.",
        "rank_by": "What leads are ranked by, highest first; then the next one, and at last the id.",
        "join": "Tables whose columns are added to the leads by a key. By a name of your own.",
    },
    "FieldConfig": {
        "within_days": "Only events of the last so many days.",
        "type": "What its cells are; without it what the rules need, and text where they leave it open.",
        "decimal": "The mark before decimals.",
        "thousands": "The mark between thousands; indian is 12,34,567. None without it.",
        "digits": "Whether digits of any script count as digits.",
        "exponent": "Whether 1e3 is a number.",
        "true": "The words that are true; an empty one is the empty cell.",
        "false": "The words that are false; an empty one is the empty cell.",
        "derive": "What it is made from: another field (of), or the activity log.",
        "of": "The field it is made from.",
    },
    "_Options": {
        "exact": "Whether texts are compared to the letter: case, Unicode form and the space around them.",
        "accents": "Whether jose and José are two texts (keep) or one (ignore).",
    },
    "_Operators": {name: f"{_fill(each.sentence)}." for name, each in OPERATORS.items()},
    "Case": {"points": "Points of a lead whose first case to match is this one."},
    "Criteria": {
        "all": "Each of these must hold.",
        "any": "One of these must hold.",
        "none": "None of these may hold.",
        "at_least_of": "So many of these must hold.",
    },
    "AtLeastOf": {"k": "How many of them must hold.", "criteria": "What may hold."},
    "Screen": {
        "spam": "Signs of which one is enough to take a lead out of the ranking.",
        "suspect": "Signs of which several make a lead suspect.",
    },
    "Suspect": {"at_least": "So many of the signs make a lead suspect.", "signs": "What is a little odd."},
    "Sign": {"name": "What the sign is called in results.", "when": "Who shows it."},
    "Disqualifier": {"name": "The reason, as it stands in results.", "when": "Who is out."},
    "Segment": {"name": "What it is called in results."},
    "Group": {
        "cap": "The most points the group gives.",
        "floor": "The least points the group gives.",
        "decay": "How the group's points fade with age.",
        "rules": "What gives or takes points. No two rules of a config share a name.",
    },
    "ScoreConfig": {"floor": "The least a score is.", "cap": "The most a score is."},
    "Rule": {
        "name": "What the rule is called in reasons and explanations.",
        "kind": "How points come about.",
        "decay": "How its points fade with age.",
    },
    "Match": {"when": "Who gets the points.", "points": "The points of whoever meets the criteria."},
    "Table": {"field": "The field that is looked at.", "cases": "Tests with points, the most telling first."},
    "Lookup": {"field": "The field that is looked at.", "values": "Values and their points."},
    "Bands": {
        "field": "A number.",
        "age_of": "A date; the number is how many days ago it was.",
        "bands": "Where each band begins, and its points.",
    },
    "Count": {
        "field": "A number of times, such as visits.",
        "event": "One event of the activity log or several, which are counted together.",
        "each": "Points for every time.",
        "once": "Points for the first time; later ones give nothing.",
        "ranges": "Points by how often: the lowest number of times of each range, and its points.",
        "per_value": "Points for each unit of the events' values.",
        "min_count": "The first time that counts.",
        "max_count": "The last time that counts.",
        "within_days": "Only events of the last so many days.",
        "at_most_per_day": "So many events of a day count.",
        "cap": "The most points, where each time earns some.",
        "floor": "The least points, where each time costs some.",
    },
    "Profile": {
        "points": "Points of a lead that meets every criterion.",
        "criteria": "What an ideal customer is like.",
        "unknown": "Whether what is unknown is left out of the weights (ignore) or not met (zero).",
        "min_known": "The share of the weights that must be known, or all is unknown.",
    },
    "Criterion": {
        "name": "What it is called in explanations.",
        "weight": "How much it counts beside the others.",
        "when": "Who meets it.",
        "field": "A number that is closer the nearer it is to centre.",
        "centre": "The number that meets it wholly.",
        "half_width": "So far from the centre nothing is left.",
    },
    "_Forms": {name: f"What was earned {_fill(form.sentence)}." for name, form in DECAYS.items()},
    "Linear": {"lose": "The share that is lost each time.", "every_days": "How often it is lost."},
    "Grade": {"rows": "The first letter.", "columns": "The second letter."},
    "Axis": {"group": "The group whose points give the letter.", "cuts": "Letters and their lowest points."},
    "Value": {
        "size": "What the deal is worth: a number.",
        "cases": "Probabilities; the first that holds counts.",
    },
    "Chance": {"when": "Whose probability it is.", "probability": "The share of such deals that are won."},
    "Scale": {
        "of": "score, or the name of a group.",
        "to": "The number: percent of the way from minimum to maximum, 1-100, 1-10, or percentile of leads.",
        "cuts": "Labels and the lowest value of each.",
    },
    "Heat": {
        "weights": "Groups, scales or score, and how much each counts.",
        "cuts": "Colours and the lowest heat of each, from 0 to 1.",
    },
    "BestOf": {"groups": "The groups that are compared. Of equal ones the first is named."},
    "Tier": {"name": "What the tier and its file are called.", "min_score": "Its lowest score."},
    "Nurture": {
        "tier": "The tier that they nearly reach.",
        "margin": "The most points that may be missing.",
        "fit": "Points they must have in one group.",
        "idle": "How long nothing may have happened.",
    },
    "EnoughPoints": {"group": "The group.", "at_least": "The points it must have given."},
    "Idle": {"since": "A date field: the last touch.", "days": "The least number of days since."},
    "Accounts": {
        "by": "The field that leads of one account share.",
        "combine": "How its leads' scores make the account's.",
        "tiers": "The parts of the list of accounts, from the highest cut down. The last takes the rest.",
        "in_score": "What of its account's score a lead has in its own.",
    },
    "_Combinations": {
        name: f"{way.sentence[0].upper()}{way.sentence[1:]}." for name, way in COMBINATIONS.items()
    },
    "AccountTier": {"name": "What the tier is called.", "min_score": "Its lowest score."},
    "InScore": {
        "share": "The share of the account's score.",
        "cap": "The most points it gives.",
        "floor": "The least points it gives.",
    },
    "Lowest": {"lowest": "The field, or column of the result, whose lowest value comes first."},
    "Arms": {"shares": "Each arm with its share of the leads, such as 50%; together they are all of them."},
    "Outcome": {"field": "The field that tells it.", "won": "Its values that mean won."},
    "EventLog": {
        "event": "The column with the name of the event.",
        "time": "The column with the time of the event, or how it is read.",
        "value": "The column with the event's value, or how it is read.",
    },
    "Input": {"delimiter": "The mark between cells."},
    "Output": {
        "formats": "What files are written.",
        "reasons": "So many reasons stand beside each lead.",
        "contributions": "Whether the points of every rule are written too, to contributions.parquet.",
        "formula_guard": "Whether cells that a spreadsheet would run as a formula get an apostrophe.",
    },
    "Checks": {
        "max_rows_set_aside": "So many rows, or such a share, may be damaged before the run ends with 5.",
        "max_unreadable_cells": "So many cells may be unreadable before that, or such a share of the leads.",
        "min_rows": "The least rows an export has; with fewer nothing is published.",
        "max_row_drop": "By so many rows, or such a share, an export may be smaller than the last run's.",
    },
    "WriteBackNames": {
        "id": "The header of the id.",
        "score": "The header of the score.",
        "tier": "The header of the tier.",
        "reasons": "The header of the reasons.",
        "segment": "The header of the segment.",
        "grade": "The header of the grade.",
        "percent": "The header of the score in percent of what its segment can reach.",
        "win_probability": "The header of the chance to win, for runs with --predict.",
        "arm": "The header of the arm.",
    },
}
