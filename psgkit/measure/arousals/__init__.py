"""Arousals found by rules, each candidate with the reason for its verdict."""

from psgkit.measure.arousals.detector import (
    DETECTOR,
    ArousalsFound,
    detect_arousals,
    find_arousals,
)
from psgkit.measure.arousals.rules import ArousalRules

__all__ = [
    "DETECTOR",
    "ArousalRules",
    "ArousalsFound",
    "detect_arousals",
    "find_arousals",
]
