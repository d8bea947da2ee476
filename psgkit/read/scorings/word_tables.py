"""``configs/scoring.toml``, read once."""

import tomllib
from functools import cache
from typing import Any

from psgkit.settings import config_folder


@cache
def word_tables() -> dict[str, Any]:
    """Return the tables of words that scorings use."""
    path = config_folder() / "scoring.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
