"""CSV, BIDS tables, ISRUC's sheet, DOD's lists; answers by hand or from the README."""

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest

from psgkit.errors import UnreadableScoring
from psgkit.read import read_scoring


def write(folder: Path, text: str, name: str = "night") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_of_epoch_and_stage_with_a_hole(tmp_path: Path) -> None:
    scoring = read_scoring(write(tmp_path, "epoch,stage\n1,W\n2,N1\n5,R\n"))
    assert scoring.stage_names == ["W", "N1", "UNS", "UNS", "R"]
    codes = [issue.code for issue in scoring.issues]
    assert codes == ["epoch_length_assumed", "epochs_missing"]


def test_a_csv_of_semicolons_and_commas_in_numbers(tmp_path: Path) -> None:
    text = "onset_s;duration_s;stage\n0,0;20,0;W\n20,0;20,0;N2\n"
    scoring = read_scoring(write(tmp_path, text))
    assert (scoring.stage_names, scoring.epoch_s) == (["W", "N2"], 20.0)


def test_a_csv_of_clock_times(tmp_path: Path) -> None:
    text = "time,stage\n23:59:30,W\n00:00:00,N1\n00:00:30,N2\n"
    scoring = read_scoring(
        write(tmp_path, text), recording_start=dt.datetime(2020, 1, 1, 23, 59, 0)
    )
    assert scoring.onset_s == 30.0
    assert scoring.stage_names == ["W", "N1", "N2"]


def test_the_column_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, "mine,stage\nN2,W\nN3,W\n")
    assert read_scoring(path, column="mine").stage_names == ["N2", "N3"]
    with pytest.raises(UnreadableScoring, match="no column 'other'; there are mine"):
        read_scoring(path, column="other")


def test_a_wrong_word_in_a_table_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScoring, match="line 3 has a text of 2"):
        read_scoring(write(tmp_path, "epoch,stage\n1,W\n2,Qx\n"))


def test_a_stage_at_no_epoch_boundary_is_named(tmp_path: Path) -> None:
    text = "onset,duration,stage\n0,30,W\n30,30,N1\n72,30,N2\n102,30,N2\n"
    with pytest.raises(UnreadableScoring, match="line 4 has a stage at no epoch"):
        read_scoring(write(tmp_path, text))


def test_two_scorings_in_one_file_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"{n * 30},30,N2\n" for n in range(20))
    with pytest.raises(UnreadableScoring, match="scored twice"):
        read_scoring(write(tmp_path, "onset,duration,stage\n" + rows + rows))


def test_one_epoch_scored_twice_is_an_issue(tmp_path: Path) -> None:
    rows = "".join(f"{n * 30},30,N2\n" for n in range(20))
    text = "onset,duration,stage\n" + rows + "30,30,R\n"
    scoring = read_scoring(write(tmp_path, text))
    assert scoring.stage_names[1] == "R"
    assert [issue.code for issue in scoring.issues] == ["epochs_scored_twice"]


def test_bids_levels_come_from_the_sidecar_of_the_data_set(tmp_path: Path) -> None:
    folder = tmp_path / "sub-1" / "eeg"
    folder.mkdir(parents=True)
    levels = {"10": "Wake", "11": "N1 sleep", "12": {"Description": "REM sleep"}}
    sidecar = json.dumps({"code": {"Levels": levels}})
    write(tmp_path, sidecar, "task-sleep_events.json")
    text = "onset\tduration\tcode\n0\t30\t10\n30\t30\t11\n60\t30\t12\n90\t30\tn/a\n"
    path = write(folder, text, "sub-1_task-sleep_events.tsv")
    assert read_scoring(path, column="code").stage_names == ["W", "N1", "R", "UNS"]


def test_bids_trial_types_hold_stages_and_events(tmp_path: Path) -> None:
    text = (
        "onset\tduration\ttrial_type\n0\t30\tSleep stage W\n30\t30\tSleep stage N2\n"
        "35\t4.5\tarousal\n40\t0\tlights_off\n50\t2\tMouth breathing\n"
    )
    scoring = read_scoring(write(tmp_path, text))
    assert scoring.stage_names == ["W", "N2"]
    assert scoring.events["kind"].tolist() == ["arousal", "note"]
    assert scoring.lights_off_s == 40.0


