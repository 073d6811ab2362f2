"""sarif: doubts, or the faults of what is refused -> SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from leadscore import __version__
from leadscore.analysis.check import Checked, explanations
from leadscore.errors import Problem

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
REFUSED = "refused"
_EXPLAINED = {
    REFUSED: "The config, or the export, cannot be used as it is.\n\nThe run ends with exit code 3 or 4."
}


def sarif(checked: Checked) -> dict[str, Any]:
    """The doubts about a config; a value that came from --set counts as written in the config's file."""
    explained = explanations()
    codes = list(explained)
    results = [
        _result(finding.code, codes, "warning", finding.problem, checked.config)
        for finding in checked.findings
    ]
    return _run(explained, results)


def sarif_of_faults(problems: Sequence[Problem], config: str) -> dict[str, Any]:
    """What is wrong with a config or an export that is refused."""
    results = [_result(REFUSED, [REFUSED], "error", problem, config) for problem in problems]
    return _run(_EXPLAINED, results)


def _run(explained: Mapping[str, str], results: list[dict[str, Any]]) -> dict[str, Any]:
    rules = [
        {
            "id": code,
            "shortDescription": {"text": text.partition("\n")[0]},
            "fullDescription": {"text": " ".join(text.split())},
        }
        for code, text in explained.items()
    ]
    driver = {"name": "leadscore", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(code: str, codes: list[str], level: str, problem: Problem, config: str) -> dict[str, Any]:
    words = ": ".join(part for part in (problem.key, problem.what) if part)
    location: dict[str, Any] = {"physicalLocation": _place(problem, config)}
    if problem.key:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.key}]
    return {
        "ruleId": code,
        "ruleIndex": codes.index(code),
        "level": level,
        "message": {"text": f"{words}; {problem.hint}" if problem.hint else words},
        "locations": [location],
    }


def _place(problem: Problem, config: str) -> dict[str, Any]:
    is_override = problem.file.startswith("--")
    file = Path(config if is_override else problem.file)
    place: dict[str, Any] = {
        "artifactLocation": {"uri": file.as_uri() if file.is_absolute() else quote(str(file))}
    }
    if problem.line and not is_override:
        column = {"startColumn": problem.column} if problem.column else {}
        place["region"] = {"startLine": problem.line, **column}
    return place
