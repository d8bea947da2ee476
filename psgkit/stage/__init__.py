"""A recording staged by YASA's classifier, and agreement of scorings."""

from psgkit.stage.auto import Staging, stage_recording

__all__ = ["Staging", "stage_recording"]
