"""A recording staged by YASA's classifier, and agreement of scorings."""

from psgkit.stage.agreement import (
    Agreement,
    ArousalAgreement,
    compare_many,
    compare_scorings,
)
from psgkit.stage.number_agreement import compare_measures
from psgkit.stage.yasa_fast import Staging, stage_recording

__all__ = [
    "Agreement",
    "ArousalAgreement",
    "Staging",
    "compare_many",
    "compare_measures",
    "compare_scorings",
    "stage_recording",
]
