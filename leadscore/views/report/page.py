"""page: a run's figures -> one HTML file, the answer first; nothing in it is fetched, and nothing runs."""

from __future__ import annotations

from collections.abc import Callable

from leadscore import __version__
from leadscore.analysis.reported import Reported
from leadscore.views.report.markup import Markup, element, join
from leadscore.views.report.pictures import show_distribution, show_gains, show_heat_map
from leadscore.views.report.sections import (
    show_headline,
    show_leads,
    show_moved,
    show_origin,
    show_quality,
    show_rules,
    show_tiers,
)
from leadscore.views.report.style import STYLE

# In the order of the page. A new section is an entry: what it shows, or None where there is nothing to show.
SECTIONS: dict[str, Callable[[Reported], Markup | None]] = {
    "": show_headline,
    "Tiers": show_tiers,
    "Scores": show_distribution,
    "Who they are, and what they do": show_heat_map,
    "Rules": show_rules,
    "Does the score work": show_gains,
    "Since the last run": show_moved,
    "First leads": show_leads,
    "Data": show_quality,
    "Where this comes from": show_origin,
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_page(reported: Reported) -> bytes:
    """The page in UTF-8; the same bytes for the same run."""
    title = f"{reported.name}, {reported.as_of}"
    shown = ((heading, section(reported)) for heading, section in SECTIONS.items())
    body = join(
        element("section", element("h2", heading) if heading else None, inside)
        for heading, inside in shown
        if inside is not None
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("meta", name="generator", content=f"leadscore {__version__}"),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    main = element("main", element("h1", title), body)
    page = element("html", head, element("body", main), lang="en")
    return f"<!DOCTYPE html>\n{page}\n".encode()
