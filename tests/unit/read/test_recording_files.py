"""Which names are recordings, and which files one recording has."""

from pathlib import Path

import pytest
from edf_makers import make_edf

from psgkit.read.recording_files import files_of, is_recording


def touch(folder: Path, *names: str) -> list[Path]:
    files = [folder / name for name in names]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x")
    return files


@pytest.mark.parametrize(
    "name",
    [
        *("n.edf", "N.BDF", "n.edf.gz", "n.vhdr", "n.set", "n.gdf", "n_raw.fif"),
        *("n_eeg.fif.gz", "n.EEG", "n.data", "n.lay", "n.cdt", "n.dap", "n.cnt"),
    ],
)
def test_recordings_by_name(tmp_path: Path, name: str):
    (file,) = touch(tmp_path, name)
    assert is_recording(file)


@pytest.mark.parametrize(
    "name",
    [
        *("n.txt", "n.csv", "n.dat", "n.mat", "n.vmrk", "n.fdt", "n.xml", "n.rec"),
        *("n-epo.fif", "n-cov.fif", "n.mff"),
    ],
)
def test_other_files_are_none(tmp_path: Path, name: str):
    (file,) = touch(tmp_path, name)
    assert not is_recording(file)


def test_a_rec_is_one_where_it_is_an_edf(tmp_path: Path):
    assert is_recording(make_edf(tmp_path / "night.rec"))


def test_a_folder_is_one_recording(tmp_path: Path):
    one, two = touch(tmp_path, "n.mff/info.xml", "n.mff/signal1.bin")
    assert is_recording(tmp_path / "n.mff")
    assert files_of(tmp_path / "n.mff") == (one, two)


def test_brainvision_has_the_files_that_its_header_names(tmp_path: Path):
    header, data, marks = touch(tmp_path, "n.vhdr", "other.eeg", "n.vmrk")
    header.write_bytes(
        b"[Common Infos]\r\nDataFile=other.eeg\r\nMarkerFile=$b.vmrk\r\n"
    )
    touch(tmp_path, "n.eeg")

    assert files_of(header) == (header, marks, data)
    assert not is_recording(tmp_path / "n.eeg")


def test_companions_have_the_same_stem(tmp_path: Path):
    main, samples, *_ = touch(tmp_path, "n.set", "n.fdt", "m.fdt", "n.xml")
    assert files_of(main) == (main, samples)


def test_later_parts_of_a_fif_belong_to_the_first(tmp_path: Path):
    first, later = touch(tmp_path, "n_raw.fif", "n_raw-1.fif")
    assert files_of(first) == (first, later)
    assert is_recording(first)
    assert not is_recording(later)
