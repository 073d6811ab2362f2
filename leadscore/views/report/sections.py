"""sections: the parts of a report that are words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leadscore.analysis.reported import Reported
from leadscore.views.report.markup import Markup, Words, element, join, table

_ALL_READ = "Every line and cell could be read."
_MISSING = "What the score reads and is missing most often"


def show_headline(reported: Reported) -> Markup:
    """The figures one would say aloud."""
    summary = reported.summary
    leads, first, outcome = summary["leads"], summary["tiers"][0], summary["outcome"]
    figures = {"Leads ranked": f"{leads['ranked']:,}", f"In {first['name']}": f"{first['leads']:,}"}
    if outcome and outcome["rate"] is not None:
        figures["Won"] = f"{outcome['rate']:.1%}"
        if first["outcome"] and first["outcome"]["rate"] is not None:
            figures[f"Won in {first['name']}"] = f"{first['outcome']['rate']:.1%}"
    moved = summary.get("moved")
    if moved:
        figures["Moved tier"] = f"{sum(moved[key] for key in ('entered', 'up', 'down') if key in moved):,}"
    pairs = (element("div", element("dt", name), element("dd", value)) for name, value in figures.items())
    return join([element("p", _sum(leads), class_="soft"), element("dl", *pairs, class_="figures")])


def _sum(leads: Mapping[str, int]) -> str:
    parts = [f"{count:,} {name.replace('_', ' ')}" for name, count in leads.items() if name != "in" and count]
    return f"{leads['in']:,} leads = {' + '.join(parts)}"


def show_tiers(reported: Reported) -> Markup:
    """The tiers, best first."""
    tiers = reported.summary["tiers"]
    with_outcome = any(tier["outcome"] for tier in tiers)
    heads = ["Tier", "From", "Leads", "Share", *(["Won/known", "Rate", "Lift"] if with_outcome else [])]
    most = max((tier["share"] or 0 for tier in tiers), default=0) or 1
    return table(heads, (_tier(tier, most, with_outcome) for tier in tiers))


def _tier(tier: Mapping[str, Any], most: float, with_outcome: bool) -> Iterator[Markup | str | None]:
    yield tier["name"]
    yield "" if tier["min_score"] is None else f"{tier['min_score']:g}"
    yield f"{tier['leads']:,}"
    yield _share(tier["share"], most)
    if with_outcome:
        outcome = tier["outcome"] or {"won": 0, "known": 0, "rate": None}
        yield f"{outcome['won']:,}/{outcome['known']:,}"
        yield "" if outcome["rate"] is None else f"{outcome['rate']:.1%}"
        yield "" if tier["lift"] is None else f"{tier['lift']:.2f}"


def _share(share: float | None, most: float) -> Markup | str:
    if share is None:
        return ""
    width = max(round(100 * share / most), 1) if share else 0
    bar = element("span", class_="bar", style=f"width:{width}%", aria_hidden="true") if width else None
    return join([f"{share:.1%}", bar])


def show_rules(reported: Reported) -> Markup:
    """What each rule did, in the order of the config."""
    rules = reported.summary["rules"]
    most = max((abs(rule["points"]) for rule in rules), default=0) or 1
    heads = ("Rule", "Group", "Leads", "Not known for", "Points")
    return table(heads, (_rule(rule, most) for rule in rules))


def _rule(rule: Mapping[str, Any], most: float) -> Iterator[Markup | str | None]:
    yield f"{rule['segment']}: {rule['name']}" if rule.get("segment") else rule["name"]
    yield Words(rule["group"])
    yield f"{rule['fired']:,}"
    yield f"{rule['unknown']:,}"
    width = round(100 * abs(rule["points"]) / most)
    bar = "bar" if rule["points"] >= 0 else "bar minus"
    drawn = element("span", class_=bar, style=f"width:{width}%", aria_hidden="true") if width else None
    yield join([f"{rule['points']:,.0f}", drawn])


def show_leads(reported: Reported) -> Markup | None:
    """Those to call first, with the reasons; nothing where the report tells of nobody."""
    if not reported.leads:
        return None
    heads = (reported.id, "Rank", "Tier", "Score", "Reasons")
    rows = ([id_, rank, tier, score, Words(reasons)] for id_, rank, tier, score, reasons in reported.leads)
    return table(heads, rows)


def show_moved(reported: Reported) -> Markup | None:
    """How many stand elsewhere than in the run before; nothing where there was none to compare with."""
    moved = reported.summary.get("moved")
    if not moved:
        return None
    told = [f"{count:,} {name}" for name, count in moved.items() if isinstance(count, int)]
    counts = element("p", ", ".join(told))
    if not reported.movers:
        return counts
    heads = (reported.id, "Change", "From", "To", "Because")
    return join([counts, table(heads, ([id_, *map(Words, told)] for id_, *told in reported.movers))])


def show_quality(reported: Reported) -> Markup:
    """What could not be read, and what is often missing."""
    summary = reported.summary
    aside = [[f"lines: {reason}", f"{lines:,}"] for reason, lines in summary["set_aside"].items()]
    cells = [[f"{each['column']}: {each['reason']}", f"{each['cells']:,}"] for each in summary["unreadable"]]
    missing = sorted(summary.get("fields", ()), key=lambda each: (-each["unknown"], each["name"]))
    rows = [
        [each["name"], f"{each['unknown']:,}", f"{each['unknown'] / each['leads']:.1%}"]
        for each in missing[:15]
        if each["unknown"] and each["leads"]
    ]
    unread = aside + cells
    notes = (element("p", note, class_="soft") for note in summary.get("notes", ()))
    parts = [
        table(("Could not be read", "Count"), unread) if unread else element("p", _ALL_READ),
        table(("Field", "Not known", "Share"), rows, _MISSING) if rows else None,
    ]
    return join([*parts, *notes])


def show_origin(reported: Reported) -> Markup:
    """Config, inputs and digests: enough to make the same run again."""
    manifest = reported.manifest
    rows = [["config", manifest["config"]["file"], _code(manifest["config"]["sha256"])]]
    rows += [["input", each["file"], _code(each["sha256"])] for each in manifest["inputs"]]
    rows += [["set", given, ""] for given in manifest["config"].get("set", ())]
    told = f"Scored for {manifest['as_of']} by leadscore {manifest['leadscore']}."
    return join([element("p", told), table(("What", "File", "SHA-256"), rows)])


def _code(digest: str) -> Markup:
    return element("code", digest[:16] + "…", title=digest)
