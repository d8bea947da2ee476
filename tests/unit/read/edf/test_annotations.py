"""All annotations are read, and what other programs find in the same files."""

import json
from pathlib import Path

import mne
import numpy as np
import pandas as pd
import pytest
from edf_makers import make_edf

from psgkit.read import read_annotations, read_start


def test_a_file_without_annotations_gives_an_empty_table(tmp_path: Path):
    table = read_annotations(make_edf(tmp_path / "night.edf", kind=""))

    assert list(table.columns) == ["onset_s", "duration_s", "text"]
    assert table.empty


def test_onsets_count_from_the_first_sample(tmp_path: Path):
    # The first sample comes 0.25 s after 22:15:30, the annotation 3 s after that time.
    path = make_edf(
        tmp_path / "night.edf",
        n_records=2,
        onsets=["+0.25", "+1.25"],
        texts={1: b"+3\x151.5\x14Arousal\x14\x00"},
    )

    table = read_annotations(path)

    assert table.to_dict("records") == [
        {"onset_s": 2.75, "duration_s": 1.5, "text": "Arousal"}
    ]


def test_overlapping_annotations_are_ordered_by_onset(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf",
        n_records=2,
        onsets=["+0", "+1"],
        texts={
            0: b"+5\x1530\x14late\x14\x00",
            1: b"+2\x1560\x14early\x14also\x14\x00",
        },
    )

    assert read_annotations(path)["text"].tolist() == ["early", "also", "late"]


@pytest.mark.parametrize("name", ["edfPlusC", "bdfPlusC", "edfAnnonC"])
def test_annotations_as_edfreader_lists_them(real_data: Path, name: str):
    folder = real_data / "edf_conformance" / "edfReader"
    listed = pd.read_csv(folder / f"{name}_annotations.txt")
    path = next(folder.glob(f"{name}.?df"))
    # Their onsets count from the start in the header, ours from the first sample.
    late_s = 0.7 if name == "edfAnnonC" else 0.0

    table = read_annotations(path)

    listed = listed.sort_values("Onset", kind="stable")
    np.testing.assert_allclose(table["onset_s"] + late_s, listed["Onset"])
    np.testing.assert_allclose(table["duration_s"], listed["Duration"].astype(float))
    assert table["text"].tolist() == listed["Annotation"].tolist()


def test_annotations_of_six_signals_as_pyedflib_listed_them(real_data: Path):
    folder = real_data / "edf_conformance" / "edfcore"
    listed = json.loads((folder / "edf-annotations.json").read_text())["annotations"]

    table = read_annotations(folder / "edf-annotations.edf")

    assert table["text"].tolist() == [row["text"] for row in listed]
    assert table["onset_s"].tolist() == [row["onsetSeconds"] for row in listed]
    # pyedflib writes -1 where no duration is given.
    assert table["duration_s"].fillna(-1.0).tolist() == [
        row["durationSeconds"] for row in listed
    ]


@pytest.mark.parametrize(
    "name",
    [
        "scoring/sleep-edf/SC4001EC-Hypnogram.edf",
        "scoring/sleep-edf/ST7132JR-Hypnogram.edf",
        "edf_conformance/mne-testing-data/EDF/test_utf8_annotations.edf",
        "edf_conformance/mne-testing-data/EDF/test_edf_overlapping_annotations.edf",
    ],
)
def test_annotations_as_mne_reads_them(real_data: Path, name: str):
    theirs = mne.read_annotations(real_data / name)

    table = read_annotations(real_data / name)

    np.testing.assert_allclose(table["onset_s"], theirs.onset)
    np.testing.assert_allclose(table["duration_s"].fillna(0.0), theirs.duration)
    assert table["text"].tolist() == theirs.description.tolist()


def test_the_start_of_a_hypnogram_is_read(real_data: Path):
    path = real_data / "scoring/sleep-edf/SC4001EC-Hypnogram.edf"

    assert str(read_start(path)) == "1989-04-24 16:13:00"
