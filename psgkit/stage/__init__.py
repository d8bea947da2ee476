"""A recording staged by YASA's classifier or another stager, and agreement of scorings."""

from psgkit.stage.agreement import (
    Agreement,
    ArousalAgreement,
    compare_many,
    compare_scorings,
)
from psgkit.stage.choice import find_stager, stage_recording, stager_names
from psgkit.stage.number_agreement import compare_measures
from psgkit.stage.stager import Stager, Staging

__all__ = [
    "Agreement",
    "ArousalAgreement",
    "Stager",
    "Staging",
    "compare_many",
    "compare_measures",
    "compare_scorings",
    "find_stager",
    "stage_recording",
    "stager_names",
]
