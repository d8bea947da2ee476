"""Arousals found by rules, each candidate with the reason for its verdict."""

from psgkit.measure.arousals.candidate_table import ArousalsFound
from psgkit.measure.arousals.detector import DETECTOR, detect_arousals, find_arousals
from psgkit.measure.arousals.thresholds import ArousalRules

__all__ = [
    "DETECTOR",
    "ArousalRules",
    "ArousalsFound",
    "detect_arousals",
    "find_arousals",
]
