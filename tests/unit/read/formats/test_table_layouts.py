"""One night in every layout of a table or list; the answer is the night itself.

The base night is that of the cases' README: 40 epochs of 30 s, W4 N1x2 N2x10 N3x8 N2x2
R8 W2 N2x2 W2. Layouts are those of U-Sleep, SleepTrip, SpiSOP, Visbrain, Deltamed,
Polyman, Sandman, Wonambi, ELAN, MNE and EDFbrowser, and of tables by hand.
"""

import datetime as dt
from itertools import groupby
from pathlib import Path

import pytest

from psgkit.errors import InputError, UnreadableScoring
from psgkit.read import read_scoring

BASE = (
    ["W"] * 4 + ["N1"] * 2 + ["N2"] * 10 + ["N3"] * 8 + ["N2"] * 2 + ["R"] * 8
    + ["W"] * 2 + ["N2"] * 2 + ["W"] * 2
)  # fmt: skip
BEGIN = dt.datetime(2020, 5, 17, 23, 50)
NUMBERS = {"W": 0, "N1": 1, "N2": 2, "N3": 3, "R": 5}
DELTAMED = {"W": 1, "R": 2, "N1": 3, "N2": 4, "N3": 5}
NAMES = {"W": "Wake", "N1": "NREM1", "N2": "NREM2", "N3": "NREM3", "R": "REM"}
SANDMAN = {"W": "Wake", "N1": "1", "N2": "2", "N3": "3", "R": "Rem"}


def runs() -> list[tuple[int, int, str]]:
    """Return the night as (onset, duration, stage) with equal epochs merged."""
    found, onset = [], 0
    for stage, group in groupby(BASE):
        length = 30 * len(list(group))
        found.append((onset, length, stage))
        onset += length
    return found


def at(seconds: float, form: str = "%H:%M:%S") -> str:
    return (BEGIN + dt.timedelta(seconds=seconds)).strftime(form)


def merged(row: str, head: str = "") -> str:
    """Write a row for each run; ``a`` is its onset, ``b`` its duration, ``s`` its stage."""
    lines = [
        row.format(
            a=a, b=b, e=a + b, s=s, t=at(a), te=at(a + b), last=s[-1], d=at(a, "%d-%b-%Y"),
            iso=at(a, "%Y-%m-%d %H:%M:%S"), am=a * 1000, em=(a + b) * 1000, mins=a / 60,
            len=b / 60,
        )
        for a, b, s in runs()
    ]  # fmt: skip
    return head + "\n".join(lines) + "\n"


def by_epoch(row: str, head: str = "") -> str:
    """Write a row for each epoch, numbered from 1."""
    lines = [
        row.format(
            n=n + 1, a=30 * n, e=30 * n + 30, s=s, t=at(30 * n), code=NUMBERS[s],
            deltamed=DELTAMED[s], name=NAMES[s], sandman=SANDMAN[s],
            ampm=at(30 * n, "%I:%M:%S %p"), zone=at(30 * n, "%Y-%m-%dT%H:%M:%S+02:00"),
        )
        for n, s in enumerate(BASE)
    ]  # fmt: skip
    return head + "\n".join(lines) + "\n"


