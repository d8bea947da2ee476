"""`read_scoring`: every real file, counted as its README says, and what is refused."""

import datetime as dt
import time
import tracemalloc
from collections import Counter
from pathlib import Path

import mne
import pytest

from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError, UnreadableScoring
from psgkit.read import read_scoring


def write(folder: Path, content: str | bytes, name: str = "night.dat") -> Path:
    path = folder / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(data)
    return path


def minutes_asleep(scoring: Scoring) -> float:
    return sum(stage in {"N1", "N2", "N3", "R"} for stage in scoring.stage_names) / 2


# Counts: README of the data; stages counted in the XML with grep; minutes asleep by Luna.
@pytest.mark.parametrize(
    ("name", "stages", "arousals", "in_sleep", "asleep_min"),
    [
        ("learn-nsrr01", {"W": 477, "N1": 109, "N2": 523, "N3": 17, "R": 238}, 194, 154, 443.5),
        ("learn-nsrr02", {"W": 480, "N1": 11, "N2": 399, "N3": 185, "R": 120}, 51, 38, 357.5),
        ("100022", {"W": 171, "N1": 61, "N2": 571, "N3": 119, "R": 129}, 142, 112, 440.0),
    ],
)  # fmt: skip
def test_profusion_nights_have_the_stages_and_arousals_that_were_counted(
    real_data: Path,
    name: str,
    stages: dict[str, int],
    arousals: int,
    in_sleep: int,
    asleep_min: float,
) -> None:
    scoring = read_scoring(real_data / f"scoring/profusion/{name}.xml")
    assert Counter(scoring.stage_names) == stages
    assert scoring.arousals is not None
    assert len(scoring.arousals) == arousals
    epochs = (scoring.arousals["onset_s"] // 30).astype(int)
    held = [scoring.stage_names[epoch] for epoch in epochs]
    assert sum(stage != "W" for stage in held) == in_sleep
    assert minutes_asleep(scoring) == asleep_min


@pytest.mark.parametrize("name", ["SC4001EC", "ST7132JR"])
def test_sleep_edf_hypnograms_are_what_mne_reads(real_data: Path, name: str) -> None:
    path = real_data / f"scoring/sleep-edf/{name}-Hypnogram.edf"
    scoring = read_scoring(path)
    words = {"1": "N1", "2": "N2", "3": "N3", "4": "N3", "?": "UNS"}
    expected = []
    for note in mne.read_annotations(path):
        last = note["description"].split()[-1]
        expected += [words.get(last, last)] * round(note["duration"] / 30)
    assert scoring.stage_names == expected
    assert scoring.onset_s == mne.read_annotations(path).onset[0]


def test_a_hypnogram_lies_on_a_recording_by_the_clock(real_data: Path) -> None:
    path = real_data / "scoring/sleep-edf/ST7132JR-Hypnogram.edf"
    # The file starts at 00:31:00 with its first stage 30 s later.
    start = dt.datetime(1994, 8, 8, 0, 21, 0)
    scoring = read_scoring(path, recording_start=start)
    assert scoring.onset_s == 630.0
    assert scoring.start == start


def test_one_stage_a_line_as_numbers_and_as_letters(real_data: Path) -> None:
    numbers = read_scoring(
        real_data / "scoring/text/data_full_6hrs_100Hz_hypno_30s.txt"
    )
    # sort | uniq -c
    assert Counter(numbers.stage_names) == {
        "W": 43, "N1": 22, "N2": 318, "N3": 182, "R": 155
    }  # fmt: skip
    letters = read_scoring(real_data / "scoring/text/sub-02_hypno_30s.txt")
    assert Counter(letters.stage_names) == {"W": 36, "N1": 9, "N2": 31, "N3": 22}
    assert numbers.arousals is None


@pytest.mark.slow
def test_boas_tables_hold_a_consensus_and_an_automatic_scoring(real_data: Path) -> None:
    files = sorted((real_data / "scoring/boas").glob("*.tsv"))
    assert len(files) == 66
    counts: Counter[str] = Counter()
    for path in files:
        counts.update(read_scoring(path).stage_names)
    # cut -f6 | sort | uniq -c over the 66 files; 8 is artefact
    assert counts == {
        "N2": 36078, "W": 10872, "R": 9517, "N3": 2559, "N1": 2270, "ART": 213
    }  # fmt: skip
    automatic = read_scoring(files[0], column="stage_ai")
    assert automatic.n_epochs == read_scoring(files[0]).n_epochs


@pytest.mark.slow
def test_dod_lists_count_minus_one_as_unscored(real_data: Path) -> None:
    files = sorted((real_data / "scoring/dod-o").glob("scorer_*/*.json"))
    assert len(files) == 275
    counts: Counter[str] = Counter()
    for path in files:
        counts.update(read_scoring(path).stage_names)
    assert counts == {
        "N2": 125943, "W": 71897, "R": 40272, "N3": 31534, "N1": 16999, "UNS": 15710
    }  # fmt: skip


def test_without_a_five_a_four_is_rem_and_that_is_noted(tmp_path: Path) -> None:
    scoring = read_scoring(write(tmp_path, "0\n1\n2\n3\n4\n"))
    assert scoring.stage_names == ["W", "N1", "N2", "N3", "R"]
    codes = [issue.code for issue in scoring.issues]
    assert codes == ["stage_codes_assumed", "epoch_length_assumed"]


def test_with_a_five_a_four_is_s4(tmp_path: Path) -> None:
    scoring = read_scoring(write(tmp_path, "0\n1\n2\n3\n4\n5\n"))
    assert scoring.stage_names == ["W", "N1", "N2", "N3", "N3", "R"]
    assert scoring.issues[0].code == "stage_codes_assumed"
    assert "'ucddb' (5 is N3)" in scoring.issues[0].message


def test_the_caller_settles_what_a_four_means(tmp_path: Path) -> None:
    path = write(tmp_path, "0\n1\n2\n3\n4\n")
    assert read_scoring(path, codes="rk").stage_names[-1] == "N3"
    assert read_scoring(path, codes="aasm", epoch_s=30).issues == ()


def test_no_such_file_a_folder_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScoring, match="no scoring file"):
        read_scoring(tmp_path / "absent.xml")
    with pytest.raises(UnreadableScoring, match="folder"):
        read_scoring(tmp_path)
    with pytest.raises(UnreadableScoring, match="empty"):
        read_scoring(write(tmp_path, ""))


