"""Recordings of several formats: the same values, or MNE's reason."""

from pathlib import Path

import mne
import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf
from raw_makers import LABELS, make_raw, write_gdf

from psgkit.domain.recording import Recording
from psgkit.errors import UnreadableRecording
from psgkit.read import read_recording
from psgkit.read.annotations import read_marks

# Half a step of 16 bits at a range of 500 µV; BrainVision and EEGLAB keep floats.
STEP_UV = 500 / 32767


@pytest.fixture(scope="module")
def raw() -> mne.io.BaseRaw:
    return make_raw()


def write(raw: mne.io.BaseRaw, folder: Path, ending: str) -> Path:
    path = folder / f"night{ending}"
    if ending == ".gdf":
        counts = np.round(raw.get_data() * 1e6 / STEP_UV)
        return write_gdf(path, counts, LABELS, rates_hz=[100] * 4, limit=500.0)
    if ending == ".fif":
        raw.save(path.with_name("night_raw.fif"), verbose="ERROR")
        return path.with_name("night_raw.fif")
    mne.export.export_raw(path, raw, physical_range=(-500, 500), verbose="ERROR")
    return path


@pytest.mark.parametrize("ending", [".edf", ".bdf", ".vhdr", ".set", ".fif", ".gdf"])
def test_each_format_gives_the_same_values(
    tmp_path: Path, raw: mne.io.BaseRaw, ending: str
):
    recording = read_recording(write(raw, tmp_path, ending))

    assert recording.id in {"night", "night_raw"}
    assert recording.duration_s == 60.0
    assert recording.labels == LABELS
    for channel, volts in zip(recording.channels, raw.get_data(), strict=True):
        assert channel.rate_hz == 100.0
        np.testing.assert_allclose(
            recording.signal(channel), volts * 1e6, atol=0.51 * STEP_UV
        )


def test_a_gdf_of_several_rates_is_refused(tmp_path: Path):
    rates_hz = (100, 100, 50, 100)  # MNE resamples the slow one, part by part
    counts = [np.arange(60 * rate) for rate in rates_hz]
    path = write_gdf(
        tmp_path / "night.gdf", counts, LABELS, rates_hz=rates_hz, limit=500.0
    )

    with pytest.raises(UnreadableRecording, match="several rates") as fault:
        read_recording(path)
    assert "Export the recording as EDF+" in str(fault.value)


def test_a_raw_of_several_rates_is_taken_once_it_is_loaded(tmp_path: Path):
    path = make_edf(
        tmp_path / "n.edf", [EdfSignal(rate=100), EdfSignal("EOG", rate=50)]
    )
    raw = mne.io.read_raw_edf(path, verbose="ERROR")

    with pytest.raises(UnreadableRecording, match=r"path of the file.*raw\.load_data"):
        Recording.of(raw)
    assert Recording.of(raw.load_data()).labels == tuple(raw.ch_names)


def mark(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """Lay an epoch of N2, one of REM, an arousal, lights and a bad stretch on a Raw."""
    return raw.copy().set_annotations(
        mne.Annotations(
            [0.0, 10.0, 12.0, 20.0, 30.0],
            [30.0, 0.0, 4.0, 2.0, 30.0],
            ["Sleep stage N2", "Lights off", "Arousal", "BAD_motion", "Sleep stage R"],
        )
    )


@pytest.mark.parametrize("ending", [".edf", ".bdf", ".vhdr", ".set", ".fif", "memory"])
def test_annotations_of_each_format_are_read_by_one_code(
    tmp_path: Path, raw: mne.io.BaseRaw, ending: str
):
    marked = mark(raw)
    recording = (
        Recording.of(marked)
        if ending == "memory"
        else read_recording(write(marked, tmp_path, ending))
    )
    marks = read_marks(recording)

    assert marks is not None
    assert marks.stage_names == ["N2", "R"]
    arousal = marks.arousals.iloc[0]
    assert (arousal["onset_s"], arousal["duration_s"]) == pytest.approx((12.0, 4.0))
    assert marks.lights_off_s == recording.lights_off_s == pytest.approx(10.0)
    assert [issue.code for issue in recording.issues].count("lights_marked") == 1
    assert recording.artefacts[0].onset_s == pytest.approx(20.0)
    assert len(recording.annotations) == 4


@pytest.mark.parametrize(
    "texts", [("S1", "S2"), ("1", "2"), ("R", "W"), ("S  1", "S  2")]
)
@pytest.mark.parametrize("ending", [".vhdr", ".set", "memory"])
def test_triggers_are_no_stages(tmp_path: Path, ending: str, texts: tuple[str, str]):
    raw = make_raw(seconds=300.0)
    onsets_s = np.cumsum(np.random.default_rng(3).uniform(1.0, 4.0, 100))
    prefix = "Stimulus/" if texts[0].startswith("S  ") else ""
    raw.set_annotations(
        mne.Annotations(onsets_s, 0.0, [f"{prefix}{text}" for text in texts] * 50)
    )
    recording = (
        Recording.of(raw)
        if ending == "memory"
        else read_recording(write(raw, tmp_path, ending))
    )
    marks = read_marks(recording)

    assert marks is None or not marks.has_stages


def test_an_edf_by_another_name_is_read(tmp_path: Path):
    path = make_edf(tmp_path / "night.rec")

    assert read_recording(path).duration_s == 10.0
    recording = read_recording(path.rename(tmp_path / "night.set"))
    np.testing.assert_allclose(
        recording.signal(recording.channels[0])[:3], [0, 0.1, 0.2]
    )


def test_mne_is_what_reads_an_edf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = make_edf(tmp_path / "night.edf", [EdfSignal(), EdfSignal("SpO2", rate=1)])
    before = [read_recording(path).signal(c) for c in read_recording(path).channels]
    read = mne.io.edf.edf.RawEDF._read_segment_file

    def doubled(self, data, *arguments):
        found = read(self, data, *arguments)
        data *= 2
        return found

    monkeypatch.setattr(mne.io.edf.edf.RawEDF, "_read_segment_file", doubled)
    recording = read_recording(path)
    for channel, values in zip(recording.channels, before, strict=True):
        np.testing.assert_allclose(recording.signal(channel), 2 * values)


def test_a_file_that_mne_refuses_says_why(tmp_path: Path):
    path = tmp_path / "night.vhdr"
    path.write_text("BrainVision\n")

    with pytest.raises(
        UnreadableRecording, match=r"MNE could not read night\.vhdr: \w"
    ):
        read_recording(path)


def test_a_reason_holds_no_folder_date_or_number_of_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(path, **_):
        raise ValueError(f"{path}: '02-MAY-1951' of 12345678 is odd")

    monkeypatch.setattr(mne.io, "read_raw", refuse)
    path = tmp_path / "night.vhdr"
    path.write_bytes(b"Brain Vision")
    with pytest.raises(UnreadableRecording) as fault:
        read_recording(path)
    text = str(fault.value)
    assert "MNE could not read night.vhdr: night.vhdr: '…' of … is odd." in text
    assert str(tmp_path) not in text


def test_no_scratch_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    recording = read_recording(make_edf(tmp_path / "night.edf"))

    recording.signal(recording.channels[0])

    assert list(scratch.iterdir()) == []
