"""workbooks: small workbooks for tests, made and looked into."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from python_calamine import load_workbook
from xlsxwriter import Workbook

Rows = Sequence[Sequence[Any]]


def workbook(sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> bytes:
    """A workbook with these sheets; text that begins with = is a formula."""
    file = io.BytesIO()
    with Workbook(file, {"default_date_format": "yyyy-mm-dd", "strings_to_urls": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell is not None:
                        sheet.write(row, column, cell)
    return file.getvalue()


def as_workbook(csv_text: str) -> bytes:
    """Lines of plain CSV as a sheet of texts."""
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet("Leads")
        for row, line in enumerate(csv_text.splitlines()):
            for column, cell in enumerate(line.split(",")):
                sheet.write_string(row, column, cell)
    return file.getvalue()


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """The same workbook with another text in one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part, text if part.filename == name else old.read(part))
    return file.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """The text of one of its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read(name)


def sheets_in(path: Path) -> dict[str, list[list[Any]]]:
    """Name -> rows, as another program reads them."""
    book = load_workbook(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
