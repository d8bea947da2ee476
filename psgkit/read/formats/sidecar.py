"""The JSON sidecar of a BIDS table with the meaning of its codes."""

import json
from pathlib import Path
from typing import Any

from psgkit.read.scorings.vocabulary import (
    kind_of,
    stage_of,
)

_LEVELS_UP = 4


def find_sidecar(table: Path) -> dict[str, Any]:
    """Return the sidecars of a table joined, the nearest first.

    As BIDS inherits them: a JSON file beside the table or in a folder above it, whose
    name has no part that the table's has not.
    """
    if table.suffix != ".tsv":
        return {}
    parts = set(table.stem.split("_"))
    said: dict[str, Any] = {}
    folders = [table.parent, *table.parent.parents][:_LEVELS_UP]
    for folder in reversed(folders):
        for path in sorted(folder.glob("*events.json")):
            if set(path.stem.split("_")) <= parts:
                said.update(_read_object(path))
    return said | _read_object(table.with_suffix(".json"))


def level_names(sidecar: dict[str, Any], column: str) -> dict[str, str]:
    """Return the meaning of a column's codes, unless they are words."""
    described = sidecar.get(column)
    levels = described.get("Levels") if isinstance(described, dict) else None
    if not isinstance(levels, dict):
        return {}
    names = {}
    for code, meaning in levels.items():
        if stage_of(str(code)) is not None or kind_of(str(code)) is not None:
            continue
        text = meaning.get("Description", "") if isinstance(meaning, dict) else meaning
        if isinstance(text, str) and stage_of(text) is not None:
            names[str(code)] = text
    return names


def _read_object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
