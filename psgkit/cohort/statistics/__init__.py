"""Compare groups, treatments, markers and scorers over many nights."""
