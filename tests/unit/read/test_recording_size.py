"""What no night has is refused before memory and time are taken for it."""

import struct
import time
from pathlib import Path

import mne
import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf
from raw_makers import make_raw, write_gdf

from psgkit.domain.recording import Recording
from psgkit.errors import UnreadableRecording
from psgkit.read import read_recording

CHANNELS = "has 2000 channels; psgkit reads up to 1000"


def test_an_edf_file_of_2000_channels_is_refused(tmp_path: Path) -> None:
    signals = [EdfSignal(f"X{number}", rate=1) for number in range(2_000)]
    path = make_edf(tmp_path / "n.edf", signals, n_records=1)
    refused_at_once(path, f"n.edf {CHANNELS}")


def test_an_edf_file_of_gaps_is_refused(tmp_path: Path) -> None:
    onsets = [f"+{2 * number}" for number in range(20_000)]
    path = make_edf(
        tmp_path / "n.edf",
        [EdfSignal("C4", rate=1)],
        n_records=len(onsets),
        kind="EDF+D",
        onsets=onsets,
    )
    refused_at_once(path, "n.edf has 19999 gaps; psgkit reads up to 2000")


def test_a_raw_in_memory_of_2000_channels_is_refused() -> None:
    info = mne.create_info(2_000, 1.0, "eeg")
    raw = mne.io.RawArray(np.zeros((2_000, 2)), info, verbose="ERROR")
    refused_at_once(raw, f"The Raw {CHANNELS}")


def test_a_raw_in_memory_of_gaps_is_refused() -> None:
    count = 5_000
    info = mne.create_info(["C4"], 1.0, "eeg")
    raw = mne.io.RawArray(np.zeros((1, 3 * count)), info, verbose="ERROR")
    onsets = np.arange(count) * 3.0
    raw.set_annotations(mne.Annotations(onsets, 1.0, "BAD_ACQ_SKIP"))
    refused_at_once(raw, "The Raw has 5000 gaps; psgkit reads up to 2000")


def refused_at_once(source: object, sentence: str) -> None:
    read = read_recording if isinstance(source, Path) else Recording.of
    began = time.process_time()
    with pytest.raises(UnreadableRecording, match=sentence):
        read(source)
    assert time.process_time() - began < 2.0


# The numbers that a GDF 1 header claims, and the place of each: two channels of
# 216 bytes stand before the samples of a record.
@pytest.mark.parametrize(
    ("place", "packing", "claimed", "found"),
    [
        (252, "<I", 67_108_864, "has 67108864 channels"),
        (236, "<q", 10**15, "shorter than its header says"),
        (256 + 216 * 2, "<i", 2**31 - 1, "shorter than its header says"),
        (-4, "<I", 4 * 10**9, "more events than it holds"),
    ],
)
def test_a_gdf_header_that_claims_too_much_is_refused(
    tmp_path: Path, place: int, packing: str, claimed: int, found: str
) -> None:
    path = write_gdf(
        *(tmp_path / "n.gdf", np.zeros((2, 3_000)), ["C4", "M1"]),
        rates_hz=[100, 100],
        limit=500.0,
    )
    assert read_recording(path).duration_s == 30.0
    content = bytearray(path.read_bytes())
    struct.pack_into(packing, content, place % len(content), claimed)
    path.write_bytes(content)
    refused_at_once(path, found)


def test_a_fif_file_whose_tags_go_in_a_circle_is_refused(tmp_path: Path) -> None:
    info = mne.create_info(["C4"], 100.0, "eeg")
    raw = mne.io.RawArray(np.zeros((1, 3_000)), info, verbose="ERROR")
    path = tmp_path / "n_raw.fif"
    raw.save(path, verbose="ERROR")
    assert read_recording(path).duration_s == 30.0
    content = bytearray(path.read_bytes())
    # After the file's id (36 bytes) stands the place of the directory: 16 of header, 4.
    struct.pack_into(">i", content, 36 + 16, -1)
    struct.pack_into(">i", content, 36 + 20 + 12, 36)
    path.write_bytes(content)
    refused_at_once(path, "its list of tags has no end")


def test_an_eeglab_file_that_crashes_scipy_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The crash is a signal to itself: a file that crashes is not kept here."""
    mne.export.export_raw(tmp_path / "n.set", make_raw(seconds=2), verbose="ERROR")
    assert read_recording(tmp_path / "n.set").channels
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr("psgkit.read.recording._LOAD", crash)
    with pytest.raises(UnreadableRecording, match="is damaged: scipy"):
        read_recording(tmp_path / "n.set")
