"""Profusion, NSRR, RemLogic and Sleepware XML; answers by hand or from the README."""

import datetime as dt
from pathlib import Path

import pytest

from psgkit.errors import UnreadableScoring
from psgkit.read import read_scoring

EVENTS = ["arousal", "hypopnea", "apnea_obstructive", "desaturation", "artefact"]


def write(folder: Path, text: str) -> Path:
    path = folder / "night.bin"
    path.write_text(text, encoding="utf-8")
    return path


def profusion(stages: str, events: str = "") -> str:
    nodes = "".join(f"<SleepStage>{stage}</SleepStage>" for stage in stages)
    return (
        '<?xml version="1.0"?><CMPStudyConfig><EpochLength>30</EpochLength>'
        f"<ScoredEvents>{events}</ScoredEvents>"
        f"<SleepStages>{nodes}</SleepStages></CMPStudyConfig>"
    )


def event(name: str, start: float, duration: float) -> str:
    return (
        f"<ScoredEvent><Name>{name}</Name><Start>{start}</Start>"
        f"<Duration>{duration}</Duration></ScoredEvent>"
    )


def test_profusion_numbers_are_rechtschaffen_and_kales(tmp_path: Path) -> None:
    scoring = read_scoring(write(tmp_path, profusion("01234569")))
    assert scoring.stage_names == ["W", "N1", "N2", "N3", "N3", "R", "ART", "UNS"]
    assert scoring.kinds_scored == frozenset()


def test_profusion_tells_arousals_apart(tmp_path: Path) -> None:
    events = event("Arousal (ARO RES)", 1, 3) + event("Arousal (ARO Limb)", 9, 3)
    events += event("Arousal (ARO SPONT)", 20, 3) + event("Periodic Breathing", 30, 9)
    scoring = read_scoring(write(tmp_path, profusion("22", events)))
    assert scoring.events["kind"].tolist() == [*["arousal"] * 3, "periodic_breathing"]
    assert scoring.events["cause"].tolist() == [
        "respiratory",
        "limb",
        "spontaneous",
        "",
    ]
    assert scoring.kinds_scored == {"arousal"}


def test_an_unknown_profusion_stage_is_named_with_its_epoch(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScoring, match="epoch 3 has the stage 'x'"):
        read_scoring(write(tmp_path, profusion("22x2")))


def test_entities_that_expand_are_refused(tmp_path: Path) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        "<CMPStudyConfig><SleepStages><SleepStage>&b;</SleepStage></SleepStages>"
        "</CMPStudyConfig>"
    )
    with pytest.raises(UnreadableScoring, match="entities"):
        read_scoring(write(tmp_path, bomb))


def test_entities_that_reach_for_other_files_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("2")
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'
        "<CMPStudyConfig><SleepStages><SleepStage>&a;</SleepStage></SleepStages>"
        "</CMPStudyConfig>"
    )
    with pytest.raises(UnreadableScoring, match="entities"):
        read_scoring(write(tmp_path, xml))


def test_xml_that_breaks_off_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScoring, match="line 2 is not XML"):
        read_scoring(write(tmp_path, "<CMPStudyConfig>\n<SleepStages><"))


def test_night_100022_has_the_same_events_in_both_of_its_files(real_data: Path) -> None:
    folder = real_data / "scoring"
    profusion_xml = read_scoring(folder / "profusion/100022.xml")
    nsrr_xml = read_scoring(folder / "nsrr_xml/100022_Compumedics.xml")
    for kind in EVENTS:
        first, second = (s.events_of([kind]) for s in (profusion_xml, nsrr_xml))
        assert first["onset_s"].tolist() == second["onset_s"].tolist()
        assert first["duration_s"].tolist() == second["duration_s"].tolist()
    # The README: the translator dropped the first epoch.
    assert nsrr_xml.stage_names == profusion_xml.stage_names[1:]
    assert [i.code for i in nsrr_xml.issues] == ["first_epoch_missing"]
    assert nsrr_xml.start == dt.datetime(1997, 1, 30, 22, 0)


