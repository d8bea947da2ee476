"""All nights of a study as one table."""