def test_remarks_of_an_annotation_column_are_left_out(tmp_path: Path) -> None:
    # as Polyman exports EDF+ annotations
    text = (
        "Date,Time,Recording onset,Duration,Annotation,Linked channel\n"
        "20-Sep-2025,21:44:00,0,60,Sleep stage W,\n"
        "20-Sep-2025,21:44:10,10,2,Mrs Miller coughs,\n"
        "20-Sep-2025,21:45:00,60,30,Sleep stage 1,\n"
        "20-Sep-2025,21:45:10,70,4,Arousal,\n"
    )
    scoring = read_scoring(write(tmp_path, text))
    assert scoring.stage_names == ["W", "W", "N1"]
    assert scoring.events["kind"].tolist() == ["arousal"]
    assert "Miller" not in str(scoring.issues)


def test_psgkits_own_table_of_events_is_no_scoring(tmp_path: Path) -> None:
    text = "onset_s,duration_s,kind,source,epoch,stage\n100.0,5.0,arousal,me,4,N2\n"
    with pytest.raises(UnreadableScoring, match="table of epochs"):
        read_scoring(write(tmp_path, text))


def test_psgkits_own_table_of_epochs_is_one(tmp_path: Path) -> None:
    text = (
        "epoch,onset_s,clock,stage,proba_w\n1,0.0,22:47:30,W,1\n2,30.0,22:48:00,R,0\n"
    )
    assert read_scoring(write(tmp_path, text)).stage_names == ["W", "R"]


def test_epochs_of_4_s(tmp_path: Path) -> None:
    rows = "".join(f"{n * 4},4,{'WR'[n % 2]}\n" for n in range(6))
    scoring = read_scoring(write(tmp_path, "onset,duration,stage\n" + rows))
    assert (scoring.epoch_s, scoring.n_epochs) == (4.0, 6)


def test_isruc_subject_1_is_what_the_lab_computed(real_data: Path) -> None:
    scoring = read_scoring(real_data / "scoring/isruc/subject1_scorer1.xlsx")
    asleep_min = sum(name not in {"W", "UNS"} for name in scoring.stage_names) / 2
    assert (scoring.n_epochs, asleep_min) == (880, 308.0)
    assert scoring.arousals is not None
    assert round(len(scoring.arousals) / asleep_min * 60, 1) == 15.8
    awakenings = len(scoring.events_of(["awakening"]))
    both = (len(scoring.arousals) + awakenings) / asleep_min * 60
    assert round(both, 2) == 20.06
    # 16 obstructive, 74 central, 11 mixed apnoeas; 48 + 16 hypopnoeas in the sheet
    counts = scoring.events["kind"].value_counts()
    assert counts["apnea_obstructive"] == 16
    assert counts["apnea_central"] == 74
    assert counts["apnea_mixed"] == 11
    assert counts["hypopnea"] == 64
    assert (scoring.lights_off_s, scoring.lights_on_s) == (0.0, 26400.0)


def test_a_sheet_with_a_part_marked_as_encrypted_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Epoch", "Stage", "Events"])
    path = tmp_path / "sheet.xlsx"
    book.save(path)
    raw = bytearray(path.read_bytes())
    # Bit 0 of the flags in each of the archive's central headers (APPNOTE 4.4.4).
    place = raw.find(b"PK\x01\x02")
    while place >= 0:
        raw[place + 8] |= 1
        place = raw.find(b"PK\x01\x02", place + 4)
    path.write_bytes(raw)
    with pytest.raises(UnreadableScoring):
        read_scoring(path)


def test_a_list_with_a_wrong_number_is_refused_with_its_epoch(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScoring, match="epoch 3 is '17'"):
        read_scoring(write(tmp_path, "[0, 1, 17, 2]"))
