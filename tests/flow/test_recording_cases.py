"""Recordings that once were read wrongly: each does as the README beside them says."""
