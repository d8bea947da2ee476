"""The scoring of a recording is found beside it."""

from pathlib import Path

import pytest

from psgkit.cohort.jobs.paired_scorings import find_scoring
from psgkit.errors import InputError


@pytest.fixture
def lay(tmp_path: Path):
    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path / names[0]

    return make


@pytest.mark.parametrize(
    ("recording", "scoring"),
    [
        ("learn-nsrr01.edf", "learn-nsrr01-profusion.xml"),
        ("learn-nsrr01.edf", "learn-nsrr01-nsrr.xml"),
        ("100022.edf", "100022.XML"),
        ("SC4001E0-PSG.edf", "SC4001EC-Hypnogram.edf"),
        ("sub-1_task-Sleep_eeg.edf", "sub-1_task-Sleep_events.tsv"),
        ("night.edf", "night_scoring.csv"),
        ("night.edf", "night_hypnogram.txt"),
        ("night.edf", "night.annot"),
        ("night.bdf", "night_Schlafprofil.txt"),
        ("night.edf", "night Sleep profile.txt"),
        ("[x].edf", "[x].xml"),
    ],
)
def test_the_usual_names_are_known(lay, recording: str, scoring: str) -> None:
    night = lay(recording, scoring, "another.xml", "other-Hypnogram.edf")
    assert find_scoring(night) == night.parent / scoring


def test_another_table_beside_a_recording_is_no_scoring(lay) -> None:
    assert (
        find_scoring(lay("night.edf", "night.csv", "night.txt", "night2.xml")) is None
    )


def test_a_pattern_of_ones_own_leads_elsewhere(lay) -> None:
    night = lay("edf/n1.edf", "scored/n1_v2.xml", "scored/n2_v2.xml", "edf/n1.xml")
    found = find_scoring(night, "../scored/{stem}_*.xml")
    assert found is not None
    assert found.resolve() == night.parents[1].resolve() / "scored/n1_v2.xml"


def test_a_pattern_that_fits_nothing_names_what_is_missing(lay) -> None:
    night = lay("n1.edf")
    assert find_scoring(night, "{stem}.xml") == night.parent / "n1.xml"


def test_no_scoring_is_taken_where_none_is_wanted(lay) -> None:
    assert find_scoring(lay("n1.edf", "n1.xml"), "none") is None


def test_two_that_fit_are_not_chosen_between(lay) -> None:
    night = lay("n1.edf", "n1_a.xml", "n1_b.xml")
    with pytest.raises(InputError, match=r"n1.edf has 2 scorings.*n1_a.xml, n1_b.xml"):
        find_scoring(night, "{stem}_*.xml")


def test_a_wildcard_in_a_folders_name_is_refused(lay) -> None:
    with pytest.raises(InputError, match="wildcard in a folder's name"):
        find_scoring(lay("n1.edf"), "*/{stem}.xml")
