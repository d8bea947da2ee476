"""The study of docs/cohort.md, by the very commands that stand there."""

import re
import runpy
import shlex
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("statsmodels")

PAGE = Path(__file__).parents[2] / "docs/cohort.md"

Run = Callable[..., tuple[int, str, str]]


def blocks_of_the_study(language: str) -> list[str]:
    section = PAGE.read_text("utf-8").partition("## A study")[2].partition("\n## ")[0]
    blocks = re.findall(r"```(\w*)\n(.*?)```", section, flags=re.DOTALL)
    return [text for name, text in blocks if name == language]


@pytest.mark.slow
def test_a_folder_becomes_a_figure_and_the_known_effect_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    (maker,) = blocks_of_the_study("python")
    (commands,) = blocks_of_the_study("bash")
    (printed_there,) = blocks_of_the_study("")
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
    # The maker's N3_RATIO and REM_RATIO; awakenings of 3 min cut bouts of REM.
    for column, truth in (("n3_min", 0.7), ("rem_frag_w_per_h", 2.0)):
        row = found.loc[column]
        assert row["low"] < truth < row["high"]
        assert (row["estimate"] - 1) * (truth - 1) > 0
        assert not row["low"] < 1 < row["high"]
    assert found.loc["rem_wmean_min_b2m", "high"] < 1
    assert set(found["persons_n"]) == {40}
    assert pd.read_csv("figures/left_out.csv").empty
    assert "<svg" in Path("figures/forest.svg").read_text("utf-8")

    shown = [line.rstrip() for line in printed.splitlines()]
    assert all(line in shown for line in printed_there.strip().splitlines())
