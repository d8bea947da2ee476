"""Objects of MNE and YASA in and out: samples, gaps, stages, events, the clock."""

import datetime as dt
import pickle
from dataclasses import replace

import mne
import numpy as np
import pandas as pd
import pytest

import psgkit
from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Gap, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.read.objects import recording_of, scoring_of
from psgkit.settings import ReadSettings

START = dt.datetime(2024, 3, 1, 22, 15, 30)
STAGES = ["W", "N1", "N2", "N3", "R", "ART", "UNS", "N2"]


def _recording(rates_hz: tuple[float, ...] = (100.0, 100.0)) -> Recording:
    rng = np.random.default_rng(2)
    arrays = [rng.normal(0, 20, round(240 * rate)) for rate in rates_hz]
    roles = (Role.C4_M1, Role.EMG_CHIN, Role.SPO2, Role.OTHER)
    labels = ("C4-M1", "Chin", "SpO2", "DC1")
    return Recording(
        id="night",
        start=START,
        duration_s=240.0,
        channels=tuple(
            Channel(
                roles[n],
                labels[n],
                n,
                rate,
                "%" if n == 2 else "uV",
                None if n == 2 else 1.0,
            )
            for n, rate in enumerate(rates_hz)
        ),
        source=ArraySource(tuple(arrays), rates_hz),
    )


def test_a_raw_holds_the_samples_in_volts_and_reads_them_when_asked() -> None:
    recording = _recording()
    raw = recording.to_raw()
    assert not raw.preload
    assert raw.ch_names == ["C4-M1", "Chin"]
    assert raw.get_channel_types() == ["eeg", "emg"]
    assert raw.info["meas_date"] == START.replace(tzinfo=dt.UTC)
    expected = recording.signal(recording.channels[1], 10.0, 20.0) * 1e-6
    np.testing.assert_allclose(raw.get_data(["Chin"], 1000, 2000)[0], expected)
    again = pickle.loads(pickle.dumps(raw))  # noqa: S301 - it is ours
    np.testing.assert_array_equal(again.get_data(), raw.get_data())


def test_slower_and_faster_channels_are_brought_to_the_rate_of_the_eeg() -> None:
    raw = _recording((100.0, 200.0, 1.0)).to_raw()
    assert raw.info["sfreq"] == 100.0
    assert raw.n_times == 24_000
    saturation = raw.get_data(["SpO2"])[0]
    # A saturation holds until the next value: one sample a second, 100 times.
    assert all(len(set(second)) == 1 for second in saturation.reshape(240, 100))


def test_a_channel_without_a_role_stays_out_unless_it_is_named() -> None:
    recording = _recording((100.0, 100.0, 100.0, 100.0))
    assert recording.to_raw().ch_names == ["C4-M1", "Chin", "SpO2"]
    assert recording.to_raw(recording.channels[3:]).ch_names == ["DC1"]


def test_gaps_are_zero_under_an_annotation_and_come_back_as_gaps() -> None:
    recording = _recording()
    for array in recording.source.arrays:  # type: ignore[attr-defined]
        array[3000:6000] = np.nan
    raw = replace(recording, gaps=(Gap(30.0, 30.0),)).to_raw()
    assert not raw.get_data()[:, 3000:6000].any()
    assert [str(note["description"]) for note in raw.annotations] == ["BAD_ACQ_SKIP"]
    back = recording_of(raw)
    assert back.gaps == (Gap(30.0, 30.0),)
    assert np.isnan(back.signal(back.channels[0])).sum() == 3000


def test_a_scoring_survives_the_way_through_annotations() -> None:
    scoring = Scoring.from_stages(
        STAGES,
        start=START,
        lights_off_s=10.0,
        lights_on_s=200.0,
        arousals=[(65.0, 4.0)],
    )
    raw = _recording().to_raw()
    raw.set_annotations(scoring.to_annotations())
    back = scoring_of(raw.annotations, recording_start=START)
    assert back.stage_names == STAGES
    assert back.onset_s == pytest.approx(0.0, abs=1e-6)
    assert (back.lights_off_s, back.lights_on_s) == pytest.approx((10.0, 200.0))
    assert back.arousals is not None
    assert back.arousals["onset_s"].tolist() == pytest.approx([65.0])


