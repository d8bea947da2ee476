"""A Raw of MNE as a recording: values, roles, marks, clock and person."""

import datetime as dt
import pickle

import mne
import numpy as np
import pytest
from raw_makers import make_raw

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Gap, Unfit
from psgkit.errors import MissingChannel, UnreadableRecording
from psgkit.prepare.artefacts import artefact_masks
from psgkit.read.raw import recording_of_raw
from psgkit.settings import ReadSettings


def test_values_are_microvolts_and_roles_come_from_labels():
    values = np.arange(400.0).reshape(4, 100)
    recording = recording_of_raw(make_raw(values, rate_hz=50))

    assert recording.duration_s == 2.0
    roles = [channel.role for channel in recording.channels]
    assert roles == [Role.C4_M1, Role.EOG_L, Role.EOG_R, Role.EMG_CHIN]
    for channel, expected in zip(recording.channels, values, strict=True):
        assert (channel.unit, channel.to_uv, channel.rate_hz) == ("uV", 1.0, 50.0)
        np.testing.assert_allclose(recording.signal(channel), expected, rtol=1e-12)
    np.testing.assert_allclose(
        recording.signal(recording.channels[1], 0.5, 0.58), [125, 126, 127, 128]
    )


def test_several_channels_come_in_one_pass():
    recording = recording_of_raw(make_raw())
    whole = [recording.signal(channel) for channel in recording.channels]

    many = recording.source.read_many((2, 0, 2), 1.0, 3.0)

    for index, values in zip((2, 0, 2), many, strict=True):
        np.testing.assert_array_equal(values, whole[index][100:300])


def test_a_recording_of_a_raw_can_be_sent_to_another_process():
    recording = recording_of_raw(make_raw())
    sent = pickle.loads(pickle.dumps(recording))  # noqa: S301 - our own bytes

    np.testing.assert_array_equal(
        sent.signal(sent.channels[3]), recording.signal(recording.channels[3])
    )


def test_annotations_become_gaps_and_artefacts():
    raw = make_raw(seconds=100.0)
    raw.set_annotations(
        mne.Annotations(
            [10.0, 30.0, 50.0, 70.0],
            [5.0, 4.0, 3.0, 2.0],
            ["BAD_ACQ_SKIP", "BAD_movement", "boundary", "Lights off"],
        )
    )
    recording = recording_of_raw(raw)
    c4 = recording.channels[0]

    assert recording.gaps == (Gap(10.0, 5.0), Gap(50.0, 3.0))
    assert recording.artefacts == (Gap(30.0, 4.0),)
    assert np.flatnonzero(np.isnan(recording.signal(c4))).tolist() == [
        *range(1000, 1500),
        *range(5000, 5300),
    ]
    mask = artefact_masks(None, recording.artefacts)(c4, recording.signal(c4))
    # windows of 5 s: the gaps fall into 2 and 10, the mark into 6
    assert np.flatnonzero(mask).tolist() == [2, 6, 10]


def test_what_one_channel_lost_is_its_own():
    raw = make_raw(seconds=100.0)
    raw.set_annotations(
        mne.Annotations([20.0], [5.0], ["BAD_electrode"], ch_names=[["E1-M2"]])
    )
    recording = recording_of_raw(raw)

    assert recording.lost == (("E1-M2", Gap(20.0, 5.0)),)
    assert np.isfinite(recording.signal(recording.channels[0])).all()
    assert np.isnan(recording.signal(recording.channels[1])).sum() == 500


def test_marks_of_a_cropped_raw_keep_their_place():
    raw = make_raw(seconds=100.0)
    raw.set_meas_date(dt.datetime(2021, 3, 2, 22, 0, tzinfo=dt.UTC))
    raw.set_annotations(
        mne.Annotations([30.0], [5.0], ["BAD_x"], orig_time=raw.info["meas_date"])
    )
    recording = recording_of_raw(raw.crop(tmin=20.0))

    assert recording.artefacts == (Gap(10.0, 5.0),)
    assert recording.start == dt.datetime(2021, 3, 2, 22, 0, 20)


def test_channels_that_are_marked_bad_are_unfit():
    raw = make_raw()
    raw.info["bads"] = ["C4-M1"]
    recording = recording_of_raw(raw)

    unfit = Unfit("is marked as bad in the file", stages_too=True)
    assert [channel.unfit for channel in recording.channels] == [
        unfit,
        None,
        None,
        None,
    ]
    assert "channel_marked_bad" in {issue.code for issue in recording.issues}


def test_filters_and_places_are_kept():
    raw = make_raw(labels=("C4", "M1"))
    with raw.info._unlock():
        raw.info["highpass"], raw.info["lowpass"] = 0.3, 35.0
    places = {"C4": (0.06, 0.0, 0.09), "M1": (-0.08, -0.02, -0.04)}
    raw.set_montage(mne.channels.make_dig_montage(places, coord_frame="head"))
    c4 = recording_of_raw(raw).channels[0]

    assert (c4.highpass_hz, c4.lowpass_hz) == (0.3, 35.0)
    assert c4.position_m == pytest.approx((0.06, 0.0, 0.09))
    plain = recording_of_raw(make_raw()).channels[0]
    assert (plain.highpass_hz, plain.lowpass_hz, plain.position_m) == (None, None, None)


@pytest.mark.parametrize("scale", [1.0, 1e-6])
def test_saturation_is_in_percent_whatever_the_file_called_it(scale: float):
    raw = make_raw(np.full((1, 1000), 97.0) * scale * 1e6, ("SpO2",))
    recording = recording_of_raw(raw)

    assert recording.channels[0].role is Role.SPO2
    assert recording.channels[0].to_uv is None
    np.testing.assert_allclose(recording.signal(recording.channels[0]), 97.0)


def test_age_and_sex_are_all_that_is_kept_of_the_person():
    raw = make_raw()
    raw.set_meas_date(dt.datetime(2021, 3, 2, 22, 0, tzinfo=dt.UTC))
    raw.info["subject_info"] = {
        "birthday": dt.date(1980, 3, 3),
        "sex": 2,
        "last_name": "Miller",
        "his_id": "123456",
    }
    recording = recording_of_raw(raw)

    assert (recording.age_y, recording.sex) == (40.0, "F")
    assert "Miller" not in repr(recording)
    assert "123456" not in repr(recording)


def test_settings_name_channels_and_unit():
    settings = ReadSettings(channels={"EMG_CHIN": "E2-M2"}, unit="mV")
    recording = recording_of_raw(make_raw(), settings=settings)

    assert recording.channel("EMG_CHIN").label == "E2-M2"
    assert recording.channels[0].to_uv == 1000.0
    with pytest.raises(MissingChannel, match="No channel 'Cz'"):
        recording_of_raw(make_raw(), settings=ReadSettings(channels={"eeg": "Cz"}))


def test_a_reason_of_mne_is_passed_on():
    def refuse() -> mne.io.BaseRaw:
        raise UnreadableRecording("MNE could not open n.vhdr.")

    from psgkit.read.raw_reader import RawReader

    with pytest.raises(UnreadableRecording, match=r"n\.vhdr"):
        recording_of_raw(RawReader(refuse, "n.vhdr"))
