"""Tables of a cohort by hand, as `psgkit.read_cohort` gives them."""

import numpy as np
import pandas as pd

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=y> 😀 עברית"


def make_cohort(count: int) -> pd.DataFrame:
    """Build a cohort of so many nights, of which the second and fourth failed."""
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "id": [f"night-{number:02d}" for number in range(count)],
            "status": ["failed" if n in (1, 3) else "done" for n in range(count)],
            "site": [("Lübeck", "Utrecht")[n % 2] for n in range(count)],
            "issues_n": random.integers(0, 4, count),
            "issues_error_n": random.integers(0, 2, count),
            "stage_conf_mean": random.uniform(0.6, 0.9, count),
            "qc_unscored_pct": random.uniform(0, 4, count),
            "rem_wmean_min_b2m": random.normal(18, 4, count),
            "rem_min": random.normal(90, 15, count),
            "n3_min": random.normal(70, 20, count),
            "ari_per_h": random.normal(14, 4, count),
            "tst_min": random.normal(400, 30, count),
        }
    )
    failed = table["status"] == "failed"
    numbers = table.columns[table.columns.get_loc("issues_n") :]
    table[numbers] = table[numbers].astype(float).mask(failed)
    table["message"] = ""
    table.loc[failed, "message"] = table["id"] + ".edf holds no whole record."
    table.attrs["units"] = {"rem_min": "minutes", "tst_min": "minutes"}
    return table
