"""sheets: a workbook being written, a row at a time, so that none of its rows stays in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadscore.pipeline.job import Job
from leadscore.pipeline.sheet_cells import Cells, cut_text, is_markup
from leadscore.pipeline.sheet_names import SUMMARY
from leadscore.pipeline.sheet_summary import Line

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format as Look
    from xlsxwriter.worksheet import Worksheet

_COLOURS = ("#5A8AC6", "#FCFCFF", "#F8696B")
"""Blue, white, red: for the lowest, the middle and the highest score; no green beside the red."""
_WIDTHS = {"reasons": 60, "because": 60}
_WIDEST, _LOOKED_AT = 40, 1_000
Blocks = Iterator[tuple[list[str], list[Cells]]]
"""The headers of a sheet and its columns, some rows at a time."""


class Sheets:
    """The sheets of one file, which is whole when the block ends well."""

    def __init__(self, file: Any, folder: Path, job: Job, summary: dict[str, Any], prefix: str) -> None:
        from xlsxwriter import Workbook  # late: hardly any run writes one

        literal = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book: Workbook = Workbook(file, {"constant_memory": True, "tmpdir": str(folder), **literal})
        self.book.set_properties({"created": datetime.combine(job.as_of, time()), "title": job.model.name})
        self.book.use_zip64()
        top = {"valign": "top"}
        self.bold = self.book.add_format({"bold": True})
        self.header = self.book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7EBF2", **top})
        self.number, self.text = self.book.add_format(top), self.book.add_format({"num_format": "@", **top})
        self.wrapped = self.book.add_format({"text_wrap": True, "num_format": "@", **top})
        self.share = self.book.add_format({"num_format": "0.0%", **top})
        self.scale, self.prefix = _scale(summary), prefix
        self.told, self.rows = job.told, 0
        self.total = sum(tier["leads"] for tier in summary["tiers"]) or 1

    def __enter__(self) -> Sheets:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        from xlsxwriter.exceptions import FileCreateError

        try:
            if kind is None:
                self.book.close()
        except FileCreateError as error:
            raise error.args[0] from None  # what the system said
        finally:
            for sheet in self.book.worksheets():  # after a failure their files go with the stage
                if sheet.row_data_fh is not None:
                    sheet.row_data_fh.close()

    def summarize(self, lines: Sequence[Line]) -> None:
        """The first sheet."""
        sheet = self.book.add_worksheet(SUMMARY)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 12, 12)
        looks = {"": None, "bold": self.bold, "header": self.header, "share": self.share}
        for row, line in enumerate(lines):
            for place, (value, look) in enumerate(line):
                _put(sheet, row, place, value, looks[look])

    def add(self, name: str, blocks: Blocks, leads: int) -> int:
        """A sheet of leads, best first: header frozen, filters, the scores coloured; the rows written."""
        sheet = self.book.add_worksheet(name)
        row = count(1)
        for place, (headers, columns) in enumerate(blocks):
            if not place:
                self._begin(sheet, headers, columns, leads)
            # XlsxWriter takes a cell at a time: this is the one loop over leads.
            for cells in zip(*columns, strict=True):
                number = next(row)
                for column, value in enumerate(cells):
                    if value.__class__ is str:
                        if value:
                            sheet.write_string(number, column, value)
                    elif value is not None:
                        _put(sheet, number, column, value)
            self.rows += len(columns[0])
            self.told("leads written", self.rows, min(self.rows / self.total, 1))
        return next(row) - 1

    def _begin(self, sheet: Worksheet, headers: list[str], columns: list[Cells], leads: int) -> None:
        for place, (header, cells) in enumerate(zip(headers, columns, strict=True)):
            sheet.set_column(place, place, *self._column(header, cells))
        for place, header in enumerate(headers):
            _put(sheet, 0, place, header, self.header)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, leads, len(headers) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{leads + 1}"})
        score = self.prefix + "score"
        if score in headers and leads and self.scale:
            place = headers.index(score)
            sheet.conditional_format(1, place, leads, place, self.scale)

    def _column(self, header: str, cells: Cells) -> tuple[int, Look]:
        """How wide a column is, and how it looks."""
        width = _WIDTHS.get(header.removeprefix(self.prefix))
        if width:
            return width, self.wrapped
        some = [cell for cell in cells[:_LOOKED_AT] if cell is not None]
        is_text = all(isinstance(cell, str) for cell in some)
        longest = max((len(str(cell)) for cell in some), default=0)
        return min(max(longest, len(header) + 2, 6) + 1, _WIDEST), self.text if is_text else self.number


def _put(sheet: Worksheet, row: int, column: int, value: Any, look: Look | None = None) -> None:
    if isinstance(value, str):
        text = cut_text(str(value))
        if is_markup(text):  # in pieces it is none any more
            sheet.write_rich_string(row, column, text[:1], text[1:2], text[2:], *([look] if look else []))
        else:
            sheet.write_string(row, column, text, look)
    elif value is not None:
        sheet.write_number(row, column, value, look)


def _scale(summary: dict[str, Any]) -> dict[str, Any] | None:
    """One scale of colours for all sheets: from the lowest score over the middle one to the highest."""
    tiers = [tier for tier in summary["tiers"] if tier["leads"]]
    low, high = (
        min((tier["lowest"] for tier in tiers), default=0),
        max((tier["highest"] for tier in tiers), default=0),
    )
    middle = summary["score"]["quantiles"]["50"] or 0
    middle = middle if low < middle < high else (low + high) / 2
    kinds = {f"{end}_type": "num" for end in ("min", "mid", "max")}
    values = {"min_value": low, "mid_value": middle, "max_value": high}
    colours = dict(zip(("min_color", "mid_color", "max_color"), _COLOURS, strict=True))
    return {"type": "3_color_scale", **kinds, **values, **colours} if low < high else None
