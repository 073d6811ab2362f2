"""input: how an export is written where its own bytes do not say it."""

from __future__ import annotations

import codecs
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from leadscore.part import Part
from leadscore.scalars import Count, Text

_CODECS = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
    *(f"cp{number}" for number in (*range(1250, 1259), 437, 850, 852, 866, 874, 932, 949, 950)),
    *(f"iso8859-{part}" for part in range(1, 17) if part != 12),
    *("koi8-r", "koi8-u", "mac-roman", "gbk", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
)
"""Python's names. All of them are strict, keep no state between letters, and write a line end as itself."""
DELIMITERS = {",": ",", ";": ";", "\t": "tab", "|": "|", ":": ":", "~": "~", "^": "^"}


def _parse_encoding(value: Any) -> str:
    text = str(value).strip()
    try:
        name = codecs.lookup(text).name
    except (LookupError, ValueError):
        name = ""
    if not isinstance(value, str) or name not in _CODECS:
        raise ValueError("is not an encoding that is read; write for example cp1252, iso-8859-1 or utf-16")
    return name.replace("iso8859", "iso-8859")


def _parse_delimiter(value: Any) -> str:
    # Not through a scalar's own parser: a tab is a separator here and an empty text there.
    named = {shown: mark for mark, shown in DELIMITERS.items()} | {mark: mark for mark in DELIMITERS}
    if not isinstance(value, str) or value not in named:
        raise ValueError(f"must be one of {' '.join(DELIMITERS.values())}; write for example ';'")
    return named[value]


def _refuse_zero(line: int) -> int:
    if not line:
        raise ValueError("is counted from 1, as an editor shows it")
    return line


Encoding = Annotated[str, PlainValidator(_parse_encoding), WithJsonSchema({"type": "string"})]
_NAMES = {"enum": [*DELIMITERS.values(), "\t"]}
Delimiter = Annotated[str, PlainValidator(_parse_delimiter), WithJsonSchema(_NAMES)]


class Input(Part):
    """What to go by instead of what the file looks like. Without it, everything is recognised."""

    encoding: Encoding | None = None
    """UTF-8, or what a byte order mark says, without it. Nothing else is ever guessed."""
    header_line: Annotated[Count, AfterValidator(_refuse_zero)] | None = None
    """The line the header begins in, as an editor counts."""
    delimiter: Delimiter | None = None
    sheet: Text | None = None
    """Of a workbook; the first one that is shown and holds anything without it."""


AS_FOUND = Input()
