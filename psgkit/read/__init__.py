"""Files to values: recordings and scorings in, `Recording` and `Scoring` out."""

from psgkit.read.scoring import read_scoring

__all__ = ["read_scoring"]
