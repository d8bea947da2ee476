"""A manifest becomes jobs, or one sentence with all that is wrong with it."""

from pathlib import Path

import pandas as pd
import pytest

from psgkit.cohort.jobs.manifest import missing_files, read_manifest
from psgkit.errors import InputError


@pytest.fixture
def manifest(tmp_path: Path):
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "study.csv"
        path.write_text(text, encoding=encoding, newline="")
        return path

    return write


def test_every_column_finds_its_place(manifest) -> None:
    path = manifest(
        "id,edf,scoring,lights_off,lights_on,age,sex,group\n"
        "S1,rec/a.edf,rec/a.xml,22:47,06:58,43,F,control\n"
    )
    [job] = read_manifest(path)
    assert job.id == "S1"
    assert job.recording == path.parent / "rec/a.edf"
    assert job.scoring == path.parent / "rec/a.xml"
    assert (job.lights_off, job.lights_on) == ("22:47", "06:58")
    assert (job.age_y, job.sex) == (43.0, "F")
    assert job.covariates == {"group": "control"}


def test_stages_and_events_may_come_from_two_files(manifest) -> None:
    path = manifest(
        "edf,scoring,scoring_beside\na.edf,a.txt,a_events.tsv\nb.edf,b.txt,\n"
    )
    first, second = read_manifest(path)
    assert first.scoring == path.parent / "a.txt"
    assert first.scoring_beside == path.parent / "a_events.tsv"
    assert second.scoring_beside is None
    alone = manifest("edf,scoring,scoring_beside\na.edf,,a_events.tsv\n")
    with pytest.raises(InputError, match="Line 2 names a second scoring and no first"):
        read_manifest(alone)


def test_a_column_may_be_spelt_with_hyphens_spaces_and_capitals(manifest) -> None:
    # Carried as a further column, its times would be left out without a word.
    path = manifest("ID,EDF,lights-off,Lights On\nS1,a.edf,22:47,06:58\n")
    [job] = read_manifest(path)
    assert (job.lights_off, job.lights_on) == ("22:47", "06:58")
    assert job.covariates == {}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id\tedf\tage\nS1\ta.edf\t43.5\n", "utf-8"),
        ("id;edf;age\r\nS1;a.edf;43,5\r\n", "utf-8-sig"),
        ('"ID","EDF","Age"\n"S1","a.edf","43.5"\n', "utf-16"),
        ("id,edf,age,site\nS1,a.edf,43.5,Zürich\n", "cp1252"),
    ],
)
def test_what_spreadsheets_write_is_read(manifest, text: str, encoding: str) -> None:
    [job] = read_manifest(manifest(text, encoding))
    assert (job.id, job.age_y) == ("S1", 43.5)
    assert job.covariates.get("site", "Zürich") == "Zürich"


def test_cells_that_say_nothing_are_missing(manifest) -> None:
    [job] = read_manifest(manifest("edf,scoring,age,sex,group\na.edf,,n/a,NA,\n"))
    assert (job.scoring, job.age_y, job.sex) == (None, None, None)
    assert job.covariates == {"group": ""}


def test_an_identifier_of_digits_stays_as_it_is(manifest) -> None:
    [job] = read_manifest(manifest("id,edf,code\n007,a.edf,0042\n"))
    assert job.id == "007"
    assert job.covariates == {"code": "0042"}


def test_a_night_without_recording_has_its_scoring(manifest) -> None:
    [job] = read_manifest(manifest("scoring\nscored/n1.tsv\n"))
    assert job.recording is None
    assert job.id == "n1"


def test_nights_without_id_are_named_after_their_files(manifest) -> None:
    jobs = read_manifest(manifest("edf\na/n.edf\nb/n.edf\n"))
    assert [job.id for job in jobs] == ["a_n", "b_n"]


def test_a_file_that_is_not_there_is_the_nights_own_fault(manifest) -> None:
    assert len(read_manifest(manifest("edf\nnowhere.edf\n"))) == 1


def test_none_is_no_file_and_no_age_but_may_be_a_treatment(manifest) -> None:
    text = "id,edf,scoring,age,treatment\nS1,a.edf,none,None,none\n"
    [job] = read_manifest(manifest(text))
    assert (job.scoring, job.age_y) == (None, None)
    assert job.covariates == {"treatment": "none"}


