import errno
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


def test_a_file_is_replaced_at_the_last_moment(tmp_path):
    path = tmp_path / "night.csv"
    write_text(path, "old")

    def write(temporary: Path) -> None:
        temporary.write_text("new")
        assert path.read_text() == "old"

    write_whole(path, write)
    assert path.read_text() == "new"


def test_a_writer_that_fails_leaves_the_earlier_file_and_nothing_else(tmp_path):
    path = tmp_path / "night.csv"
    write_text(path, "old")

    def write(temporary: Path) -> None:
        temporary.write_text("half of")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, write)
    assert [file.name for file in tmp_path.iterdir()] == ["night.csv"]
    assert path.read_text() == "old"


def test_a_full_disk_is_said_in_a_sentence(tmp_path):
    def write(temporary: Path) -> None:
        temporary.write_text("half of")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match=r"night\.h5 was not written: the disk is"):
        write_whole(tmp_path / "night.h5", write)
    assert list(tmp_path.iterdir()) == []


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
