"""What no night has is refused before memory and time are taken for it."""

import time
from pathlib import Path

import mne
import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf

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