def test_an_unknown_stage_word_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "# night\nW\nN1\nN2\nQ7\nN2\n")
    with pytest.raises(UnreadableScoring, match=r"line 5 has 'Q7'"):
        read_scoring(path)


def test_text_that_is_no_scoring_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UnreadableScoring, match="not a scoring format that psgkit knows"
    ):
        read_scoring(write(tmp_path, "Dear colleague\nplease find enclosed\n"))


def test_an_epoch_of_no_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot last"):
        read_scoring(write(tmp_path, "W\nN1\n"), epoch_s=0.0)


@pytest.mark.parametrize("length", ["0.000000001", "0.09", "121", "1e9", "-3"])
@pytest.mark.parametrize("outermost", ["CMPStudyConfig", "PSGAnnotation"])
def test_a_length_that_no_epoch_has_is_refused_before_memory_is_taken(
    tmp_path, length, outermost
):
    stage = (
        "<ScoredEvent><EventType>Stages|Stages</EventType><EventConcept>Stage 2 sleep|2"
        "</EventConcept><Start>{}</Start><Duration>30</Duration></ScoredEvent>"
    )
    path = tmp_path / "n.xml"
    path.write_text(
        f"<{outermost}><EpochLength>{length}</EpochLength><ScoredEvents>"
        + (
            ""
            if outermost[0] == "C"
            else "".join(stage.format(n * 30) for n in range(9))
        )
        + "</ScoredEvents><SleepStages>"
        + "<SleepStage>2</SleepStage>" * 30
        + f"</SleepStages></{outermost}>"
    )
    began = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableScoring, match=r"0\.1 to 120 s|possible"):
            read_scoring(path)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize("onset", ["", "inf", "1e300"])
@pytest.mark.parametrize("name", ["arousal", "Weckung 3", "apnea"])
def test_an_event_without_a_time_is_not_left_out_in_silence(
    tmp_path: Path, onset: str, name: str
):
    path = tmp_path / "night_events.tsv"
    stages = "".join(f"{30 * n}\t30\tN2\n" for n in range(20))
    path.write_text(f"onset\tduration\ttrial_type\n{stages}{onset}\t3\t{name}\n")
    with pytest.raises(UnreadableScoring, match="events without a possible time: 1"):
        read_scoring(path)
