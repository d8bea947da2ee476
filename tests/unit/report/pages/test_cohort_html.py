import base64
import hashlib
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from cohort_makers import EVIL, make_cohort

from psgkit.measure import ALL_METRICS
from psgkit.report.pages.cohort_html import cohort_page, link_to
from psgkit.report.pages.strip_plot import (
    MIDDLE,
    RADIUS,
    find_outliers,
    lay_out,
    nice_ticks,
)

PLACED = {metric.name for metric in ALL_METRICS if metric.section}


class Page(HTMLParser):
    """Collect the tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


def test_the_page_says_how_many_nights_were_done_and_failed():
    text = " ".join(Page(cohort_page(make_cohort(50), ALL_METRICS)).text.split())
    assert "50 nights" in text
    alone = " ".join(Page(cohort_page(make_cohort(50)[:1], ALL_METRICS)).text.split())
    assert "1 night " in alone
    assert "48 done" in text
    assert "2 failed" in text


def test_while_a_batch_is_at_work_no_night_is_called_skipped():
    table = make_cohort(10)
    table.loc[7:, "status"] = "skipped"
    stopped = " ".join(Page(cohort_page(table, ALL_METRICS)).text.split())
    assert "3 skipped" in stopped
    table.attrs["under_way"] = [table["id"][7]]
    at_work = " ".join(Page(cohort_page(table, ALL_METRICS)).text.split())
    assert "skipped" not in at_work
    assert "1 under way" in at_work
    assert "2 not begun" in at_work
    assert f"{table['id'][7]} under way" in at_work
    assert f"{table['id'][8]} not begun" in at_work
    assert "nog niet begonnen" in cohort_page(table, ALL_METRICS, language="nl")


def test_each_failure_has_its_sentence():
    text = Page(cohort_page(make_cohort(50), ALL_METRICS)).text
    assert "night-01.edf holds no whole record." in text


def test_each_night_is_a_dot_that_leads_to_its_page():
    page = cohort_page(make_cohort(20), ALL_METRICS)
    links = [attrs["href"] for name, attrs in Page(page).tags if name == "a"]
    assert "night-05/night-05_report.html" in links
    dots = [
        name for name, attrs in Page(page).tags if name == "circle" and "cx" in attrs
    ]
    assert len(dots) >= 18 * 3


def test_a_night_that_failed_has_no_page_to_lead_to():
    page = cohort_page(make_cohort(20), ALL_METRICS)
    links = [attrs["href"] for name, attrs in Page(page).tags if name == "a"]
    assert "night-01/night-01_report.html" not in links


def test_a_night_far_from_the_others_is_named_with_the_median():
    table = make_cohort(20)
    table.loc[7, "rem_min"] = 900.0
    text = " ".join(Page(cohort_page(table, ALL_METRICS)).text.split())
    assert "night-07 REM sleep 900 minutes median" in text


def test_quality_is_told_by_site_where_the_manifest_has_one():
    text = Page(cohort_page(make_cohort(20), ALL_METRICS)).text
    assert "Quality by" in text
    assert "Lübeck" in text
    without = cohort_page(make_cohort(20).drop(columns="site"), ALL_METRICS)
    assert "Quality by" not in without


@pytest.mark.parametrize("count", [1, 3, 401])
def test_a_cohort_of_any_size_has_a_page(count):
    assert "</html>" in cohort_page(make_cohort(count), ALL_METRICS)


def test_a_cohort_in_which_every_night_failed_has_a_page():
    table = make_cohort(20).assign(status="failed", rem_min=np.nan)
    numbers = [name for name in table.columns if name in PLACED]
    page = cohort_page(table.drop(columns=numbers), ALL_METRICS)
    assert "No night of this cohort has a number to show" in page


def test_text_from_files_comes_out_as_text():
    table = make_cohort(10).assign(site=[EVIL, "b"] * 5)
    table.loc[0, ["id", "message", "status"]] = [EVIL, EVIL, "failed"]
    page = Page(cohort_page(table, ALL_METRICS))
    # The page's own script is allowed by its hash, and the only one.
    assert [name for name, _ in page.tags].count("script") == 1
    assert page.text.count(EVIL) >= 3


def test_a_link_stays_below_the_cohorts_folder():
    assert link_to("../../etc").count("/") == 1
    assert link_to("javascript:alert(1)").startswith("javascript_alert")


def test_values_far_from_the_median_are_outliers():
    # Median 3, absolute deviations 2 1 0 1 97, their median 1: limit 3.5 * 1.4826.
    values = np.array([1.0, 2.0, 3.0, 4.0, 100.0, np.nan])
    assert find_outliers(values).tolist() == [False] * 4 + [True, False]
    assert not find_outliers(np.array([1.0, 1.0, 1.0, 1.0, 9.0])).any()
    assert not find_outliers(np.array([1.0, 2.0, 90.0])).any()


def test_dots_lie_at_their_values_and_not_on_one_another():
    strip = lay_out(np.array([0.0, 5.0, 5.0, np.nan, 10.0]))
    assert strip is not None
    assert [dot.row for dot in strip.dots] == [0, 1, 2, 4]
    left, one, other, right = strip.dots
    assert (left.y, right.y) == (MIDDLE, MIDDLE)
    assert one.x == other.x == (left.x + right.x) / 2
    assert abs(one.y - other.y) == pytest.approx(2 * RADIUS)


def test_ticks_are_round_and_span_the_values():
    assert nice_ticks(0.031, 0.094) == [0.02, 0.04, 0.06, 0.08, 0.1]
    # Of a cohort of one night, or one value.
    assert nice_ticks(10.7595, 10.7595) == [10.0, 11.0]
    assert nice_ticks(-0.25, -0.25) == [-1.0, 0.0]
    assert nice_ticks(1.0, 1.0) == [0.0, 1.0, 2.0]
    assert lay_out(np.array([np.nan])) is None


def test_a_table_as_a_file_gives_it_has_a_page():
    table = make_cohort(10).convert_dtypes()
    assert isinstance(table["issues_n"].dtype, pd.Int64Dtype)
    assert "</html>" in cohort_page(table, ALL_METRICS)


def test_500_nights_can_be_sorted_and_filtered_and_the_script_alone_may_run():
    html = cohort_page(make_cohort(500), ALL_METRICS)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html
    assert "{{" not in script
    assert html.count("data-value=") >= 500
    head = html[html.index('<table id="nights">') :]
    assert head.count("<button") >= 4
