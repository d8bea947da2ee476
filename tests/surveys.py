"""Surveys over many nights: every n-th night, unless ``PSGKIT_ALL_NIGHTS=1`` asks for all."""

import os
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

ALL_NIGHTS = os.environ.get("PSGKIT_ALL_NIGHTS", "") not in ("", "0")


def sampled(nights: Iterable[T], step: int = 6) -> list[T]:
    """Return every n-th night, from the first on; all of them when they are asked for."""
    return list(nights)[:: 1 if ALL_NIGHTS else step]