def test_newer_nsrr_names(tmp_path: Path) -> None:
    def scored(kind: str, concept: str, start: float, duration: float) -> str:
        return (
            f"<ScoredEvent><EventType>{kind}</EventType><EventConcept>{concept}"
            f"</EventConcept><Start>{start}</Start><Duration>{duration}</Duration>"
            "</ScoredEvent>"
        )

    xml = (
        "<PSGAnnotation><EpochLength>30</EpochLength><ScoredEvents><ScoredEvent>"
        "<EventType/><EventConcept>Recording Start Time</EventConcept><Start>0</Start>"
        "<Duration>180</Duration><ClockTime>00.00.00 23.23.00</ClockTime></ScoredEvent>"
        + scored("Stages|Stages", "Wake|0", 0, 60)
        + scored("Stages|Stages", "Stage 2 sleep|2", 60, 30)
        + scored("Stages|Stages", "Stage 4 sleep|4", 90, 30)
        + scored("Stages|Stages", "REM sleep|5", 120, 30)
        + scored("Stages|Stages", "Unscored|9", 150, 30)
        + scored("Arousals|Arousals", "Arousal|Arousal ()", 70.5, 4)
        + scored(
            "Limb Movement|Limb Movement", "Limb movement - left|PLM (Left)", 80, 1
        )
        + "</ScoredEvents></PSGAnnotation>"
    )
    scoring = read_scoring(write(tmp_path, xml))
    assert scoring.stage_names == ["W", "W", "N2", "N3", "R", "UNS"]
    assert scoring.events["kind"].tolist() == ["arousal", "limb_movement"]
    assert scoring.start is not None
    assert scoring.start.time() == dt.time(23, 23)
    assert scoring.issues == ()


def test_remlogic_xml(tmp_path: Path) -> None:
    def node(kind: str, start: str, stop: str) -> str:
        day = "2021-03-10T" if start < "12" else "2021-03-09T"
        end = "2021-03-10T" if stop < "12" else "2021-03-09T"
        return (
            f"<Event><Type>{kind}</Type><Location>EEG</Location><StartTime>{day}{start}"
            f".000000</StartTime><StopTime>{end}{stop}.000000</StopTime></Event>"
        )

    xml = (
        "<EventExport><Events>"
        + node("LIGHTS-OFF", "23:59:00", "23:59:00")
        + node("SLEEP-S0", "23:59:00", "23:59:30")
        + node("SLEEP-S2", "23:59:30", "00:00:00")
        + node("AROUSAL", "23:59:58", "00:00:03")
        + node("SLEEP-REM", "00:00:00", "00:00:30")
        + "</Events></EventExport>"
    )
    scoring = read_scoring(write(tmp_path, xml))
    assert scoring.stage_names == ["W", "N2", "R"]
    assert scoring.events[["onset_s", "duration_s"]].to_numpy().tolist() == [[58, 5]]
    assert scoring.lights_off_s == 0
    assert scoring.start == dt.datetime(2021, 3, 9, 23, 59)


def test_sleepware_stages_last_until_the_next(tmp_path: Path) -> None:
    xml = (
        '<PatientStudy xmlns="http://www.respironics.com/PatientStudy.xsd">'
        "<Acquisition><Sessions><Session><Duration>180</Duration></Session></Sessions>"
        '</Acquisition><ScoringData><Events><Event Family="Respiratory" '
        'Type="ObstructiveApnea" Start="65.5" Duration="12"/><Event Family="User" '
        'Type="Gain" Start="0" Duration="0"/></Events><UserStaging>'
        '<NeuroAdultAASMStaging><Stage Type="Wake" Start="0"/>'
        '<Stage Type="NonREM1" Start="60"/><Stage Type="REM" Start="90"/>'
        "</NeuroAdultAASMStaging></UserStaging></ScoringData></PatientStudy>"
    )
    scoring = read_scoring(write(tmp_path, xml))
    assert scoring.stage_names == ["W", "W", "N1", "R", "R", "R"]
    assert scoring.events["kind"].tolist() == ["apnea_obstructive"]
    assert scoring.kinds_scored == {"respiratory"}
