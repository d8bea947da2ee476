"""Rows of the numbers that need a scoring alone."""
