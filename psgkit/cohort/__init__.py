"""Many nights: a manifest, workers, resuming, one table."""
