"""Scoring formats, one a file; each recognises its format by content."""
