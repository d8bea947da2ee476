"""Results of two parts add up."""

import pandas as pd
from night_makers import declared

from psgkit.domain.issues import Issue, Severity
from psgkit.measure.results import Results


def test_the_first_part_comes_first() -> None:
    one, two = declared("n3_pct", 51.0), declared("n3_min", 90.0)
    note = Issue(Severity.NOTE, "code", "text", "remedy")

    both = Results(measures=(one,)) + Results(measures=(two,), issues=(note,))

    assert both.measures == (one, two)
    assert both.issues == (note,)


def test_rows_of_one_table_stand_below_each_other() -> None:
    first = Results(tables={"spindles": pd.DataFrame({"onset_s": [1.0]})})
    second = Results(
        tables={
            "spindles": pd.DataFrame({"onset_s": [2.0]}),
            "slow_waves": pd.DataFrame({"onset_s": [3.0]}),
        }
    )

    both = (first + second).tables

    assert both["spindles"]["onset_s"].tolist() == [1.0, 2.0]
    assert both["spindles"].index.tolist() == [0, 1]
    assert both["slow_waves"]["onset_s"].tolist() == [3.0]
    assert first.tables["spindles"]["onset_s"].tolist() == [1.0]
