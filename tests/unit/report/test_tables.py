import csv
import io
import math
from dataclasses import replace

import pandas as pd
import pytest
from night_makers import make_measure, make_night

from psgkit.errors import OutputError
from psgkit.report import save_night
from psgkit.report.tables import (
    epochs_table,
    events_table,
    reasons_table,
    summary_row,
    to_csv,
)
from psgkit.settings import ReportSettings, Settings


def test_a_night_gets_its_files_in_a_folder_of_its_own(tmp_path):
    home = save_night(make_night("n1"), tmp_path / "out")
    assert home == tmp_path / "out" / "n1"
    names = {path.name for path in home.iterdir()}
    assert {"n1.h5", "n1_summary.csv", "n1_epochs.csv", "n1_events.csv"} <= names
    assert "n1_rem_bouts.csv" not in names


def test_long_tables_are_written_when_asked_for(tmp_path):
    home = save_night(
        make_night("n1"),
        tmp_path,
        settings=Settings(report=ReportSettings(tables=True)),
    )
    bouts = pd.read_csv(home / "n1_rem_bouts.csv")
    assert bouts["duration_s"].tolist() == [300.0, 300.0]
    reasons = pd.read_csv(home / "n1_nan_reasons.csv").set_index("name")["reason"]
    assert reasons["ari_per_h"] == "arousals were not scored"


def test_files_of_an_earlier_run_do_not_stay_beside_newer_numbers(tmp_path):
    save_night(
        make_night("n1"),
        tmp_path,
        settings=Settings(report=ReportSettings(tables=True)),
    )
    (tmp_path / "n1" / "n1_notes.csv").write_text("the user's own")
    home = save_night(
        make_night("n1"), tmp_path, settings=Settings(report=ReportSettings(page=False))
    )
    names = {path.name for path in home.iterdir()}
    assert names == {
        *("n1.h5", "n1_summary.csv", "n1_epochs.csv", "n1_events.csv"),
        "n1_summary_tall.csv",
        "n1_notes.csv",
    }


def test_a_folder_that_cannot_be_made_is_said_and_nothing_is_written(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="Choose another folder"):
        save_night(make_night("n1"), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_id_that_climbs_stays_in_the_output_folder(tmp_path):
    home = save_night(make_night("../../up"), tmp_path / "out")
    assert home.parent == tmp_path / "out"
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_the_summary_is_one_row_with_facts_measures_and_intervals(tmp_path):
    home = save_night(make_night("n1"), tmp_path)
    table = pd.read_csv(home / "n1_summary.csv")
    assert len(table) == 1
    row = table.iloc[0]
    assert row["id"] == "n1"
    assert (row["issues_n"], row["issues_error_n"]) == (3, 1)
    assert row["rem_wmean_min_b2m"] == 13.2
    assert (row["rem_wmean_min_b2m_low"], row["rem_wmean_min_b2m_high"]) == (11.0, 15.5)
    assert pd.isna(row["ari_per_h"])
    assert "rem_min_low" not in table.columns
    assert row["psgkit_version"] == "0.1.0"


def test_an_undefined_number_is_an_empty_cell():
    text = to_csv(pd.DataFrame([summary_row(make_night())]))
    cells = next(csv.DictReader(io.StringIO(text)))
    assert cells["ari_per_h"] == ""
    assert cells["tst_min"] == "94.0"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(start):
    text = to_csv(pd.DataFrame({"id": [start], "value": [-1.5]}))
    cells = next(csv.DictReader(io.StringIO(text, newline="")))
    assert cells == {"id": f"'{start}", "value": "-1.5"}


def test_a_carriage_return_does_not_end_a_row():
    text = to_csv(pd.DataFrame({"id": ["\r=1"], "value": [2.0]}))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [["id", "value"], ["' =1", "2.0"]]


def test_epochs_have_clock_stage_probabilities_and_confidence():
    table = epochs_table(make_night().scoring)
    first = table.iloc[0]
    assert (first["epoch"], first["onset_s"], first["clock"]) == (1, 0.0, "22:47:30")
    assert (first["stage"], first["proba_w"], first["confidence"]) == ("W", 0.8, 0.8)
    assert table["stage"].iloc[-2:].tolist() == ["UNS", "ART"]


def test_a_human_scoring_has_no_confidence():
    table = epochs_table(make_night(with_proba=False).scoring)
    assert table["confidence"].isna().all()


def test_an_event_says_the_epoch_and_stage_it_starts_in():
    # Epochs of 30 s: second 1000 lies in epoch 34 (N2), 29.99 in the first, which is
    # W; 1e6 is after the night.
    night = make_night(arousals=((29.99, 3.0), (30.0, 3.0), (1000.0, 5.0), (1e6, 3.0)))
    table = events_table(night.scoring)
    assert table["epoch"].tolist()[:3] == [1, 2, 34]
    assert table["stage"].tolist() == ["W", "W", "N2", ""]
    assert pd.isna(table["epoch"].iloc[3])


def test_reasons_name_the_night_the_column_and_why():
    night = make_night("n1", results=(make_measure("x_min", reason="no REM"),))
    assert reasons_table(night).to_numpy().tolist() == [["n1", "x_min", "no REM"]]


def test_the_summary_gives_the_highest_high_pass_under_slow_wave_activity():
    night = make_night("n1")
    (channel, *_) = night.channels
    assert math.isnan(summary_row(night)["swa_highpass_hz"])
    used = {"swa": f"{channel.role.value} ({channel.label})"}
    night = replace(night, provenance=replace(night.provenance, channels_used=used))
    assert summary_row(night)["swa_highpass_hz"] == channel.highpass_hz == 0.3


@pytest.mark.parametrize(
    ("detectors", "source"),
    [
        ({}, "YASA"),
        ({"spindles": "yasa"}, "YASA"),
        ({"spindles": "a7"}, "A7"),
        ({"spindle_rules": {"correlation": 0.7}}, "YASA, own thresholds"),
    ],
)
def test_the_summary_names_the_detector_of_spindles(
    detectors: dict[str, object], source: str
) -> None:
    settings = Settings.model_validate({"detectors": detectors})
    night = make_night("n1")
    provenance = replace(
        night.provenance,
        settings=settings.model_dump(mode="json"),
        channels_used={"spindles": "C4_M1 (C4-M1)"},
    )
    row = summary_row(replace(night, provenance=provenance))
    assert row["spindle_source"] == source
    without = replace(provenance, channels_used={})
    assert summary_row(replace(night, provenance=without))["spindle_source"] == ""


def test_the_summary_names_the_derivations_by_role_alone():
    night = make_night("n1")
    used = {"swa": "F3_M2 (EEG F3-A2, left) + F4_M1 (F4-M1)"}
    night = replace(night, provenance=replace(night.provenance, channels_used=used))
    assert summary_row(night)["swa_derivation"] == "F3_M2 + F4_M1"
    assert summary_row(night)["epoch_s"] == 30.0


def test_a_night_is_saved_as_the_settings_say_that_it_was_made_with(tmp_path):
    night = make_night("n1")
    report = {"page": False, "tables": True, "language": "nl", "of_another_psgkit": 1}
    made_with = {**night.provenance.settings, "report": report}
    night = replace(night, provenance=replace(night.provenance, settings=made_with))
    home = save_night(night, tmp_path)
    assert not (home / "n1_report.html").exists()
    assert (home / "n1_nan_reasons.csv").exists()
    home = save_night(night, str(tmp_path), settings=Settings())
    assert (home / "n1_report.html").exists()
    assert not (home / "n1_nan_reasons.csv").exists()
