"""Text exports: Noxturnal, Luna, Domino, RemLogic, Alice, lists; answers by hand."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from psgkit.errors import UnreadableScoring
from psgkit.read import read_scoring


def write(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "n") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("night", "epochs", "arousals", "start"),
    [("night1", 1358, 22, "22:30:00"), ("night2", 848, 76, "23:46:00")],
)
def test_noxturnal_nights(
    real_data: Path, night: str, epochs: int, arousals: int, start: str
) -> None:
    # iconv -f utf-16 -t utf-8 | cut -d, -f3 | sort | uniq -c
    scoring = read_scoring(real_data / f"scoring/noxturnal/{night}.csv")
    assert np.count_nonzero(scoring.stages != -2) == epochs
    assert scoring.arousals is not None
    assert len(scoring.arousals) == arousals
    assert scoring.start is not None
    assert f"{scoring.start:%H:%M:%S}" == start


def test_noxturnal_events_of_each_kind_are_counted(real_data: Path) -> None:
    scoring = read_scoring(real_data / "scoring/noxturnal/night2.csv")
    counts = scoring.events["kind"].value_counts()
    assert counts["desaturation"] == 191
    assert counts["apnea_obstructive"] == 114
    assert counts["apnea_mixed"] == 1
    assert counts["hypopnea"] == 89
    assert counts["limb_movement"] == 29
    assert counts["plm_series"] == 1
    first = scoring.arousals
    assert first is not None
    # 00:25:14 is 2354 s after 23:46:00
    assert first.iloc[0][["onset_s", "duration_s"]].tolist() == [2354.0, 11.841]


def test_epochs_missing_in_a_noxturnal_export_are_unscored(real_data: Path) -> None:
    scoring = read_scoring(real_data / "scoring/noxturnal/night1.csv")
    # three pauses of 2190, 570 and 1380 s and one epoch: 139 epochs
    assert np.count_nonzero(scoring.stages == -2) == 139
    assert [issue.code for issue in scoring.issues] == ["epochs_missing"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Start Time,End Time,Event,Duration", "Wake,N1,REM,Arousal,Hypopnea"),
        ("Startzeit,Endzeit,Ereignis,Dauer", "Wach,N1,REM,Arousal,Hypopnoe"),
        ("Begintijd,Eindtijd,Gebeurtenis,Duur", "Wakker,N1,REM,Arousal,Hypopneu"),
        (
            "Hora de inicio,Hora de fin,Evento,Duración",
            "Vigilia,N1,REM,Microdespertar,Hipopnea",
        ),
    ],
)
def test_noxturnal_in_other_languages(tmp_path: Path, header: str, words: str) -> None:
    wake, n1, rem, arousal, hypopnea = words.split(",")
    text = (
        f"{header},\n[],[],[],[s],\n"
        f"05/06/2020 23:59:30,06/06/2020 00:00:00,{wake},30,\n"
        f"06/06/2020 00:00:00,06/06/2020 00:00:30,{n1},30,\n"
        f"06/06/2020 00:00:10,06/06/2020 00:00:15,{arousal},5.25,\n"
        f"06/06/2020 00:00:30,06/06/2020 00:01:00,{rem},30,\n"
        f"06/06/2020 00:00:40,06/06/2020 00:00:55,{hypopnea},15,\n"
    )
    scoring = read_scoring(write(tmp_path, text, encoding="utf-16"))
    assert scoring.stage_names == ["W", "N1", "R"]
    assert scoring.events["kind"].tolist() == ["arousal", "hypopnea"]
    # the day stands first: read the other way round, the night would last a month
    assert scoring.start == dt.datetime(2020, 6, 5, 23, 59, 30)


def test_luna_annotations_in_seconds(tmp_path: Path) -> None:
    text = (
        "# N2 | stage\nclass\tinstance\tchannel\tstart\tstop\tmeta\n"
        "W\t.\t.\t0\t30\t.\nN2\t.\t.\t30\t...\t.\nR\t.\t.\t60\t+30\t.\n"
        "arousal\t.\tC4\t40.5\t44\t.\nsnore\tx\t.\t50\t51\t.\n"
    )
    scoring = read_scoring(write(tmp_path, text))
    assert scoring.stage_names == ["W", "N2", "R"]
    assert scoring.events["kind"].tolist() == ["arousal", "snore"]
    assert scoring.events["duration_s"].tolist() == [3.5, 1.0]


def test_luna_annotations_by_the_clock_across_midnight(tmp_path: Path) -> None:
    text = (
        "W\t.\t.\t23:59:30\t00:00:00\t.\nN1\t.\t.\t00:00:00\t00:00:30\t.\n"
        "arousal\t.\t.\t00:00:10.5\t00:00:14\t.\n"
    )
    start = dt.datetime(2020, 1, 1, 23, 59, 0)
    scoring = read_scoring(write(tmp_path, text), recording_start=start)
    assert scoring.onset_s == 30.0
    assert scoring.events["onset_s"].tolist() == [70.5]


def test_luna_epoch_lists_are_one_stage_a_line(tmp_path: Path) -> None:
    assert read_scoring(write(tmp_path, "W\nN1\n?\nR\n")).stage_names == [
        "W", "N1", "UNS", "R"
    ]  # fmt: skip


DOMINO = (
    "Signal ID: SchlafProfil\\profil\r\nStart Time: 5/30/2024 11:59:00 PM\r\nUnit: \r\n"
    "Signal Type: Discret\r\nEvents list: N3,N2,N1,Rem,Wake,Artifact\r\nRate: 30 s\r\n"
    "\r\n23:59:00,000; A\r\n23:59:30,000; Wake\r\n00:00:00,000; N2\r\n"
    "00:00:30,000; Rem\r\n"
)
DOMINO_FLOW = (
    "Signal ID: FlowD\\flow\nStart Time: 5/30/2024 11:59:16 PM\nUnit: s\n"
    "Signal Type: Impuls\n\n00:00:01,500-00:00:13,500; 12;Hypopnea\n"
)
DOMINO_AROUSALS = (
    "Signal ID: Arousal\\arousals\nStart Time: 5/30/2024 11:59:00 PM\nUnit: s\n"
    "Signal Type: Impuls\n\n"
)


def test_a_domino_sleep_profile(tmp_path: Path) -> None:
    scoring = read_scoring(write(tmp_path, DOMINO))
    assert scoring.stage_names == ["ART", "W", "N2", "R"]
    assert scoring.start == dt.datetime(2024, 5, 30, 23, 59)
    assert scoring.kinds_scored == frozenset()


def test_domino_lists_beside_the_profile_come_along(tmp_path: Path) -> None:
    path = write(tmp_path, DOMINO, name="Sleep profile.txt")
    write(tmp_path, DOMINO_FLOW, name="Flow Events.txt")
    write(tmp_path, DOMINO_AROUSALS, name="Classification Arousals.txt")
    write(tmp_path, "notes on something else", name="notes.txt")
    scoring = read_scoring(path)
    assert scoring.events["kind"].tolist() == ["hypopnea"]
    assert scoring.events["onset_s"].tolist() == [61.5]
    # the list of arousals is there and empty: none, not unknown
    assert scoring.kinds_scored == {"respiratory", "arousal"}


def test_a_domino_list_of_events_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScoring, match="sleep profile of the same export"):
        read_scoring(write(tmp_path, DOMINO_FLOW))


def test_two_domino_profiles_in_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScoring, match="two sleep profiles"):
        read_scoring(write(tmp_path, DOMINO + DOMINO))


REMLOGIC = (
    "RemLogic Event Export\nPatient:\tX\nPatient ID:\nRecording Date:\t13/01/2000\n\n"
    "Events Included:\nMCAP-A1\nSLEEP-S0\n\nScoring Session:\n\n"
    "Sleep Stage\tPosition\tTime [hh:mm:ss]\tEvent\tDuration[s]\tLocation\n"
    "W\tUnknown Position\t23:59:30\tSLEEP-S0\t30\tROC-LOC\n"
    "S2\tLeft\t00:00:00\tSLEEP-S2\t30\tROC-LOC\n"
    "S2\tLeft\t00:00:15\tMCAP-A1\t6\tEEG-Fp2-F4\n"
    "S4\tSupine\t00:00:30\tSLEEP-S4\t30\tROC-LOC\n"
    "R\tSupine\t00:01:00\tSLEEP-REM\t30\tROC-LOC\n"
)


def test_remlogic_text(tmp_path: Path) -> None:
    scoring = read_scoring(write(tmp_path, REMLOGIC))
    assert scoring.stage_names == ["W", "N2", "N3", "R"]
    assert scoring.events["kind"].tolist() == ["cap_a1"]
    assert scoring.events["onset_s"].tolist() == [45.0]
    assert scoring.start == dt.datetime(2000, 1, 13, 23, 59, 30)
    assert scoring.arousals is None


def test_remlogic_text_with_dates_in_its_rows(tmp_path: Path) -> None:
    text = (
        "RemLogic Event Export\nPatient:\tX\nRecording Date:\t13/01/2000\n\n"
        "Time [hh:mm:ss]\tEvent\tDuration[s]\n"
        "2000-01-13T23:59:30.000000\tSLEEP-S0\t30.000\n"
        "2000-01-14T00:00:00.000000\tSLEEP-S1\t30.000\n"
        "2000-01-14T00:00:10.500000\tAROUSAL\t3.500\n"
    )
    scoring = read_scoring(write(tmp_path, text))
    assert scoring.stage_names == ["W", "N1"]
    assert scoring.events["onset_s"].tolist() == [40.5]
    assert scoring.start == dt.datetime(2000, 1, 13, 23, 59, 30)


def test_alice_lines_of_time_and_stage(tmp_path: Path) -> None:
    text = "Epoch Time Stage\n1 11:59:30 pm WK\n2 12:00:00 am N2\n3 12:00:30 am REM\n"
    scoring = read_scoring(write(tmp_path, text))
    assert scoring.stage_names == ["W", "N2", "R"]
    assert scoring.start is not None
    assert scoring.start.time() == dt.time(23, 59, 30)


def test_yasa_json_keeps_start_epoch_and_probabilities(tmp_path: Path) -> None:
    content = {
        "values": ["WAKE", "N2", "ART", "UNS", "REM"],
        "n_stages": 5,
        "freq": "20s",
        "start": "2020-01-01T23:00:00",
        "scorer": "YASA",
        "proba": {s: [0.2] * 5 for s in ("WAKE", "N1", "N2", "N3", "REM")},
    }
    scoring = read_scoring(write(tmp_path, json.dumps(content)))
    assert scoring.stage_names == ["W", "N2", "ART", "UNS", "R"]
    assert (scoring.epoch_s, scoring.scorer) == (20.0, "YASA")
    assert scoring.start == dt.datetime(2020, 1, 1, 23)
    assert scoring.proba is not None
    assert scoring.proba.shape == (5, 5)


def test_a_yasa_hypnogram_of_two_stages_is_refused(tmp_path: Path) -> None:
    content = json.dumps({"values": ["WAKE", "SLEEP"], "n_stages": 2})
    with pytest.raises(UnreadableScoring, match="five of the"):
        read_scoring(write(tmp_path, content))


def test_text_in_no_known_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "n"
    path.write_bytes(b"W\nN1\nN\x81\x8d2\nW\nW\n")
    with pytest.raises(UnreadableScoring, match="line 3"):
        read_scoring(path)


def test_binary_data_amid_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "n"
    path.write_bytes(b"W\nN1\n\x00\x01\x02W\n" + b"W\n" * 50)
    with pytest.raises(UnreadableScoring, match="line 3 holds binary"):
        read_scoring(path)


def test_windows_text_with_accents_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "Éveil\nN1\nN2\n", encoding="cp1252")
    assert read_scoring(path).stage_names == ["W", "N1", "N2"]
