"""66 and 497 real nights, from a manifest to a contrast, by the commands of the guides."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

smf = pytest.importorskip("statsmodels.formula.api")

Run = Callable[..., tuple[int, str, str]]

STAGES = {"W": "W", "1": "N1", "2": "N2", "3": "N3", "R": "R", "?": "UNS"}
COLUMNS = ("n3_min", "rem_wmean_min_b2m", "rem_cont_frac")


@pytest.fixture
def boas(real_data: Path, tmp_path: Path) -> Path:
    """Write a manifest of the BOAS nights; their groups are drawn."""
    rng = np.random.default_rng(26)
    files = sorted((real_data / "scoring/boas").glob("*_events.tsv"))
    study = pd.DataFrame(
        {
            "id": [file.name.partition("_")[0] for file in files],
            "scoring": files,
            "group": rng.choice(["a", "b"], len(files)),
        }
    )
    study.to_csv(tmp_path / "study.csv", index=False)
    return tmp_path


@pytest.fixture
def cinc(real_data: Path, tmp_path: Path) -> Path:
    """Write the CinC nights and a manifest; groups are few and many arousals."""
    folder = real_data / "cinc2018"
    nights = pd.read_csv(folder / "stages.csv", dtype=str, keep_default_na=False)
    arousals = pd.read_csv(folder / "arousals.csv", dtype={"night": str})
    onsets = dict(list(arousals.groupby("night")["onset_s"]))
    (tmp_path / "scorings").mkdir()
    rows = []
    for night in nights.itertuples():
        stages = [STAGES[letter] for letter in night.stages]
        marks = [(30.0 * at, 30.0, stage) for at, stage in enumerate(stages)]
        # A region begins about 2 s before its arousal.
        marks += [(onset + 2, 3.0, "arousal") for onset in onsets.get(night.night, ())]
        table = pd.DataFrame(marks, columns=["onset", "duration", "trial_type"])
        file = tmp_path / "scorings" / f"{night.night}_events.tsv"
        table.sort_values("onset").to_csv(file, sep="\t", index=False)
        many = len(onsets.get(night.night, ())) > 100
        rows.append((night.night, file, "many" if many else "few"))
    study = pd.DataFrame(rows, columns=["id", "scoring", "group"])
    study.to_csv(tmp_path / "study.csv", index=False)
    return tmp_path


def check_by_hand(
    run: Run, folder: Path, nights: int, columns: tuple[str, ...]
) -> None:
    """Compare groups by command, and hold each number against statsmodels."""
    cohort = folder / "results/cohort.csv"
    asked = ("--group", "group", "--covariates", "tst_min")
    status, _, said = run(
        *("contrast", cohort, *asked, "--columns", ",".join(columns)),
        *("--out", folder / "figures"),
    )
    assert status == 0, said
    found = pd.read_csv(folder / "figures/contrast.csv").set_index("column")
    table = pd.read_csv(cohort)
    assert len(table) == nights
    table["rem_cont_frac"] = np.log(
        table["rem_cont_frac"] / (1 - table["rem_cont_frac"])
    )
    table["rem_wmean_min_b2m"] = np.log(table["rem_wmean_min_b2m"])
    for column in columns:
        row = found.loc[column]
        if column == "rem_ari_per_h":
            counted = table.dropna(subset=[column, "rem_min"])
            hours = counted["rem_min"] / 60
            fit = smf.poisson(
                "events ~ C(group) + tst_min",
                counted.assign(events=counted[column] * hours),
                offset=np.log(hours),
            ).fit(disp=False)
            term = next(name for name in fit.params.index if "group" in name)
            assert np.log(row["estimate"]) == pytest.approx(fit.params[term], rel=1e-4)
            continue
        model = smf.ols(f"{column} ~ C(group) + tst_min", table.dropna(subset=[column]))
        fit = model.fit(cov_type="HC2")
        (term,) = (name for name in fit.params.index if "group" in name)
        ends = row[["estimate", "low", "high"]].to_numpy(float)
        estimate, low, high = ends if row["scale"] == "difference" else np.log(ends)
        assert estimate == pytest.approx(fit.params[term], rel=1e-4), column
        reach = stats.t.ppf(0.975, row["df"]) * fit.bse[term]
        assert (high - low) / 2 == pytest.approx(reach, rel=1e-4), column
        p = 2 * stats.t.sf(abs(fit.tvalues[term]), row["df"])
        assert row["p"] == pytest.approx(p, rel=1e-4), column
        assert row["nights_n"] == fit.nobs


@pytest.mark.slow
def test_66_boas_nights_are_compared_as_by_statsmodels(run: Run, boas: Path) -> None:
    status, said, _ = run(
        *("batch", "--manifest", boas / "study.csv", "--out", boas / "results"),
        *("--column", "stage_hum", "--only", "numbers"),
    )
    assert status == 0
    assert "66 done" in said
    check_by_hand(run, boas, 66, ("n3_min", "rem_cont_frac"))


@pytest.mark.slow
def test_497_cinc_nights_are_compared_as_by_statsmodels(run: Run, cinc: Path) -> None:
    status, said, _ = run(
        *("batch", "--manifest", cinc / "study.csv", "--out", cinc / "results"),
        *("--only", "numbers"),
    )
    assert status == 0
    assert "497 done" in said
    check_by_hand(run, cinc, 497, (*COLUMNS, "rem_ari_per_h"))
