"""An input that changes while it is read is noticed by its content."""

import hashlib
import os
from pathlib import Path

import pytest

from psgkit.errors import InputError
from psgkit.read.input_hash import original

# printf abc | sha256sum
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "n.edf"
    path.write_bytes(b"abc")
    return path


def test_a_file_that_stays_is_known_by_its_hash_and_size(file: Path) -> None:
    found = original(file)
    assert (found.sha256, found.size) == (ABC, 3)
    found.check()


def test_other_content_is_noticed_also_where_size_and_time_are_the_same(
    file: Path,
) -> None:
    found, was = original(file), file.stat()
    file.write_bytes(b"abd")
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    with pytest.raises(InputError, match=r"n\.edf was changed while it was read"):
        found.check()


@pytest.mark.parametrize("change", ["longer", "gone", "other file in its place"])
def test_every_change_is_noticed(file: Path, change: str) -> None:
    found = original(file)
    if change == "longer":
        with file.open("ab") as more:
            more.write(b"d")
    else:
        file.rename(file.with_suffix(".old"))
    if change == "other file in its place":
        file.write_bytes(b"xyz")
    with pytest.raises(InputError, match="changed while it was read"):
        found.check()


def test_a_touch_and_a_copy_in_its_place_are_no_change(file: Path) -> None:
    found = original(file)
    os.utime(file, (0, 0))
    found.check()
    copy = file.with_name("copy")
    copy.write_bytes(b"abc")
    copy.replace(file)
    found.check()


def test_a_pipe_is_not_opened_and_no_file_is_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.edf")
    for path in (tmp_path / "pipe.edf", tmp_path / "none.edf", None):
        found = original(path)
        assert (found.sha256, found.size) == ("", 0)
        found.check()


def test_a_recording_of_two_files_has_one_hash(tmp_path: Path) -> None:
    header, samples = tmp_path / "n.set", tmp_path / "n.fdt"
    header.write_bytes(b"abc")
    samples.write_bytes(b"abc")
    found = original(header)

    # printf '%s\n%s' $ABC $ABC | sha256sum
    joint = hashlib.sha256(f"{ABC}\n{ABC}".encode()).hexdigest()
    assert (found.sha256, found.size, found.paths) == (joint, 6, (header, samples))
    samples.write_bytes(b"abd")
    with pytest.raises(InputError, match=r"n\.set was changed"):
        found.check()
