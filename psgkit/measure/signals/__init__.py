"""The channels that measuring needs, and how each is read, filtered and resampled."""
