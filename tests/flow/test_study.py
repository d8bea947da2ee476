"""The study of docs/cohort.md, by the very commands that stand there."""

import re
import runpy
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import psgkit

MixedLM = pytest.importorskip("statsmodels.api").MixedLM

PAGE = Path(__file__).parents[2] / "docs/cohort.md"

Run = Callable[..., tuple[int, str, str]]


def blocks_of(heading: str, language: str) -> list[str]:
    section = PAGE.read_text("utf-8").partition(heading)[2].partition("\n## ")[0]
    blocks = re.findall(r"```(\w*)\n(.*?)```", section, flags=re.DOTALL)
    return [text for name, text in blocks if name == language]


@pytest.mark.slow
def test_a_folder_becomes_a_figure_and_the_known_effect_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    (maker,) = blocks_of("## A study", "python")
    (commands,) = blocks_of("## A study", "bash")
    (printed_there,) = blocks_of("## A study", "")
    Path("make_study.py").write_text(maker, "utf-8")

    printed = ""
    for command in commands.splitlines():
        program, *words = shlex.split(command)
        if program == "python":
            runpy.run_path(words[0])
            continue
        assert program == "psgkit"
        status, printed, told = run(*words)
        assert status == 0, told

    found = pd.read_csv("figures/contrast.csv").set_index("column")
    # The maker's REM_RATIO, and 90 min less its N3_RATIO at the age of 40; awakenings of
    # 3 min cut bouts of REM.
    for column, truth, none in (
        ("n3_min", -0.3 * 90, 0.0),
        ("rem_frag_w_per_h", 2.0, 1.0),
    ):
        row = found.loc[column]
        assert row["low"] < truth < row["high"]
        assert not row["low"] < none < row["high"]
    assert found.loc["rem_wmean_min_b2m", "high"] < 1
    assert set(found["persons_n"]) == {40}
    assert pd.read_csv("figures/left_out.csv").empty
    assert "<svg" in Path("figures/forest.svg").read_text("utf-8")

    shown = [line.rstrip() for line in printed.splitlines()]
    assert all(line in shown for line in printed_there.strip().splitlines())

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
