"""Every small file of ``cases/scoring`` reads as its README says, or is refused so.

Expected values are those of the README beside the files.
"""

import gzip
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from psgkit.domain.scoring import Scoring
from psgkit.measure import measure_scoring
from psgkit.read import read_scoring
from psgkit.stage.agreement import compare_scorings

Check = Callable[[Scoring, pd.Series], None]


def has(**numbers: float) -> Check:
    """Hold numbers against what is measured, to the digits that the README gives."""

    def check(_: Scoring, found: pd.Series) -> None:
        for name, value in numbers.items():
            assert found[name] == pytest.approx(value, abs=5e-4), name

    return check


def is_staged(text: str) -> Check:
    """Hold stages against runs: ``W10 N1x3``."""
    stages = []
    for run in text.split():
        name, _, count = run.partition("x")
        stages += [name] * int(count)

    def check(scoring: Scoring, _: pd.Series) -> None:
        assert scoring.stage_names == stages

    return check


def paradoxal_is_rem(scoring: Scoring, _: pd.Series) -> None:
    # ten epochs "S. Paradoxal"
    assert scoring.stage_names.count("R") == 10
    assert {"UNS", "ART"}.isdisjoint(scoring.stage_names)


def causes_of_remlogic(scoring: Scoring, found: pd.Series) -> None:
    assert found["ari_per_h"] == pytest.approx(17.079, abs=5e-4)
    counts = scoring.arousals["cause"].value_counts().to_dict()
    # HYPOPNEA 60, APNEA 20, RERA 10, DESAT 5; SPONT 10; SNORE 5; PLM 5
    assert counts == {"respiratory": 95, "spontaneous": 10, "snore": 5, "limb": 5}


# file, how it is read, what must hold
WORDS: tuple[tuple[str, dict[str, Any], Check], ...] = (
    ("remlogic_arousal_types.txt", {}, causes_of_remlogic),
    ("domino_arousal_names/Sleep profile.txt", {}, has(ar_n=115, ari_per_h=17.079)),
    (
        "hmc_at.edf",
        {},
        has(tib_min=230, sol_min=5, ari_per_h=4.865, ahi_per_h=5.405),
    ),
    (
        "hmc_plain.edf",
        {},
        has(tib_min=230, sol_min=5, ari_per_h=4.865, ahi_per_h=5.405),
    ),
    ("s0.txt", {}, is_staged("Wx10 N1x3 N2x20 N3x20 Rx10 Wx4")),
    ("sparadoxal.csv", {}, paradoxal_is_rem),
)


@pytest.mark.parametrize(
    ("name", "layout", "check"), WORDS, ids=[row[0] for row in WORDS]
)
def test_words(
    real_data: Path, name: str, layout: dict[str, Any], check: Check
) -> None:
    scoring = read_scoring(real_data / "cases/scoring" / name, **layout)
    check(scoring, measure_scoring(scoring))


def test_profusions_stage_10_is_artefact_and_ends_no_night(
    real_data: Path, tmp_path: Path
) -> None:
    packed = (real_data / "cases/scoring/prof10.xml.gz").read_bytes()
    path = tmp_path / "prof10.xml"
    path.write_bytes(gzip.decompress(packed))
    scoring = read_scoring(path)
    assert scoring.n_epochs == 1364
    assert scoring.stage_names[399] == "ART"
    assert scoring.stage_names.count("ART") == 1


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
