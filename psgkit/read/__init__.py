"""Files to values: recordings and scorings in, `Recording` and `Scoring` out."""
