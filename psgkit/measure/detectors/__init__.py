"""Detectors of single events: spindles, slow waves, eye movements, heart beats, chin tone."""
