"""Rows of the numbers that need the signals."""
