"""Scorings of any format: their words, clock times and epochs."""
