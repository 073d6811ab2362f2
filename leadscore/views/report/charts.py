"""charts: figures -> pictures drawn by matplotlib, as SVG that takes its colours from the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

from leadscore.views.report.markup import Markup, element

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A colour that is drawn -> what the page calls it, so that a dark page has light ink.
_INK = {"#010203": "ink", "#040506": "line", "#070809": "bar", "#0a0b0c": "mark", "#0d0e0f": "paper"}
INK, LINE, BAR, MARK, PAPER = _INK
DARK = "#111111"
"""On a cell of the heat map, whatever the page."""
HEAT = ("#7db4dc", "#b9d5e8", "#efeee4", "#f4b68a", "#e8715f")
"""From blue to red, light enough for dark figures on it; blue and red are told apart by nearly everybody."""
_COLOUR = re.compile("|".join(_INK), re.IGNORECASE)
_HEAD = re.compile(r"<svg\b[^>]*?viewBox=\"([^\"]*)\"[^>]*>", re.DOTALL)
_ID, _ASKED_FOR = re.compile(r' id="([^"]+)"'), re.compile(r'(?:url\(#|href="#)([^")]+)')
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_NOTHING = {"Date": None, "Creator": None, "Format": None, "Type": None}
"""The same figures give the same bytes: no day, and no release."""


def draw(
    name: str, words: str, paint: Callable[[Axes], None], width: float = 7.2, height: float = 2.6
) -> Markup:
    """One picture; ``words`` say the same to those who do not see it. Its ids come from the name."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": name, **_style()}):
        figure = Figure(figsize=(width, height), layout="constrained")
        paint(figure.subplots())
        svg = _svg_of(figure)
    return element("figure", Markup(svg), role="img", aria_label=words)


def _style() -> dict[Any, Any]:
    return {
        "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "text.parse_math": False,
        "text.color": INK, "axes.edgecolor": LINE, "axes.labelcolor": INK, "xtick.color": INK,
        "ytick.color": INK, "axes.facecolor": "none", "figure.facecolor": "none", "axes.spines.top": False,
        "axes.spines.right": False, "grid.color": LINE, "grid.linewidth": 0.4, "axes.axisbelow": True,
    }  # fmt: skip


def _svg_of(figure: Figure) -> str:
    text = StringIO()
    figure.savefig(text, format="svg", metadata=_NOTHING)
    svg = text.getvalue()
    svg = _METADATA.sub("", svg[svg.index("<svg") :])
    svg = _HEAD.sub(lambda found: f'<svg viewBox="{found[1]}" aria-hidden="true">', svg, count=1)
    # Every picture has a figure_1; what nothing refers to needs no id.
    asked_for = set(_ASKED_FOR.findall(svg))
    svg = _ID.sub(lambda found: found[0] if found[1] in asked_for else "", svg)
    return _COLOUR.sub(lambda found: f"var(--{_INK[found[0].lower()]})", svg)


def histogram(
    starts: Sequence[float], width: float, leads: Sequence[int], cuts: Sequence[tuple[str, float]]
) -> Markup:
    """Leads by score, with a line where each tier begins."""

    def paint(axes: Axes) -> None:
        axes.bar(starts, leads, width=width, align="edge", color=BAR, linewidth=0)
        for name, cut in cuts:
            axes.axvline(cut, color=MARK, linewidth=1)
            axes.annotate(
                name, (cut, 1), (3, -8), xycoords=("data", "axes fraction"), textcoords="offset points",
                color=MARK,
            )  # fmt: skip
        axes.set_xlabel("score")
        axes.set_ylabel("leads")
        axes.grid(axis="y")

    most = max(range(len(leads)), key=lambda place: leads[place])
    words = f"Leads by score. Most of them, {leads[most]:,}, from {starts[most]:g} on."
    return draw("histogram", words, paint)


def gains(shares: Sequence[float], words: str) -> Markup:
    """The share of the won leads in the first tenths of the ranking, against what chance gives."""

    def paint(axes: Axes) -> None:
        tenths = [10 * place for place in range(len(shares) + 1)]
        axes.plot(tenths, [0, *(100 * share for share in shares)], color=BAR, marker="o", markersize=4)
        axes.plot([0, 100], [0, 100], color=LINE, linestyle="--", linewidth=1)
        axes.set_xlabel("% of the leads, best first")
        axes.set_ylabel("% of the won")
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 102)
        axes.grid()

    return draw("gains", words, paint, width=4.2, height=3.2)


def heat_map(
    told: Sequence[Sequence[str]],
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
    heat: Sequence[Sequence[float | None]],
    words: str,
) -> Markup:
    """Leads by two groups, from blue to red by ``heat`` (0 to 1); what each cell holds stands in it."""

    def paint(axes: Axes) -> None:
        import numpy as np
        from matplotlib.colors import LinearSegmentedColormap

        colours = LinearSegmentedColormap.from_list("heat", HEAT)
        values = np.array([[np.nan if cell is None else cell for cell in row] for row in heat], dtype=float)
        # Squares, not an image: they stay sharp, and the page needs no leave to show images.
        edges = [np.arange(size + 1) - 0.5 for size in values.shape[::-1]]
        known = np.ma.masked_invalid(values)
        axes.pcolormesh(*edges, known, cmap=colours, vmin=0, vmax=1, edgecolors=PAPER, linewidth=1)
        for row, cells in enumerate(told):
            for column, cell in enumerate(cells):
                axes.text(column, row, cell, ha="center", va="center", color=DARK)
        axes.set_xticks(range(len(columns[1])), labels=columns[1])
        axes.set_yticks(range(len(rows[1])), labels=rows[1])
        axes.set_xlabel(columns[0])
        axes.set_ylabel(rows[0])
        axes.tick_params(length=0)

    return draw("heat map", words, paint, width=7.2, height=3.6)
