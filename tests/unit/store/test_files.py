import errno
import io
import os
from pathlib import Path

import pytest

from psgkit.errors import OutputError
from psgkit.store.files import (
    check_writable,
    make_folder,
    safe_name,
    write_text,
    write_whole,
)


def test_a_file_is_replaced_at_the_last_moment(tmp_path, monkeypatch):
    path = tmp_path / "night.csv"
    write_text(path, "old")
    fsync, seen = os.fsync, []

    def look(handle: int) -> None:
        fsync(handle)
        seen.append(path.read_text())

    monkeypatch.setattr(os, "fsync", look)
    write_text(path, "new")
    assert seen == ["old"]
    assert path.read_text() == "new"


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(errno.EIO, "")])
def test_a_write_that_fails_leaves_the_earlier_file_and_nothing_else(
    tmp_path, monkeypatch, fault
):
    path = tmp_path / "night.csv"
    write_text(path, "old")

    def stop(_: int) -> None:
        raise fault

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises((KeyboardInterrupt, OutputError)):
        write_text(path, "new")
    assert [file.name for file in tmp_path.iterdir()] == ["night.csv"]
    assert path.read_text() == "old"


def test_a_full_disk_is_said_in_a_sentence(tmp_path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"night\.h5 was not written: the disk is"):
        write_whole(tmp_path / "night.h5", b"half of")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lie", ["a page of zeros", "a short file", "more than given"])
def test_a_disk_that_loses_a_write_in_silence_is_caught(tmp_path, monkeypatch, lie):
    """As HDF5 saw it on a disk that another program filled and freed."""
    path = tmp_path / "night.h5"
    write_whole(path, b"earlier")
    fsync = os.fsync

    def lose(handle: int) -> None:
        fsync(handle)
        match lie:
            case "a page of zeros":
                os.lseek(handle, 4096, os.SEEK_SET)
                os.write(handle, bytes(4096))
            case "a short file":
                os.ftruncate(handle, 4096)
            case _:
                os.write(handle, b"!")

    monkeypatch.setattr(os, "fsync", lose)
    with pytest.raises(OutputError) as caught:
        write_whole(path, b"7" * 3_000_000)
    assert str(caught.value) == (
        "night.h5 was not written: the disk gave back other bytes than it was given. "
        "Check the disk, or choose another folder with --out."
    )
    assert path.read_bytes() == b"earlier"
    assert [file.name for file in tmp_path.iterdir()] == ["night.h5"]


def test_a_system_that_writes_a_part_at_a_time_is_given_the_rest(tmp_path, monkeypatch):
    class Piecemeal(io.FileIO):
        def write(self, data):
            return super().write(data[:1000])

    monkeypatch.setattr(Path, "open", lambda path, *_, **__: Piecemeal(path, "x+"))
    data = bytes(range(256)) * 20
    write_whole(tmp_path / "night.h5", data)
    monkeypatch.undo()
    assert (tmp_path / "night.h5").read_bytes() == data


def test_a_file_where_a_folder_should_be_is_said_in_a_sentence(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(OutputError, match="Choose another folder"):
        make_folder(tmp_path / "results" / "night")
    with pytest.raises(OutputError, match="Choose another folder"):
        check_writable(tmp_path / "results" / "night")


def test_a_folder_that_can_be_written_is_checked_without_being_made(tmp_path):
    check_writable(tmp_path / "new" / "newer")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "night_id", ["SC4001E0", "n_1-a.b", "naïve", "夜", "sub-01_ses-1"]
)
def test_an_id_that_every_file_system_can_hold_is_its_own_name(night_id):
    assert safe_name(night_id) == night_id


@pytest.mark.parametrize(
    "night_id",
    [
        *("", ".", "..", "../up", "a/b", "a\\b", "C:x", "con", "NUL.h5", "-rf", "~"),
        *("a ", "a.", "a\nb", "a\0b", "\ud800", "\u202efdp", "x" * 300, "夜" * 100),
    ],
)
def test_any_other_id_gets_a_name_that_stays_in_its_folder(tmp_path, night_id):
    name = safe_name(night_id)
    assert name != night_id
    assert len(name.encode()) <= 120
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()
    write_text(tmp_path / f"{name}_summary.csv", "")


def test_two_ids_never_share_a_name():
    ids = ["a/b", "a\\b", "a_b", "a:b", "a b", "x" * 200, "x" * 201]
    assert len({safe_name(night_id) for night_id in ids}) == len(ids)
