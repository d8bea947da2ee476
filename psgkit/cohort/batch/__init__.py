"""Run many nights: workers, clusters, resuming, one batch a folder."""
