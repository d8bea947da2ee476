"""Words from the command line into jobs and settings; the only place that prints."""
