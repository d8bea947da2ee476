"""A BIDS data set becomes jobs that keep its entities."""

from pathlib import Path

import pytest

from psgkit.cohort.jobs.bids import find_bids_jobs
from psgkit.errors import InputError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (
        "sub-01/ses-1/eeg/sub-01_ses-1_task-sleep_eeg.edf",
        "sub-01/ses-1/eeg/sub-01_ses-1_task-sleep_events.tsv",
        "sub-01/ses-2/eeg/sub-01_ses-2_task-sleep_eeg.edf",
        "sub-02/eeg/sub-02_task-sleep_events.tsv",
        "derivatives/x/sub-01/eeg/sub-01_task-sleep_eeg.edf",
        "sourcedata/sub-01_task-sleep_eeg.edf",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "participants.tsv").write_text(
        "participant_id\tage\tsex\tgroup\n"
        "sub-01\t43\tF\tpatient\nsub-02\t89+\tn/a\tcontrol\n"
    )
    return tmp_path


def test_entities_stay_in_the_id(root: Path) -> None:
    assert [job.id for job in find_bids_jobs(root)] == [
        "sub-01_ses-1_task-sleep",
        "sub-01_ses-2_task-sleep",
        "sub-02_task-sleep",
    ]


def test_events_beside_a_recording_are_its_scoring(root: Path) -> None:
    first, second, _ = find_bids_jobs(root)
    assert first.scoring is not None
    assert first.scoring.name == "sub-01_ses-1_task-sleep_events.tsv"
    assert second.scoring is None


def test_events_without_a_recording_are_a_night(root: Path) -> None:
    *_, last = find_bids_jobs(root)
    assert last.recording is None
    assert last.scoring is not None


def test_participants_give_age_sex_and_all_else(root: Path) -> None:
    first, _, last = find_bids_jobs(root)
    assert (first.age_y, first.sex) == (43.0, "F")
    assert first.covariates == {
        "participant_id": "sub-01",
        "session": "ses-1",
        "group": "patient",
    }
    assert (last.age_y, last.sex) == (None, None)


def test_person_and_session_are_columns_without_participants_too(root: Path) -> None:
    (root / "participants.tsv").unlink()
    first, second, last = find_bids_jobs(root)
    assert first.covariates == {"participant_id": "sub-01", "session": "ses-1"}
    assert second.covariates == {"participant_id": "sub-01", "session": "ses-2"}
    assert last.covariates == {"participant_id": "sub-02"}


def test_what_participants_do_not_know_is_empty(root: Path) -> None:
    (root / "participants.tsv").write_text("participant_id\tgroup\nsub-02\tn/a\n")
    assert find_bids_jobs(root)[-1].covariates["group"] == ""


def test_results_lie_as_in_a_derivative(root: Path) -> None:
    assert [job.subfolder for job in find_bids_jobs(root)] == [
        "sub-01/ses-1/eeg",
        "sub-01/ses-2/eeg",
        "sub-02/eeg",
    ]


def test_a_folder_that_is_no_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="root of a BIDS data set"):
        find_bids_jobs(tmp_path)


def test_the_folder_where_one_stands_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"^{tmp_path.name} holds no"):
        find_bids_jobs(".")
