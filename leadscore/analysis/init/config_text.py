"""config_text: the text of a config that ships, changed line by line so that its comments stay."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from leadscore.analysis.init.yaml_lines import comment, key_text, value_text
from leadscore.model.tree import Tree, child

_ENTRY = re.compile(r"  (?P<name>[^\s#:][^:]*): +(?P<value>[^#]*?)(?P<remark>\s+#.*)?$")
_WIDEST = 24
_NOT_HERE = "# not in this export: "


class ConfigText:
    """A config as lines."""

    def __init__(self, text: str) -> None:
        self.text = text

    def replace_fields(self, fields: Mapping[str, Mapping[str, Any]], id_field: str) -> None:
        """Say where these fields come from; derived ones, and remarks, stay as they are."""
        lines = self.text.splitlines()
        start = next((place for place, line in enumerate(lines) if line.startswith("fields:")), None)
        said = {name: value for name, value in fields.items() if value}
        if start is None:
            place = next(place for place, line in enumerate(lines) if line.startswith("id:")) + 1
            added = [_entry(name, value, "") for name, value in said.items()]
            lines[place:place] = ["", "fields:", *added] if added else []
        else:
            end = next(
                (at for at in range(start + 1, len(lines)) if re.match(r"[^\s#]", lines[at])), len(lines)
            )
            while not lines[end - 1].strip() or lines[end - 1].startswith("#"):
                end -= 1
            lines[start + 1 : end] = _rewritten(lines[start + 1 : end], said, fields)
            if start + 1 == len(lines) or not lines[start + 1].startswith(" "):
                del lines[start]
        self.text = "\n".join(lines) + "\n"

    def comment_out(self, starts: Sequence[int]) -> None:
        """The rules that begin in these lines, 1-based."""
        lines = self.text.splitlines()
        for start in starts:
            first = lines[start - 1]
            indent = len(first) - len(first.lstrip(" "))
            end = start
            while (
                end < len(lines)
                and len(lines[end]) - len(lines[end].lstrip(" ")) > indent
                and lines[end].strip()
            ):
                end += 1
            for place in range(start - 1, end):
                lines[place] = f"{' ' * indent}# {lines[place][indent:]}"
        self.text = "\n".join(lines) + "\n"

    def drop_decays(self, lacking: Collection[str]) -> None:
        """Decays that count from a date nobody has: they would leave nothing of any points."""
        self._before = self.text
        names = "|".join(map(re.escape, sorted(lacking))) or "(?!)"
        pattern = re.compile(rf"^( +)(decay: .*since: (?:{names})\}}.*)$", re.MULTILINE)
        self.text = pattern.sub(rf"\1{_NOT_HERE}\2", self.text)

    def restore_decays(self) -> None:
        """As it was before ``drop_decays``."""
        self.text = self._before

    def comment_fields(self, names: Collection[str]) -> None:
        """Fields that nothing reads any more."""
        for name in names:
            pattern = re.compile(rf"^  ({re.escape(key_text(name, True))}: )", re.MULTILINE)
            self.text = pattern.sub(r"  # \1", self.text, count=1)

    def update(self, key: str, values: Mapping[str, Any], tree: Tree) -> None:
        """Add to a key of the config that stands in one line, or write one."""
        there = child(tree.data, key)
        merged = {**(there if isinstance(there, dict) else {}), **values}
        line = f"{key}: {value_text(merged)}"
        pattern = re.compile(rf"^{key}:.*$", re.MULTILINE)
        found = pattern.search(self.text)
        self.text = pattern.sub(lambda _: line, self.text, count=1) if found else f"{self.text}{line}\n"

    def head(self, lines: Iterable[str]) -> None:
        """Lines of a comment on top of those there are; the command to try it on samples goes."""
        kept = [line for line in self.text.splitlines() if not line.startswith("# Try it:")]
        self.text = re.sub(r"\n{3,}", "\n\n", "\n".join([*comment(list(lines)), "#", *kept]) + "\n")


def _rewritten(
    block: Sequence[str], said: Mapping[str, Mapping[str, Any]], fields: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """The lines of the fields, with what is to be said now in the place of what was."""
    left = dict(said)
    width = min(max((len(key_text(name, True)) for name in left), default=0) + 1, _WIDEST)
    for line in block:
        entry = _ENTRY.match(line)
        name = entry["name"].strip("\"'") if entry else ""
        if name in fields:
            value = left.pop(name, None)
            if value:
                yield _entry(name, value, (entry and entry["remark"]) or "", width)
        else:
            yield line
    yield from (_entry(name, value, "", width) for name, value in left.items())


def _entry(name: str, value: Mapping[str, Any], remark: str, width: int = 0) -> str:
    told = "  # no column here" if value.get("optional") else remark and f"  {remark.strip()}"
    return f"  {key_text(name, True) + ':':<{width}} {value_text(value)}{told}"
