"""Recordings of several formats: the same values, or MNE's reason."""

from pathlib import Path

import mne
import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf
from raw_makers import LABELS, make_raw, write_gdf

from psgkit.errors import UnreadableRecording
from psgkit.read import read_recording

# Half a step of 16 bits at a range of 500 µV; BrainVision and EEGLAB keep floats.
STEP_UV = 500 / 32767


@pytest.fixture(scope="module")
def raw() -> mne.io.BaseRaw:
    return make_raw()


def write(raw: mne.io.BaseRaw, folder: Path, ending: str) -> Path:
    path = folder / f"night{ending}"
    if ending == ".gdf":
        counts = np.round(raw.get_data() * 1e6 / STEP_UV)
        return write_gdf(path, counts, LABELS, rate_hz=100, limit=500.0)
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
    path = tmp_path / "night.gdf"
    path.write_bytes(b"GDF")
    with pytest.raises(UnreadableRecording) as fault:
        read_recording(path)
    text = str(fault.value)
    assert "MNE could not read night.gdf: night.gdf: '…' of … is odd." in text
    assert str(tmp_path) not in text


def test_no_scratch_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    recording = read_recording(make_edf(tmp_path / "night.edf"))

    recording.signal(recording.channels[0])

    assert list(scratch.iterdir()) == []
