"""Every small scoring of the shared cases reads as its README says, or is refused so.

Expected values are those of the README beside the files. *Base* is its base night.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from psgkit.errors import UnreadableScoring
from psgkit.read import read_scoring

BASE = (
    ["W"] * 4 + ["N1"] * 2 + ["N2"] * 10 + ["N3"] * 8 + ["N2"] * 2 + ["R"] * 8
    + ["W"] * 2 + ["N2"] * 2 + ["W"] * 2
)  # fmt: skip
SLEEP = {"N1", "N2", "N3", "R"}


@dataclass(frozen=True)
class Case:
    """A file, how it is read, and what its README says of it."""

    file: str
    epochs: int
    tst_min: float | None = None
    options: dict[str, Any] = field(default_factory=dict)
    epoch_s: float = 30.0
    stages: list[str] | None = None
    n3_min: float | None = None
    said: tuple[str, ...] = ()


CASES = (
    Case("usleep_real.tsv", 768, 362.0),
    Case("usleep_real.ids", 768, 362.0),
    Case("usleep_real.hyp", 768, 362.0, said=("epoch_length_assumed",)),
    Case("hdr_start_s_end.csv", 768, 362.0),
    Case("hdr_Begin.csv", 768, 362.0),
    Case("sleeptrip_runs.csv", 40, stages=BASE),
    Case("dreem.txt", 40, stages=BASE),
    Case("wonambi.csv", 40, stages=BASE),
    Case("mne.txt", 40, stages=BASE),
    Case("edfbrowser.xml", 40, stages=BASE),
    Case("polyman_noheader.txt", 40, stages=BASE),
    Case(
        "spisop.txt", 40, stages=BASE, said=("columns_assumed", "stage_codes_assumed")
    ),
    Case("spisop.txt", 40, stages=BASE, options={"column": {"stage": "1"}}),
    Case("per_epoch20_8h.txt", 1440, options={"epoch_s": 20}, epoch_s=20.0),
    Case("per_epoch20_8h.txt", 1440, said=("epoch_length_assumed",)),
    Case("clock22h.csv", 2640),
    Case("ucddb002_stage.txt", 40, options={"codes": "ucddb"}, n3_min=4.5),
    Case("ucddb002_stage.txt", 40, said=("stage_codes_assumed",)),
    Case("bidsex560_events.tsv", 40, options={"annotator": "A1"}),
    Case("bidsex560_events.tsv", 40, options={"annotator": "yasa"}),
    Case("compare_20s.tsv", 990, 315.0, epoch_s=20.0),
    Case("compare_ref_norem_reference.tsv", 660, 315.0),
    Case("prof10.xml.gz", 1364),
    Case("hmc_at.edf", 480, 222.0),
    Case("hmc_plain.edf", 480, 222.0),
    Case("remlogic_arousal_types.txt", 880, 404.0),
    Case("domino_arousal_names/Sleep profile.txt", 880, 404.0),
    Case("domino_month_end_us_header/Sleep profile.txt", 600),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file} {case.options}")
def test_a_case_reads_as_its_readme_says(real_data: Path, case: Case) -> None:
    scoring = read_scoring(real_data / "cases" / "scoring" / case.file, **case.options)
    names = scoring.stage_names
    assert (scoring.n_epochs, scoring.epoch_s) == (case.epochs, case.epoch_s)
    minutes = case.epoch_s / 60
    if case.tst_min is not None:
        assert sum(name in SLEEP for name in names) * minutes == case.tst_min
    if case.n3_min is not None:
        assert names.count("N3") * minutes == case.n3_min
    if case.stages is not None:
        assert names == case.stages
    codes = {issue.code for issue in scoring.issues}
    assert set(case.said) <= codes
    assert scoring.onset_s == 0.0


def test_two_annotators_are_named(real_data: Path) -> None:
    path = real_data / "cases" / "scoring" / "bidsex560_events.tsv"
    with pytest.raises(UnreadableScoring, match="2 annotators: A1 and yasa"):
        read_scoring(path)


def test_profusions_stage_10_is_an_artefact_epoch(real_data: Path) -> None:
    names = read_scoring(real_data / "cases" / "scoring" / "prof10.xml.gz").stage_names
    assert names[399] == "ART"
    assert "ART" not in names[:399] + names[400:]


def test_codes_that_fit_two_presets_name_both(real_data: Path) -> None:
    path = real_data / "cases" / "scoring" / "ucddb002_stage.txt"
    (note, _) = read_scoring(path).issues
    assert "read as 'rk'" in note.message
    assert "'ucddb'" in note.message
    assert "--codes" in note.remedy
