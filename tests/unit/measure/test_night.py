"""A night's parts, put together: nothing is lost between them."""

from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.recording import Channel
from psgkit.domain.scoring import Scoring
from psgkit.measure import METRICS, measure_all
from psgkit.measure.arousals.network import NETWORK, detector_name
from psgkit.measure.catalogue.lookup import BODY_METRICS, SIGNAL_METRICS
from psgkit.measure.night import NightMeasured, measure_night, measure_scored
from psgkit.settings import ArousalSettings
from psgkit.simulate import simulate_night
from psgkit.store.columns import COLUMNS

STAGES = ["W"] * 2 + ["N2"] * 28 + ["R"] * 10
MARKED_S = 300.0


def clean_but_for_one_stretch(_: Channel, __: np.ndarray) -> np.ndarray:
    mask = np.zeros(240, dtype=bool)
    mask[int(MARKED_S // 5)] = True
    return mask


@pytest.fixture(scope="module")
def night() -> NightMeasured:
    """Twenty minutes, with arousals that nobody has scored."""
    made = simulate_night(hypnogram=STAGES, seed=4, rate_hz=128, arousals_per_h=60)
    return measure_night(
        made.recording,
        Scoring.from_stages(STAGES),
        artefacts=clean_but_for_one_stretch,
        settings=ArousalSettings(),
    )


def test_every_number_is_there_once_those_of_the_scoring_first(night):
    names = [measure.name for measure in night.measures]
    assert len(set(names)) == len(names)
    assert names[: len(METRICS)] == [spec.name for spec in METRICS]
    assert names[len(METRICS) :][:1] == ["ar_calibrated"]
    rest = {m.metric.name for m in night.measures[len(METRICS) + 1 :]}
    assert {metric.name for metric in (*SIGNAL_METRICS, *BODY_METRICS)} == rest


def test_arousals_that_were_found_are_those_that_are_counted(night):
    found = night.scoring.arousals
    assert night.arousal_detector == detector_name(NETWORK)
    assert len(found) > 3
    values = {measure.name: measure.value for measure in night.measures}
    assert values["ar_n"] == len(found)
    assert len(night.tables["arousals"]) == len(found)


def test_tables_of_all_parts_are_there(night):
    assert {
        *("bouts", "rem_periods", "cycles", "transitions", "arousals"),
        *("arousal_candidates", "spectra", "spindles", "slow_waves", "eye_movements"),
    } <= night.tables.keys()


def test_each_part_names_its_channels(night):
    assert {
        *("arousals_central", "arousals_eye", "arousals_chin"),
        *("swa", "spindles", "eye_movements", "rem_atonia"),
    } <= night.channels_used.keys()
    assert "C4_M1" in night.spectra


def test_the_artefact_mask_is_heeded(night):
    spectra = night.spectra["C4_M1"].psd_uv2_hz
    assert not np.isnan(spectra[:, 0]).any()  # five seconds leave half of an epoch
    spindles = night.tables["spindles"]["peak_s"]
    assert not spindles.between(MARKED_S, MARKED_S + 5).any()


def test_issues_of_the_scoring_and_of_the_arousals_are_told(night):
    codes = {issue.code for issue in night.issues}
    # nobody told when the lights went off, and the network not held against a laboratory's scorers
    assert {"lights_unknown", "arousals_by_network"} <= codes


def test_a_scoring_alone_is_all_that_a_scoring_gives():
    hour = 120
    stages = "2" * 2 * hour + "W" * 15 * hour + "2" * 7 * hour + "W" * hour
    scoring = make_scoring(stages, lights=False)
    found = measure_scored(scoring)
    assert found.scoring is scoring
    measures, tables = measure_all(scoring)
    assert [m.name for m in found.measures] == [m.name for m in measures]
    assert found.tables.keys() == tables.keys()
    assert (found.spectra, found.channels_used) == ({}, {})
    assert [issue.code for issue in found.issues] == [
        "main_sleep_only",
        "lights_unknown",
    ]
    assert found.arousal_detector == ""


def test_a_scorers_arousals_leave_nothing_to_look_for():
    scored = replace(make_scoring("2" * 40, arousals=[(300.0, 5.0)]), scorer="lab")
    made = simulate_night(hypnogram=["N2"] * 40, seed=1, rate_hz=128)
    found = measure_night(
        made.recording,
        scored,
        artefacts=lambda _, __: np.zeros(240, dtype=bool),
        settings=ArousalSettings(),
    )
    assert found.arousal_detector == ""
    assert "arousal_candidates" not in found.tables
    assert len(found.scoring.arousals) == 1


def test_every_column_of_a_table_has_its_meaning(night):
    columns = {str(name) for table in night.tables.values() for name in table}
    assert columns - set(COLUMNS) == set()
