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
from psgkit.stage.training_scope import HALF_A_PERSON

__all__ = [
    "HALF_A_PERSON",
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
