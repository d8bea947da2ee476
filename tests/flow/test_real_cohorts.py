"""66 real nights, from a manifest to a contrast, by the commands of the guides."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

smf = pytest.importorskip("statsmodels.formula.api")

Run = Callable[..., tuple[int, str, str]]


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
    for column in columns:
        row = found.loc[column]
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