PREAMBLE = "Sandman Elite\nPatient:\tX\nStart:      17/05/2020 11:50:00 PM\n\n"
LAYOUTS = {
    "usleep tsv": merged("{a}\t{b}\t{s}", "init_sec\tduration_sec\tstage\n"),
    "usleep ids": merged("{a},{b},{s}"),
    "start end": merged("{a},{e},{s}", "start,end,stage\n"),
    "from to": merged("{a},{e},{s}", "from,to,stage\n"),
    "camel case": merged("{a},{e},{s}", "StartTime,EndTime,SleepStage\n"),
    "begin": merged("{a};{b},0;{s}", "Begin;Duration;Stage\n"),
    "milliseconds": merged("{am},{em},{s}", "start_ms,end_ms,stage\n"),
    "minutes": merged("{mins},{len},{s}", "Start (min),Duration (min),Stage\n"),
    "offset": merged("{a},{e},{s}", "onset,offset,stage\n"),
    "clock ends": merged("{t},{te},{s}", "Begin,End,Stage\n"),
    "german": merged("{t};{b};{s}", "Zeit;Dauer;Schlafstadium\n"),
    "windows line ends": merged("{a},{b},{s}", "onset,duration,stage\n").replace(
        "\n", "\r\n"
    ),
    "pipes": merged("{a}|{b}|{s}", "onset|duration|stage\n"),
    "quoted": merged('"{a}","{b}","{s}"', '"onset","duration","stage"\n'),
    "fixed width": merged("{a:7d} {b:9d} {s:>7}", "  onset duration stage\n"),
    "no header, spaces": merged("{a} {b} {s}"),
    "no header, ends": merged("{a}\t{e}\t{s}"),
    "changes alone": merged("{a},{s}", "onset,stage\n") + "1170,W\n",
    "visbrain": merged("{s}\t{e}", "*Duration_sec\t1200\n*Datafile\tx\n"),
    "polyman": merged("{d}, {t}, {a}, {b}, Sleep stage {last},"),
    "mne text": merged(
        "{a}.0,{b}.0,Sleep stage {last}",
        "# MNE-Annotations\n# orig_time : 2020-05-17 23:50:00\n"
        "# onset, duration, description\n",
    ),
    "mne csv": merged("{iso}.000,{b}.0,Sleep stage {last}", "onset,duration,description\n"),
    "edfbrowser text": merged("{t},{b},Sleep stage {last}", "Onset,Duration,Annotation\n"),
    "wonambi csv": by_epoch(
        "{t},{a},{e},{name}", "Wonambi v7.15\nclock start time,start,end,stage\n"
    ),
    "deltamed ends": by_epoch("{e}\t{deltamed}"),
    "deltamed lengths": by_epoch("30\t{deltamed}"),
    "spisop": by_epoch("{code} 0"),
    "sandman": by_epoch("{n}\t{sandman}\t{ampm}", PREAMBLE + "Epoch\tEvent\tTime\n"),
    "sandman, no names": by_epoch("{n}\t{sandman}\t{ampm}", PREAMBLE),
    "zone": by_epoch("{zone},{s}", "time,stage\n"),
    "epochs with lengths": by_epoch("{n},{s},30", "Epoch,Stage,Duration\n"),
    "elan": by_epoch("{code}", "time_base 30.0\nsampling_period 0.01\nepoch_list\n"),
    "headings": by_epoch("{s}", "Night of X: 17.05.2020\nEpoch length: 30 s\n\nStage\n"),
}  # fmt: skip


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "night.txt"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_night_is_read_in_every_layout(tmp_path: Path, name: str) -> None:
    scoring = read_scoring(write(tmp_path, LAYOUTS[name]))
    assert (scoring.stage_names, scoring.epoch_s) == (BASE, 30.0)
    assert scoring.onset_s == 0.0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_will_do(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, LAYOUTS["usleep tsv"], encoding)
    assert read_scoring(path).stage_names == BASE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (merged("{a},{b},{s}", "q,duration,stage\n"), "q, duration, stage.*onset=NAME"),
        (merged("{e},{s}", "end,stage\n"), "it gives end and no onset"),
        (by_epoch("{a},{code}", "q,mine\n"), r"\(q, mine\).*--column stage=NAME"),
        (by_epoch("{a},{s}", "foo,stage\n"), "column foo ascend"),
        (by_epoch("{a},{n},{s}", "foo,epoch,stage\n"), "column foo ascend"),
        (by_epoch("{a},{s}"), "without column names.*--column onset=1"),
        ("N2\n" * 5760, "5760 epochs would last 48 h.*--epoch 5 they last 8.0 h"),
        ("N2\n" * 110_000, "more than 100000 lines"),
        ("Wx\nN1\nN2\nN2\n", "line 1 has"),
        (merged("{e},{a},{s}", "start,end,stage\n"), "ends before it starts"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UnreadableScoring, match=said):
        read_scoring(write(tmp_path, text))


def test_columns_are_named_by_the_call(tmp_path: Path) -> None:
    path = write(tmp_path, by_epoch("{a},{s}"))
    named = read_scoring(path, column={"onset": "1", "stage": "2"})
    assert (named.stage_names, named.issues) == (BASE, ())
    path = write(tmp_path, merged("{a},{b},{s}", "q,duration,stage\n"))
    assert read_scoring(path, column={"onset": "q"}).stage_names == BASE
    with pytest.raises(InputError, match="'role' is not a role"):
        read_scoring(path, column={"role": "q"})


def test_the_assumed_length_of_an_epoch_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, by_epoch("{s}"))
    assert [issue.code for issue in read_scoring(path).issues] == [
        "epoch_length_assumed"
    ]
    twenty = read_scoring(path, epoch_s=20)
    assert (twenty.epoch_s, twenty.issues) == (20.0, ())


def test_a_length_that_the_file_contradicts_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, LAYOUTS["headings"])
    with pytest.raises(UnreadableScoring, match="lasts 30 s, and --epoch says 20 s"):
        read_scoring(path, epoch_s=20)


