"""Indices of events that were scored or detected: arousals, breathing, limbs."""