@pytest.mark.parametrize(("arousals", "is_scored"), [(None, False), ([], True)])
def test_no_arousal_found_is_not_arousals_not_scored(
    arousals: list[tuple[float, float]] | None, is_scored: bool
) -> None:
    scoring = Scoring.from_stages(STAGES, arousals=arousals)
    back = scoring_of(scoring.to_annotations())
    assert (back.arousals is not None) is is_scored


def test_annotations_of_a_cropped_raw_are_laid_by_the_clock() -> None:
    raw = _recording().to_raw()
    raw.set_annotations(Scoring.from_stages(STAGES).to_annotations())
    raw.crop(60.0, 179.99)
    recording = recording_of(raw)
    assert recording.start == START + dt.timedelta(seconds=60)
    scoring = scoring_of(raw.annotations, recording_start=recording.start)
    assert scoring.onset_s == pytest.approx(0.0, abs=1e-6)
    assert scoring.stage_names[:4] == ["N2", "N3", "R", "ART"]


def test_a_hypnogram_of_yasa_brings_stages_probabilities_and_clock() -> None:
    import yasa

    proba = pd.DataFrame(
        np.tile([0.1, 0.2, 0.4, 0.2, 0.1], (4, 1)),
        columns=["WAKE", "N1", "N2", "N3", "REM"],
    )
    values = ["WAKE", "N2", "REM", "UNS"]
    hypnogram = yasa.Hypnogram(
        values, freq="20s", start="2024-03-01 22:00:00", scorer="me", proba=proba
    )
    scoring = scoring_of(hypnogram)
    assert scoring.stage_names == ["W", "N2", "R", "UNS"]
    assert (scoring.epoch_s, scoring.scorer) == (20.0, "me")
    assert scoring.start == dt.datetime(2024, 3, 1, 22, 0)
    np.testing.assert_allclose(scoring.proba, proba, atol=1e-6)
    assert scoring.hypnogram.hypno.tolist() == values


def test_a_hypnogram_of_two_stages_is_refused() -> None:
    import yasa

    hypnogram = yasa.Hypnogram(["WAKE", "SLEEP"], n_stages=2)
    with pytest.raises(InputError, match="has 2 stages; psgkit needs five"):
        scoring_of(hypnogram)


@pytest.mark.parametrize(
    ("take", "thing", "words"),
    [
        (recording_of, 3, "A recording is a path, an mne.io.Raw.*got a int"),
        (scoring_of, 3, "A scoring is a path, a psgkit.Scoring.*got a int"),
        (scoring_of, ["W", "S2"], "epoch 2 is 'S2'"),
        (
            scoring_of,
            mne.Annotations([0.0], [1.0], ["Blink"]),
            "None of the annotations is a sleep stage",
        ),
    ],
)
def test_what_is_something_else_is_refused(
    take: object, thing: object, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        take(thing)  # type: ignore[operator]


def test_channels_cannot_be_named_for_a_recording_that_has_been_read() -> None:
    settings = ReadSettings(unit="mV")
    with pytest.raises(InputError, match="give them to psgkit"):
        recording_of(_recording(), settings=settings)


def test_the_functions_of_a_scoring_take_what_a_caller_has() -> None:
    stages = ["W", "N2", "N2", "R"] * 20
    scoring = Scoring.from_stages(stages)
    numbers = psgkit.measure_scoring(scoring)
    for other in (
        stages,
        np.array(stages),
        scoring.to_annotations(),
        scoring.hypnogram,
    ):
        pd.testing.assert_series_equal(psgkit.measure_scoring(other), numbers)
    assert psgkit.compare_scorings(scoring.hypnogram, stages).accuracy == 1.0
    for one in (scoring, scoring.hypnogram, stages):
        (axes,) = psgkit.plot_hypnogram(one).axes
        words = {label.get_text() for label in axes.get_yticklabels()}
        assert {"W", "N2"} <= words or {"Wake", "N2"} <= words


def test_a_scoring_and_a_stager_contradict_each_other() -> None:
    with pytest.raises(InputError, match="Both a scoring and a stager were given"):
        psgkit.analyse(_recording(), scoring=STAGES, stager="yasa")


def test_a_night_of_another_length_is_refused() -> None:
    night = psgkit.analyse(_recording(), scoring=STAGES)
    with pytest.raises(InputError, match=r"lasts 240 s, the recording night 120 s"):
        night.to_raw(replace(_recording(), duration_s=120.0))