@pytest.mark.parametrize("epoch_s", [1, 4, 5, 10, 15, 20, 30])
def test_a_night_of_any_epoch_is_read_merged_or_not(
    tmp_path: Path, epoch_s: int
) -> None:
    # stages change at odd multiples of the epoch
    spans = [
        ("W", 7),
        ("N1", 3),
        ("N2", 61),
        ("N3", 45),
        ("R", 31),
        ("N2", 1),
        ("W", 2),
    ]
    rows, onset = [], 0
    for stage, n in spans:
        rows.append((onset, n * epoch_s, stage))
        onset += n * epoch_s
    each = [
        (a + k * epoch_s, epoch_s, s) for a, b, s in rows for k in range(b // epoch_s)
    ]
    head = "onset,duration,stage\n"
    texts = [
        head + "".join(f"{a},{b},{s}\n" for a, b, s in kind) for kind in (rows, each)
    ]
    minutes = []
    for text in texts:
        scoring = read_scoring(write(tmp_path, text))
        names = scoring.stage_names
        minutes.append({s: names.count(s) * scoring.epoch_s for s, _ in spans})
    assert minutes[0] == minutes[1]
    assert minutes[0] == {
        stage: sum(n for name, n in spans if name == stage) * epoch_s
        for stage, _ in spans
    }


def test_clocks_that_are_put_back_leave_the_night_whole(tmp_path: Path) -> None:
    first = dt.datetime(2020, 10, 25, 1, 50)
    times = [first + dt.timedelta(seconds=30 * n) for n in range(140)]
    back = [
        dt.datetime(2020, 10, 25, 2, 0) + dt.timedelta(seconds=30 * n) for n in range(9)
    ]
    rows = "".join(f"{time:%H:%M:%S},N2\n" for time in times + back)
    scoring = read_scoring(write(tmp_path, "time,stage\n" + rows))
    assert scoring.stage_names == ["N2"] * 149
    assert [issue.code for issue in scoring.issues] == ["clock_put_back"]


def test_clocks_that_are_put_forward_are_refused_for_that_reason(
    tmp_path: Path,
) -> None:
    first = dt.datetime(2020, 3, 29, 1, 50)
    times = [first + dt.timedelta(seconds=30 * n) for n in range(20)]
    on = [
        dt.datetime(2020, 3, 29, 3, 0) + dt.timedelta(seconds=30 * n) for n in range(20)
    ]
    rows = "".join(f"{time:%H:%M:%S},N2\n" for time in times + on)
    with pytest.raises(UnreadableScoring, match="the clocks were put forward"):
        read_scoring(write(tmp_path, "time,stage\n" + rows))


@pytest.mark.parametrize(
    ("codes", "text", "names"),
    [
        ("ucddb", "0\n1\n2\n3\n4\n5\n", ["W", "R", "N1", "N2", "N3", "N3"]),
        ("dreams", "5\n4\n3\n2\n1\n0\n", ["W", "R", "N1", "N2", "N3", "N3"]),
        ("sleepecg", "5\n4\n3\n2\n1\n0\n", ["W", "R", "N1", "N2", "N3", "UNS"]),
        ("W=0,N1=1,N2=2,N3=3,N3=4,R=5", "0\n1\n2\n3\n4\n5\n",
         ["W", "N1", "N2", "N3", "N3", "R"]),
        ("W=aufgewacht,N2=2", "aufgewacht\n2\n", ["W", "N2"]),
    ],
)  # fmt: skip
def test_codes_are_a_preset_or_a_map(
    tmp_path: Path, codes: str, text: str, names: list[str]
) -> None:
    path = write(tmp_path, text)
    if codes.endswith("N2=2"):
        path.write_text("stage,epoch\naufgewacht,1\n2,2\n", encoding="utf-8")
        assert read_scoring(path, codes=codes, column="stage").stage_names == names
    else:
        assert read_scoring(path, codes=codes).stage_names == names


@pytest.mark.parametrize("codes", ["other", "W=0,X=1", "W=0,N1=0", "W="])
def test_codes_that_are_none_are_refused(tmp_path: Path, codes: str) -> None:
    with pytest.raises(InputError, match="--codes"):
        read_scoring(write(tmp_path, "0\n1\n"), codes=codes)


def test_a_night_that_would_begin_in_rem_names_both_codes(tmp_path: Path) -> None:
    text = "5\n" * 20 + "3\n" * 4 + "2\n" * 100 + "4\n" * 20
    with pytest.raises(UnreadableScoring, match="--codes rk or --codes dreams"):
        read_scoring(write(tmp_path, text))


def test_a_night_that_would_be_without_wake_names_both_codes(tmp_path: Path) -> None:
    # Deltamed's numbers, one a line
    text = "1\n" * 20 + "3\n" * 4 + "4\n" * 100 + "5\n" * 20 + "2\n" * 20
    with pytest.raises(UnreadableScoring, match="--codes rk or --codes deltamed"):
        read_scoring(write(tmp_path, text))