def test_all_faults_are_named_together(manifest) -> None:
    path = manifest(
        "id,edf,age,sex\nS1,a.edf,old,F\nS2,,40,F\ns1,c.edf,40,X\nS4,d.edf,900,M\n"
    )
    with pytest.raises(InputError) as caught:
        read_manifest(path)
    message = str(caught.value)
    assert "Line 2: the age is not a number of years between 0 and 120;" in message
    assert "Line 3 names no file." in message
    assert (
        "Line 4: the sex is not F or M; empty the cell where it is not known."
        in message
    )
    assert "Line 5: the age is not a number of years between 0 and 120;" in message
    assert "Lines 2 and 4 have the same id; ids must differ." in message


@pytest.mark.parametrize("age", ["121", "-3", "inf"])
def test_an_age_that_every_night_would_fail_on_is_told_at_once(
    manifest, age: str
) -> None:
    with pytest.raises(InputError, match="Line 2: the age is not a number of years"):
        read_manifest(manifest(f"edf,age\na.edf,{age}\n"))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no line that names its columns"),
        ("id,edf\n", "names no night"),
        ("id,file name\nS1,a.edf\n", "no column 'edf' or 'scoring'"),
        ("id,edf,EDF\nS1,a.edf,b.edf\n", "mean the same"),
        ("edf,group,group\na.edf,x,y\n", "two columns named 'group'"),
        ("edf,group\na.edf,x,y\n", "more cells than columns in line 2"),
        ("edf,tst_min\na.edf,400\n", "has the name of a result"),
        ("edf,status\na.edf,well\n", "has the name of a result"),
    ],
)
def test_a_table_that_is_no_manifest_is_refused(manifest, text, part) -> None:
    with pytest.raises(InputError, match=part):
        read_manifest(manifest(text))


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"No file 'study.csv'"):
        read_manifest(tmp_path / "study.csv")


@pytest.mark.parametrize("scoring", ["none", "../scored/{stem}.xml"])
def test_scorings_are_named_by_the_manifest_or_by_the_call(manifest, scoring) -> None:
    # The column would be followed and the call not, without a word.
    path = manifest("edf,Scoring\na.edf,a.xml\n")
    with pytest.raises(InputError, match=r"column 'Scoring' .* leave --scoring out"):
        read_manifest(path, scoring=scoring)
    [job] = read_manifest(manifest("edf\na.edf\n"), scoring="none")
    assert job.scoring is None


def test_all_faults_of_a_manifest_are_named_together(manifest) -> None:
    path = manifest(
        "edf,scoring,age,sex,lights_off,epoch_s,scorer,duration_min,sp_freq_hz__C4_M1\n"
        "a.edf,a.xml,431,F,22:47,,Ann,400,13\n"
        "study.csv,b.xml,40,X,99:99,20,Ann,400,13\n"
        "study.csv,study.csv,40,F,22:47,soon,Ann,400,13\n"
    )
    with pytest.raises(InputError) as caught:
        read_manifest(path, scoring="none")
    said = str(caught.value)
    for words in (
        "'scorer' has the name of a result",
        "'duration_min' has the name of a result",
        "'sp_freq_hz__C4_M1' has the name of a result",
        "Its column 'scoring' says which scorings to take",
        "Line 2: the age is not a number of years",
        "Line 2: its recording and its scoring is not there.",
        "Line 3: the sex is not F or M",
        "Line 3: the lights_off is not a time.",
        "Line 3: its scoring is not there.",
        "Line 4: the epoch_s is not seconds, such as 20",
    ):
        assert words in said


def test_a_workbook_is_refused_as_one(tmp_path: Path) -> None:
    path = tmp_path / "study.xlsx"
    pd.DataFrame({"edf": ["a.edf"]}).to_excel(path, index=False)
    with pytest.raises(InputError, match=r"is a workbook of a spreadsheet\. Save its"):
        read_manifest(path)


def test_a_name_that_is_too_long_for_a_file_is_a_night_that_fails_alone(
    tmp_path: Path,
) -> None:
    table = tmp_path / "manifest.csv"
    table.write_text(f"id,edf\na,{'x' * 300}.edf\n")
    (job,) = read_manifest(table)
    assert missing_files(job) == ["recording"]


def test_a_faulty_table_names_files_of_impossible_names_too(tmp_path: Path) -> None:
    table = tmp_path / "manifest.csv"
    table.write_text(f"id,edf,age\na,{'x' * 300}.edf,old\n")
    with pytest.raises(InputError, match="Line 2: its recording is not there"):
        read_manifest(table)
