"""All nights of a folder as one table, from their HDF5 files."""

import math
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from night_makers import make_measure, make_night

import psgkit
from psgkit.cli import main
from psgkit.cohort.batch.folder_lock import hold, tell_under_way
from psgkit.cohort.batch.state import record_done, record_failed, write_asked
from psgkit.cohort.statistics.contrast_files import read_cohort_table
from psgkit.cohort.table.collect import collect, read_cohort
from psgkit.domain.jobs import Done, Failed, Job
from psgkit.domain.night import Night
from psgkit.domain.provenance import METRIC_VERSION
from psgkit.errors import InputError
from psgkit.settings import Settings

JOBS = [
    Job(None, "n1", age_y=43.0, sex="F", covariates={"group": "a", "code": "007"}),
    Job(None, "n2", sex="M", covariates={"group": "=1+1", "code": "12"}),
    Job(None, "n3", covariates={"group": "", "visit": "2", "code": "1"}),
    Job(None, "n4", covariates={"group": "b", "visit": "1", "code": "2"}),
]


def save(out: Path, job: Job, night: Night) -> None:
    folder = psgkit.save_night(night, out)
    done = Done(job, folder, 1.0, len(night.issues), night.error_count)
    record_done(out, job, Settings(), {}, night, done)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cohort of two nights done, one failed, and one not begun."""
    out = tmp_path_factory.mktemp("cohort")
    write_asked(out, JOBS)
    save(out, JOBS[0], make_night("n1"))
    results = (make_measure("tst_min", 300.5), make_measure("swa_uv2__C3_M2__N3", -1.5))
    save(out, JOBS[1], make_night("n2", results=results))
    record_failed(out, Failed(JOBS[2], "UnreadableRecording", "-2 records.", 0.1))
    return out


@pytest.fixture
def out(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_every_night_asked_for_has_a_row(out: Path) -> None:
    table = collect(out).set_index("id")
    assert table["status"].to_dict() == {
        "n1": "done",
        "n2": "done",
        "n3": "failed",
        "n4": "skipped",
    }
    assert table.loc["n3", "message"] == "-2 records."
    assert table.loc["n2", "tst_min"] == 300.5
    assert math.isnan(table.loc["n3", "tst_min"])
    assert math.isnan(table.loc["n1", "ari_per_h"])


def test_a_night_that_a_stopped_run_has_not_done_says_so(out: Path) -> None:
    table = collect(out).set_index("id")
    assert table.loc["n4", "message"] == (
        "It has no result yet; the same batch command goes on with it."
    )
    assert table.attrs["under_way"] is None


def test_while_a_batch_is_at_work_nights_are_under_way_or_not_begun(out: Path) -> None:
    asked = [*JOBS, Job(None, "n5")]
    write_asked(out, asked)
    with hold(out) as lock:
        tell_under_way(lock, {"n3", "n4"})
        table = collect(out).set_index("id")
    assert table["status"].to_dict() == {
        "n1": "done",
        "n2": "done",
        "n3": "failed",
        "n4": "skipped",
        "n5": "skipped",
    }
    assert table["message"].to_dict() == {
        "n1": "",
        "n2": "",
        "n3": "-2 records. A batch is at work on it again.",
        "n4": "A batch is at work on this night.",
        "n5": "A batch is at work; this night's turn has not come.",
    }
    assert table.attrs["under_way"] == ["n3", "n4"]
    assert "under way" in (out / "cohort.html").read_text()


def test_the_command_counts_nights_under_way_apart(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hold(out) as lock:
        tell_under_way(lock, {"n4"})
        with pytest.raises(SystemExit):
            main(["collect", str(out)])
    told = capsys.readouterr()
    assert told.out.startswith("2 done, 1 failed, 1 under way\n")
    assert "a batch is at work in this folder" in told.err
    with pytest.raises(SystemExit):
        main(["collect", str(out)])
    told = capsys.readouterr()
    assert told.out.startswith("2 done, 1 failed, 1 skipped\n")
    assert "at work" not in told.err


def test_columns_come_in_order(out: Path) -> None:
    names = list(collect(out))
    assert names[:7] == ["id", "status", "age_y", "sex", "group", "code", "visit"]
    assert names[-2:] == ["error", "message"]
    assert names.index("tst_min") < names.index("swa_uv2__C3_M2__N3")


def test_failures_stand_in_a_table_of_their_own(out: Path) -> None:
    collect(out)
    assert (out / "failures.csv").read_text() == (
        "id,error,message\nn3,UnreadableRecording,'-2 records.\n"
    )


def test_the_dictionary_names_every_column(out: Path) -> None:
    table = collect(out)
    meanings = pd.read_csv(out / "data_dictionary.csv").set_index("name")
    assert list(meanings.index) == list(table)
    assert meanings.loc["tst_min", "unit"] == "minutes"
    assert meanings.loc["tst_min", "tier"] == "primary"
    assert meanings.loc["tst_min", "reliability_experts"] == 0.76
    assert meanings["meaning"].notna().all()


def test_no_cell_is_a_formula(out: Path) -> None:
    collect(out)
    cells = pd.read_csv(out / "cohort.csv", dtype=str, keep_default_na=False)
    assert cells.loc[1, "group"] == "'=1+1"
    assert cells.loc[1, "swa_uv2__C3_M2__N3"] == "-1.5"


def test_the_table_is_read_with_types_and_units(out: Path) -> None:
    made = collect(out)
    table = read_cohort(out)
    assert table.attrs["units"]["tst_min"] == "minutes"
    assert table.attrs["units"] == made.attrs["units"]
    pd.testing.assert_frame_equal(table, made)
    assert table.dtypes["tst_min"] == "float64"
    assert table.dtypes["visit"] == "Int64"
    assert table.dtypes["issues_n"] == "Int64"
    assert list(table["code"]) == ["007", "12", "1", "2"]
    assert list(table["group"]) == ["a", "=1+1", "", "b"]


def test_the_tables_come_back_from_the_hdf5_files(out: Path) -> None:
    names = ("cohort.csv", "failures.csv", "data_dictionary.csv")
    collect(out)
    before = [(out / name).read_bytes() for name in names]
    for file in out.rglob("*.csv"):
        file.unlink()
    collect(out)
    assert [(out / name).read_bytes() for name in names] == before


def test_hdf5_files_alone_are_enough(out: Path) -> None:
    shutil.rmtree(out / ".psgkit")
    table = collect(out)
    assert list(table["id"]) == ["n1", "n2"]
    assert list(table["tst_min"]) == [94.0, 300.5]


def test_nights_that_were_not_asked_for_count_when_told(out: Path) -> None:
    psgkit.save_night(make_night("n0"), out)
    assert "n0" not in set(collect(out)["id"])
    assert set(collect(out, every=True)["id"]) == {"n0", "n1", "n2", "n3", "n4"}


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def save_of(out: Path, night_id: str, **digests: str) -> None:
    night = make_night(night_id)
    psgkit.save_night(
        replace(night, provenance=replace(night.provenance, **digests)), out
    )


def test_nights_that_hold_one_recording_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for night_id, digest in (("n1", "aa"), ("n2", "bb"), ("n3", "aa"), ("n4", "bb")):
        save_of(tmp_path, night_id, recording_sha256=digest)
    save_of(tmp_path, "n5", recording_sha256="bb")
    save_of(tmp_path, "n6", recording_sha256="cc")
    assert len(collect(tmp_path)) == 6
    end = "in the table."
    assert told(caplog) == [
        f"'n1' and 'n3' hold the same recording, which counts twice {end}",
        f"'n2', 'n4' and 'n5' hold the same recording, which counts 3 times {end}",
    ]


def test_a_scoring_counts_where_there_is_no_recording(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Two recordings with one scoring are two nights; neither of both is no input.
    save_of(tmp_path, "n1", recording_sha256="aa", scoring_sha256="dd")
    save_of(tmp_path, "n2", recording_sha256="bb", scoring_sha256="dd")
    for night_id in ("n3", "n4"):
        save_of(tmp_path, night_id, recording_sha256="", scoring_sha256="dd")
    for night_id in ("n5", "n6"):
        save_of(tmp_path, night_id, recording_sha256="")
    collect(tmp_path)
    [line] = told(caplog)
    assert line.startswith("'n3' and 'n4' hold the same scoring")


def test_a_copied_result_is_told_by_its_folder(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_of(tmp_path, "n1", recording_sha256="aa")
    (tmp_path / "n2").mkdir()
    shutil.copy(tmp_path / "n1/n1.h5", tmp_path / "n2/n2.h5")
    collect(tmp_path)
    [line] = told(caplog)
    assert line.startswith("'n1' and 'n1' (in 'n2') hold the same recording")


@pytest.mark.slow
def test_of_many_repeats_ten_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for pair in range(12):
        for half in "ab":
            save_of(tmp_path, f"n{pair}{half}", recording_sha256=f"{pair:02}")
    collect(tmp_path, page=False)
    assert len(told(caplog)) == 11
    assert told(caplog)[-1] == "2 more are in the table more than once."


def test_tables_say_their_format_and_metric_version(out: Path) -> None:
    table = collect(out).set_index("id")
    assert table.loc["n1", "format_version"] == 1
    assert table.loc["n1", "metric_version"] == METRIC_VERSION
    meanings = pd.read_csv(out / "data_dictionary.csv").set_index("name")["meaning"]
    assert meanings["format_version"] == "version of the layout of psgkit's tables"
    assert meanings["metric_version"] == "version of the definitions of all numbers"


def test_a_table_of_a_newer_format_is_refused_and_of_an_older_one_read(
    out: Path,
) -> None:
    table = collect(out)
    table.drop(columns="format_version").to_csv(out / "cohort.csv", index=False)
    assert list(read_cohort(out)["id"]) == list(table["id"])
    assert len(read_cohort_table(out / "cohort.csv")) == len(table)
    table.assign(format_version=2).to_csv(out / "cohort.csv", index=False)
    for read, file in ((read_cohort, out), (read_cohort_table, out / "cohort.csv")):
        with pytest.raises(InputError, match=r"format version 2; .* Update psgkit"):
            read(file)


def test_a_folder_in_the_place_of_its_table_is_told_to_be_one(out: Path) -> None:
    collect(out)
    with pytest.raises(InputError) as caught:
        read_cohort_table(out)
    assert str(caught.value) == f"{out} is a folder; give {out / 'cohort.csv'}."
    (out / "cohort.csv").unlink()
    with pytest.raises(InputError, match=r"is a folder; give the cohort.csv of a"):
        read_cohort_table(out)


def test_nights_of_an_older_metric_version_say_so_in_their_row(out: Path) -> None:
    night = make_night("n1")
    old = replace(night.provenance, metric_version=0)
    psgkit.save_night(replace(night, provenance=old), out)
    table = collect(out).set_index("id")
    assert table["metric_version"].to_dict()["n1"] == 0
    assert table["metric_version"].to_dict()["n2"] == METRIC_VERSION


def test_a_damaged_result_is_a_failed_night(out: Path) -> None:
    (out / "n1/n1.h5").write_bytes(b"nothing")
    table = collect(out).set_index("id")
    assert table.loc["n1", "status"] == "failed"
    assert "is not an HDF5 file" in table.loc["n1", "message"]


def test_a_workbook_holds_numbers_and_no_formula(out: Path) -> None:
    collect(out)
    book = openpyxl.load_workbook(out / "cohort.xlsx")
    assert book.sheetnames == ["cohort", "failures", "dictionary"]
    names, *rows = book["cohort"].iter_rows()
    columns = [cell.value for cell in names]
    night = dict(zip(columns, rows[1], strict=True))
    assert (night["group"].value, night["group"].data_type) == ("=1+1", "s")
    assert (night["tst_min"].value, night["tst_min"].data_type) == (300.5, "n")
    assert night["error"].value is None


def test_the_page_links_to_nights_wherever_their_folder_is(out: Path) -> None:
    (out / "n2/n2_report.html").unlink()
    job = Job(None, "n5", subfolder="sub-1/eeg")
    save(out / job.subfolder, Job(None, "n5"), make_night("n5"))
    shutil.move(out / "sub-1/eeg/.psgkit/nights/n5.json", out / ".psgkit/nights")
    write_asked(out, [*JOBS, job])
    collect(out, language="nl")
    page = (out / "cohort.html").read_text()
    assert 'href="n1/n1_report.html"' in page
    assert 'href="sub-1/eeg/n5/n5_report.html"' in page
    assert "n2_report.html" not in page
    assert 'lang="nl"' in page


def test_a_folder_without_nights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no night of psgkit"):
        collect(tmp_path)
    with pytest.raises(InputError, match=r"no folder .*nowhere"):
        collect(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"no cohort.csv .* psgkit collect makes it"):
        read_cohort(tmp_path)
