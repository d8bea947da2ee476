"""A scoring and its signals to numbers, each a row of the catalogue."""
