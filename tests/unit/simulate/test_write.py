"""What is written can be read by others, and says the same."""

import datetime as dt
import json

import edfio
import numpy as np
import pandas as pd
import pyedflib
import pytest

from psgkit.errors import OutputError
from psgkit.simulate import simulate_night
from psgkit.simulate.write import check_target

STAGES = ["W", "W", "N1", "N2", "N2", "N2", "N2", "ART", "N3", "UNS", "R", "R"]


@pytest.fixture(scope="module")
def night():
    return simulate_night(hypnogram=STAGES, rate_hz=128, seed=1, arousals_per_h=100.0)


@pytest.fixture(scope="module")
def written(night, tmp_path_factory):
    return night.write(tmp_path_factory.mktemp("night") / "one.edf", annotations=True)


@pytest.mark.slow
def test_edflib_reads_what_was_simulated(night, written):
    with pyedflib.EdfReader(str(written)) as file:
        assert file.getSignalLabels() == list(night.recording.labels)
        for index, channel in enumerate(night.recording.channels):
            assert file.getPhysicalDimension(index) == "uV"
            assert file.getSampleFrequency(index) == 128.0
            limit = file.getPhysicalMaximum(index)
            read = file.readSignal(index)
            assert np.abs(read).max() < limit, "clipped"
            # EDFlib counts the range from 32767 down to -32767, as it is written.
            assert read == pytest.approx(night.recording.signal(channel), abs=1e-6)


def test_edfio_reads_start_time_and_an_unknown_date(written):
    edf = edfio.read_edf(written)
    assert edf.starttime == dt.time(23, 0)
    assert edf.duration == 360.0
    assert edf.reserved == "EDF+C"
    with pytest.raises(edfio.AnonymizedDateError):
        _ = edf.recording.startdate


def test_annotations_are_the_standard_texts(night, written):
    edf = edfio.read_edf(written)
    stages = [a for a in edf.annotations if a.text != "EEG arousal"]
    assert [a.text for a in stages] == [
        *["Sleep stage W"] * 2,
        "Sleep stage N1",
        *["Sleep stage N2"] * 4,
        "Movement time",
        "Sleep stage N3",
        "Sleep stage ?",
        *["Sleep stage R"] * 2,
    ]
    assert [a.onset for a in stages] == [30.0 * n for n in range(12)]
    arousals = [a.onset for a in edf.annotations if a.text == "EEG arousal"]
    truth = night.truth.scoring.arousals["onset_s"].tolist()
    assert arousals == pytest.approx(truth, abs=1e-3)
    assert len(arousals) > 0


def test_annotations_are_left_out_unless_asked_for(night, tmp_path):
    assert edfio.read_edf(night.write(tmp_path / "bare.edf")).annotations == ()


def test_a_simulated_night_is_written_over_and_a_recording_is_not(night, tmp_path):
    path = night.write(tmp_path / "night.edf")
    assert night.write(path) == path
    (tmp_path / "night_truth.json").unlink()
    with pytest.raises(OutputError, match=r"night\.edf is there already"):
        night.write(path)


def test_truth_stands_beside_the_recording(night, written):
    folder = written.parent
    assert sorted(path.name for path in folder.iterdir()) == [
        "one.edf",
        "one_events.csv",
        "one_hypnogram.csv",
        "one_truth.json",
    ]
    hypnogram = pd.read_csv(folder / "one_hypnogram.csv")
    assert list(hypnogram.columns) == ["onset_s", "duration_s", "stage"]
    assert hypnogram["stage"].tolist() == STAGES
    events = pd.read_csv(folder / "one_events.csv", keep_default_na=False)
    text = {"kind": object, "channel": object}  # pandas 3 reads another type of text
    pd.testing.assert_frame_equal(events.astype(text), night.truth.events)
    truth = json.loads((folder / "one_truth.json").read_text())
    assert truth["stages"].split() == STAGES
    assert truth["options"]["seed"] == 1
    assert len(truth["events"]) == len(events)


def test_the_same_night_is_written_to_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        night = simulate_night(0.1, seed=3, montage="minimal", rate_hz=100)
        night.write(tmp_path / name / "n.edf", annotations=True)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_folder_that_is_not_there_is_an_output_error(night, tmp_path):
    with pytest.raises(OutputError, match=r"no folder .*nowhere; make it"):
        night.write(tmp_path / "nowhere" / "n.edf")


def test_nothing_half_written_is_left(night, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(edfio.Edf, "write", fail)
    with pytest.raises(OutputError, match="No space left"):
        night.write(tmp_path / "n.edf")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"n_hypnogram.csv", "n_events.csv", "n_truth.json"}


def test_a_folder_that_may_not_be_written_is_refused_before_the_work(
    tmp_path, monkeypatch
):
    # Whoever runs the tests may write everywhere, root among them.
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(OutputError, match="does not permit it"):
        check_target(tmp_path / "night.edf")
