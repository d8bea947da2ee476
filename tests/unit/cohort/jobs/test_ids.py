"""Names of nights are unique and can be folders everywhere."""

from pathlib import Path

import pytest

from psgkit.cohort.jobs.ids import folded, name_nights
from psgkit.store.files import safe_name


def names(*files: str) -> list[str]:
    paths = [Path(file) for file in files]
    return name_nights(paths, [path.stem for path in paths])


def test_a_night_is_named_after_its_file() -> None:
    assert names("/d/one.edf", "/d/two.edf") == ["one", "two"]


def test_files_of_one_stem_are_told_apart_by_their_folder() -> None:
    assert names("/d/a/n.edf", "/d/b/n.edf", "/d/b/m.edf") == ["a_n", "b_n", "m"]


def test_as_many_folders_are_named_as_it_takes() -> None:
    assert names("/x/a/n.edf", "/y/a/n.edf", "/z/b/n.edf") == ["x_a_n", "y_a_n", "b_n"]


def test_files_of_one_stem_in_one_folder_are_told_apart_by_their_ending() -> None:
    assert names("/d/n.edf", "/d/n.bdf") == ["n_edf", "n_bdf"]


def test_a_longer_name_does_not_fall_upon_another_night() -> None:
    found = names("/d/a/n.edf", "/d/b/n.edf", "/d/c/a_n.edf")
    assert len(set(found)) == 3


def test_names_differ_by_more_than_the_case_of_their_letters() -> None:
    found = names("/d/Night.edf", "/d/night.edf")
    assert len({folded(name) for name in found}) == 2


@pytest.mark.parametrize(
    "name", ["con.edf", "a:b.edf", " .edf", "-x.edf", "=1+1.edf", "a" * 240 + ".edf"]
)
def test_a_name_can_be_a_folder_on_every_system(name: str) -> None:
    [found] = names(f"/d/{name}")
    assert found == safe_name(found)
    assert "/" not in found
    assert len(found.encode()) <= 120
