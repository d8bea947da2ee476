"""Every small file of ``cases/scoring`` reads as its README says, or is refused so.

Expected values are those of the README beside the files. *Base* is its base night.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from psgkit.errors import UnreadableScoring
from psgkit.measure import measure_scoring
from psgkit.read import read_scoring
from psgkit.stage.agreement import compare_scorings


def stages_of(runs: str) -> list[str]:
    """Return stages from runs: ``Wx4 N1x2``."""
    parts = [run.partition("x") for run in runs.split()]
    return [name for name, _, count in parts for _ in range(int(count))]


BASE = stages_of("Wx4 N1x2 N2x10 N3x8 N2x2 Rx8 Wx2 N2x2 Wx2")


@dataclass(frozen=True)
class Case:
    """A file, how it is read, and what its README says of it.

    ``beside`` are files of its folder that are read along; ``numbers`` are metrics.
    """

    file: str
    epochs: int
    options: Mapping[str, Any] = field(default_factory=dict)
    epoch_s: float = 30.0
    stages: list[str] | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    causes: Mapping[str, int] | None = None
    beside: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


USLEEP = {"tst_min": 362.0}
HMC = {"tib_min": 230, "sol_min": 5, "ari_per_h": 4.865, "ahi_per_h": 5.405}
ASSUMED = ("epoch_length_assumed",)
CASES = (
    Case("usleep_real.tsv", 768, numbers=USLEEP),
    Case("usleep_real.ids", 768, numbers=USLEEP),
    Case("usleep_real.hyp", 768, numbers=USLEEP, said=ASSUMED),
    Case("hdr_start_s_end.csv", 768, numbers=USLEEP),
    Case("hdr_Begin.csv", 768, numbers=USLEEP),
    Case(
        "remlogic_arousal_types.txt",
        880,
        numbers={"ar_n": 115, "ari_per_h": 17.079, "tst_min": 404},
        # HYPOPNEA 60, APNEA 20, RERA 10, DESAT 5; SPONT 10; SNORE 5; PLM 5
        causes={"respiratory": 95, "spontaneous": 10, "snore": 5, "limb": 5},
    ),
    Case(
        "domino_arousal_names/Sleep profile.txt",
        880,
        numbers={"ar_n": 115, "ari_per_h": 17.079, "tst_min": 404},
        beside=("domino_arousal_names/Classification Arousals.txt",),
        said=("lists_beside_read",),
    ),
    Case(
        "domino_month_end_us_header/Sleep profile.txt",
        600,
        beside=(
            "domino_month_end_us_header/Classification Arousals.txt",
            "domino_month_end_us_header/Flow Events.txt",
        ),
        said=("lists_beside_read",),
    ),
    Case("prof10.xml.gz", 1364),
    Case("hmc_at.edf", 480, numbers=HMC),
    Case("hmc_plain.edf", 480, numbers=HMC),
    Case("per_epoch20_8h.txt", 1440, {"epoch_s": 20}, epoch_s=20.0),
    Case("per_epoch20_8h.txt", 1440, said=ASSUMED),
    Case("sleeptrip_runs.csv", 40, stages=BASE),
    Case("clock22h.csv", 2640),
    Case("dreem.txt", 40, stages=BASE),
    Case("wonambi.csv", 40, stages=BASE),
    Case("mne.txt", 40, stages=BASE),
    Case("edfbrowser.xml", 40, stages=BASE),
    Case(
        "spisop.txt", 40, stages=BASE, said=("columns_assumed", "stage_codes_assumed")
    ),
    Case("spisop.txt", 40, {"column": {"stage": "1"}}, stages=BASE),
    Case("polyman_noheader.txt", 40, stages=BASE),
    Case("ucddb002_stage.txt", 40, {"codes": "ucddb"}, numbers={"n3_min": 4.5}),
    Case("ucddb002_stage.txt", 40, said=("stage_codes_assumed",)),
    Case("bidsex560_events.tsv", 40, {"annotator": "A1"}),
    Case("bidsex560_events.tsv", 40, {"annotator": "yasa"}),
    Case("compare_20s.tsv", 990, epoch_s=20.0, numbers={"tst_min": 315.0}),
    Case("compare_ref_norem_reference.tsv", 660, numbers={"tst_min": 315.0}),
    Case("compare_ref_norem_test.tsv", 660),
    Case("s0.txt", 67, stages=stages_of("Wx10 N1x3 N2x20 N3x20 Rx10 Wx4")),
    Case("sparadoxal.csv", 53),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file} {case.options}")
def test_a_case_reads_as_its_readme_says(real_data: Path, case: Case) -> None:
    scoring = read_scoring(real_data / "cases" / "scoring" / case.file, **case.options)
    assert (scoring.n_epochs, scoring.epoch_s) == (case.epochs, case.epoch_s)
    assert scoring.onset_s == 0.0
    if case.stages is not None:
        assert scoring.stage_names == case.stages
    if case.numbers:
        found = measure_scoring(scoring)
        for name, value in case.numbers.items():
            assert found[name] == pytest.approx(value, abs=5e-4), name
    if case.causes is not None:
        assert scoring.arousals is not None
        assert scoring.arousals["cause"].value_counts().to_dict() == case.causes
    assert set(case.said) <= {issue.code for issue in scoring.issues}


def test_no_file_of_the_folder_is_without_a_row(real_data: Path) -> None:
    folder = real_data / "cases" / "scoring"
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    listed = {name for case in CASES for name in (case.file, *case.beside)}
    assert listed == there


def test_two_annotators_are_named(real_data: Path) -> None:
    path = real_data / "cases" / "scoring" / "bidsex560_events.tsv"
    with pytest.raises(UnreadableScoring, match="2 annotators: A1 and yasa"):
        read_scoring(path)


def test_profusions_stage_10_is_artefact_and_ends_no_night(real_data: Path) -> None:
    names = read_scoring(real_data / "cases" / "scoring" / "prof10.xml.gz").stage_names
    assert names[399] == "ART"
    assert "ART" not in names[:399] + names[400:]


def test_paradoxal_is_rem(real_data: Path) -> None:
    scoring = read_scoring(real_data / "cases" / "scoring" / "sparadoxal.csv")
    # ten epochs "S. Paradoxal"
    assert scoring.stage_names.count("R") == 10
    assert {"UNS", "ART"}.isdisjoint(scoring.stage_names)


def test_a_month_ends_in_a_night(real_data: Path) -> None:
    """The arousals of Domino's list lie where its dates say, not a month away."""
    folder = real_data / "cases" / "scoring" / "domino_month_end_us_header"
    scoring = read_scoring(folder / "Sleep profile.txt")
    assert {"UNS", "ART"}.isdisjoint(scoring.stage_names)
    assert scoring.events["onset_s"].between(0, 600 * 30).all()


def test_codes_that_fit_two_presets_name_both(real_data: Path) -> None:
    path = real_data / "cases" / "scoring" / "ucddb002_stage.txt"
    (note, _) = read_scoring(path).issues
    assert "read as 'rk'" in note.message
    assert "'ucddb'" in note.message
    assert "--codes" in note.remedy


def test_a_reference_without_rem_and_the_stages_of_macro_f1(real_data: Path) -> None:
    folder = real_data / "cases/scoring"
    reference = folder / "compare_ref_norem_reference.tsv"
    found = compare_scorings(folder / "compare_ref_norem_test.tsv", reference)
    assert found.macro_f1 == pytest.approx(0.767, abs=5e-4)  # scikit-learn
    assert found.macro_f1_stages == ("W", "N1", "N2", "N3", "R")
    # the same night in epochs of 20 s
    again = compare_scorings(folder / "compare_20s.tsv", reference)
    assert again.epoch_s == 10.0
    assert not math.isnan(again.kappa)
