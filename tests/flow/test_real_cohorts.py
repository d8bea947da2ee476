"""Real nights, from a manifest to a contrast, by the commands of docs/howto/study.md.

Every sixth night of CinC 2018 and every third of BOAS is compared;
``PSGKIT_ALL_NIGHTS=1`` asks for all.
"""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from surveys import sampled

sm = pytest.importorskip("statsmodels.api")
formulaic = pytest.importorskip("formulaic")

Run = Callable[..., tuple[int, str, str]]

PAGE = Path(__file__).parents[2] / "docs/howto/study.md"
STAGES = {"W": "W", "1": "N1", "2": "N2", "3": "N3", "R": "R", "?": "UNS"}


def logits(share: pd.Series) -> pd.Series:
    """Return logits; of shares with a 0 or a 1, moved inwards as the note says."""
    if share.isin([0, 1]).any():
        # Smithson & Verkuilen 2006, 10.1037/1082-989X.11.1.54
        share = (share * (len(share) - 1) + 0.5) / len(share)
    return np.log(share / (1 - share))


# The hours that a rate of REM was counted in, and what turns a column into its scale.
HOURS = "rem_min"
SCALES: dict[str, Callable[[pd.Series], pd.Series]] = {
    "n3_min": lambda minutes: minutes,
    "rem_wmean_min_b2m": np.log,
    "rem_cont_frac": logits,
}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which a reader would be."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_boas(folder: Path, scorings: Path) -> int:
    """Write a manifest of the BOAS nights; their groups are drawn."""
    rng = np.random.default_rng(26)
    files = sampled(sorted((scorings / "boas").glob("*_events.tsv")), 3)
    study = pd.DataFrame(
        {
            "id": [file.name.partition("_")[0] for file in files],
            "scoring": files,
            "group": rng.choice(["a", "b"], len(files)),
        }
    )
    study.to_csv(folder / "study.csv", index=False)
    return len(files)


def write_cinc(folder: Path, source: Path) -> int:
    """Write CinC nights and a manifest; groups are few and many arousals."""
    nights = pd.read_csv(source / "stages.csv", dtype=str, keep_default_na=False)
    nights = nights.loc[sampled(nights.index)]
    arousals = pd.read_csv(source / "arousals.csv", dtype={"night": str})
    onsets = dict(list(arousals.groupby("night")["onset_s"]))
    (folder / "scorings").mkdir()
    rows = ["id,scoring,group"]
    for night, stages in zip(nights["night"], nights["stages"], strict=True):
        own = onsets.get(night, ())
        lines = [f"{30 * n}\t30\t{STAGES[each]}" for n, each in enumerate(stages)]
        # A region begins about 2 s before its arousal.
        lines += [f"{onset + 2}\t3\tarousal" for onset in own]
        lines.sort(key=lambda line: float(line.partition("\t")[0]))
        file = f"scorings/{night}_events.tsv"
        text = "\n".join(["onset\tduration\ttrial_type", *lines])
        (folder / file).write_text(f"{text}\n")
        rows.append(f"{night},{file},{'many' if len(own) > 100 else 'few'}")
    (folder / "study.csv").write_text("\n".join(rows) + "\n")
    return len(nights)


def run_page(run: Run, block: int) -> str:
    """Run a block of commands of the page, and return what they printed."""
    section = PAGE.read_text("utf-8").partition("## Scorings without recordings")[2]
    commands = re.findall(r"```bash\n(.*?)```", section, re.DOTALL)[block]
    printed = ""
    for line in commands.strip().splitlines():
        status, out, said = run(*shlex.split(line)[1:])
        assert status == 0, said
        printed += out
    return printed


def robust(
    weights: np.ndarray, matrix: np.ndarray, residuals: np.ndarray, hat: np.ndarray
) -> tuple[float, float]:
    """Return the error of the second term and its degrees of freedom.

    HC2 and Bell & McCaffrey's degrees of freedom, as Imbens & Kolesar write them
    (2016, 10.1162/REST_a_00552, equation 11): those of a'e with a the row of the
    estimator over the root of 1 - hat, and e the residuals of equal variances.
    """
    root = np.sqrt(weights)
    whitened = root[:, None] * matrix
    bread = np.linalg.inv(whitened.T @ whitened)
    term = bread[1] @ whitened.T / np.sqrt(1 - hat)
    error = np.sqrt(np.sum((term * residuals / root) ** 2))
    maker = np.eye(len(hat)) - whitened @ bread @ whitened.T
    both = (term[:, None] * maker) @ (term[:, None] * maker).T
    return float(error), float(np.trace(both) ** 2 / np.sum(both**2))


def check_by_hand(folder: Path, nights: int) -> None:
    """Hold each number of a comparison against statsmodels, called by hand."""
    found = pd.read_csv(folder / "figures/contrast.csv").set_index("column")
    table = pd.read_csv(folder / "results/cohort.csv")
    assert len(table) == nights
    for column, row in found.iterrows():
        is_rate = column not in SCALES
        known = table.dropna(subset=[column, *([HOURS] if is_rate else [])])
        matrix = np.column_stack(
            [
                np.ones(len(known)),
                known["group"] == max(known["group"]),
                known["tst_min"],
            ]
        )
        if is_rate:
            hours = known[HOURS].to_numpy() / 60
            events = known[column].to_numpy() * hours
            poisson = sm.families.Poisson()
            fit = sm.GLM(events, matrix, poisson, offset=np.log(hours)).fit()
            hat = fit.get_influence().hat_matrix_diag
            error, df = robust(fit.mu, matrix, fit.resid_response, hat)
        else:
            values = SCALES[column](known[column]).to_numpy()
            fit = sm.OLS(values, matrix).fit(cov_type="HC2")
            hat = fit.get_influence().hat_matrix_diag
            error, df = robust(np.ones(len(hat)), matrix, fit.resid, hat)
            # The error by hand is that of statsmodels, so that for rates it is right.
            assert error == pytest.approx(fit.bse[1], rel=1e-6)
        reach = stats.t.ppf(0.975, df) * error
        ends = fit.params[1] + np.array([0, -reach, reach])
        p = 2 * stats.t.sf(abs(fit.params[1]) / error, df)
        shown = row[["estimate", "low", "high"]].to_numpy(float)
        shown = shown if row["scale"] == "difference" else np.log(shown)
        assert shown == pytest.approx(ends, rel=1e-4, abs=1e-6), column
        assert row["p"] == pytest.approx(p, rel=1e-3), column
        assert row["df"] == pytest.approx(df, rel=1e-4), column
        assert row["nights_n"] == len(known)


@pytest.mark.slow
@pytest.mark.usefixtures("same_process")
def test_cinc_nights_are_compared_as_by_statsmodels(
    run: Run, real_data: Path, study: Path
) -> None:
    count = write_cinc(study, real_data / "cinc2018")
    assert count in (83, 497)
    assert f"{count} done" in run_page(run, 0)
    check_by_hand(study, count)


@pytest.mark.slow
@pytest.mark.usefixtures("same_process")
def test_boas_nights_are_compared_as_by_statsmodels(
    run: Run, real_data: Path, study: Path
) -> None:
    count = write_boas(study, real_data / "scoring")
    assert count in (22, 66)
    assert f"{count} done" in run_page(run, 1)
    check_by_hand(study, count)
