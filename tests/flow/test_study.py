"""A study whose truth is known, from a folder to a figure; markers as docs/contrast.md."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import psgkit

MixedLM = pytest.importorskip("statsmodels.api").MixedLM

PAGE = Path(__file__).parents[2] / "docs/contrast.md"
N3_RATIO = 0.7  # patients have 30 % less N3
REM_RATIO = 2.0  # and wake twice as often in an hour of REM
COMPARED = "n3_min,rem_frag_w_per_h,rem_wmean_min_b2m"
MODEL = "--group group --covariates age_y --person person"
COMMANDS = (
    "batch --manifest study.csv --out results --only numbers",
    f"contrast results/cohort.csv {MODEL} --columns {COMPARED} --out figures",
)

Run = Callable[..., tuple[int, str, str]]


def blocks_of(heading: str, language: str) -> list[str]:
    section = PAGE.read_text("utf-8").partition(heading)[2].partition("\n## ")[0]
    blocks = re.findall(r"```(\w*)\n(.*?)```", section, flags=re.DOTALL)
    return [text for name, text in blocks if name == language]


def make_study() -> None:
    """Write scorings and a manifest: 40 people, two nights each, half of them patients.

    Patients have 0.7 times the N3 of controls and wake twice as often in an hour of REM.
    They are eight years older, and N3 falls with age.
    """
    rng = np.random.default_rng(1)

    def rem(minutes: int, awakenings_per_h: float) -> list[str]:
        """Draw REM sleep with awakenings of three minutes."""
        stages: list[str] = []
        for _ in range(2 * minutes - 1):
            awakes = rng.random() < awakenings_per_h / 120
            stages += ["R"] + ["W"] * 6 * awakes
        return [*stages, "R"]

    def night(n3_min: float, awakenings_per_h: float) -> list[str]:
        """Draw a night of four cycles; REM grows and N3 falls."""
        stages = ["W"] * 20
        for n3_share, rem_min in ((0.5, 10), (0.3, 20), (0.2, 30), (0.0, 30)):
            stages += ["N1"] * 4 + ["N2"] * 60
            stages += ["N3"] * round(2 * n3_min * n3_share) + ["N2"] * 40
            stages += rem(rem_min, awakenings_per_h)
        return [*stages, *["W"] * 10]

    Path("scorings").mkdir()
    rows = []
    for number in range(40):
        patient = number % 2
        age = rng.integers(25, 60) + 8 * patient
        own_n3 = 90 * 0.9 ** ((age - 40) / 10) * rng.lognormal(0, 0.2)
        own_rate = 3 * rng.lognormal(0, 0.2)
        for visit in (1, 2):
            name = f"P{number:02}_{visit}"
            n3_min = own_n3 * N3_RATIO**patient * rng.lognormal(0, 0.15)
            stages = night(n3_min, own_rate * REM_RATIO**patient)
            file = Path("scorings") / f"{name}.txt"
            file.write_text("\n".join(stages) + "\n")
            group = ("control", "patient")[patient]
            rows.append([name, str(file), f"P{number:02}", visit, group, age])
    columns = ["id", "scoring", "person", "visit", "group", "age"]
    pd.DataFrame(rows, columns=columns).to_csv("study.csv", index=False)


@pytest.mark.slow
@pytest.mark.usefixtures("same_process")
def test_a_folder_becomes_a_figure_and_the_known_effect_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    make_study()
    for command in COMMANDS:
        status, printed, told = run(*shlex.split(command))
        assert status == 0, told

    found = pd.read_csv("figures/contrast.csv").set_index("column")
    # Of 90 min of N3 at the age of 40; awakenings of 3 min cut bouts of REM.
    for column, truth, none in (
        ("n3_min", (N3_RATIO - 1) * 90, 0.0),
        ("rem_frag_w_per_h", REM_RATIO, 1.0),
    ):
        row = found.loc[column]
        assert row["low"] < truth < row["high"]
        assert not row["low"] < none < row["high"]
    assert found.loc["rem_wmean_min_b2m", "high"] < 1
    assert set(found["persons_n"]) == {40}
    assert pd.read_csv("figures/left_out.csv").empty
    assert "<svg" in Path("figures/forest.svg").read_text("utf-8")

    assert "patient vs control" in printed
    check_markers()


def check_markers() -> None:
    """Do what the page says of markers and repeated nights, with markers that are known."""
    table = psgkit.read_cohort("results")
    rng = np.random.default_rng(1)
    minutes = table["n3_min"].to_numpy(float)
    # Half of N3 in the exponent, and noise: a slope that is known by construction.
    ferritin = 60 * (minutes / minutes.mean()) ** 0.5 * rng.lognormal(0, 0.01, 80)
    cells = pd.Series(ferritin).round(3).astype(str)
    cells[3] = "<15"
    markers = table[["person", "visit"]].assign(ferritin=cells.to_numpy())
    markers.to_csv("markers.csv", index=False)

    said: dict[str, Any] = {}
    for block in blocks_of("## Visits", "python"):
        exec(block, said)  # noqa: S102 - what stands on our own page

    found = said["found"].table.set_index("column")
    assert set(found["nights_n"]) == {80}
    # The difference is per e-fold of the marker, at most twice the mean; one value
    # below the limit pulls it down.
    difference = found.loc["n3_min", "estimate"] / minutes.mean()
    assert np.log(1.5) < difference < 2
    assert said["within"].table["nights_n"].tolist() == [80]
    # An intraclass correlation by another program: statsmodels' random intercepts.
    nights = pd.DataFrame(
        {"y": np.log(minutes), "person": table["person"].astype(object)}
    )
    fit = MixedLM.from_formula("y ~ 1", nights, groups="person").fit(reml=True)
    own = float(fit.cov_re.iloc[0, 0])
    assert said["icc"] == pytest.approx(own / (own + fit.scale), abs=1e-4)
