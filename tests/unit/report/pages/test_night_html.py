import base64
import html as html_module
import itertools
import math
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest
from makers import make_scoring
from night_makers import make_measure, make_night

from psgkit.domain.issues import Issue, Severity
from psgkit.measure import measure_all
from psgkit.report import save_night
from psgkit.report.notebook import night_html
from psgkit.report.pages.night_html import night_page
from psgkit.report.pages.night_text import text_page
from psgkit.report.pages.sleep_summary import position_grid
from psgkit.report.wording import spoken_unit

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=y> 😀 עברית"


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
        self.text += data


@pytest.fixture(scope="module")
def page() -> str:
    return night_page(make_night())


def test_the_page_asks_for_nothing_and_runs_nothing(page):
    tags = Page(page).tags
    names = {name for name, _ in tags}
    assert names.isdisjoint({"script", "iframe", "object", "embed", "form", "base"})
    links = [attrs.get("src") or attrs.get("href") for _, attrs in tags]
    assert all(link.startswith(("data:", "#")) for link in links if link)
    assert "@import" not in page
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_every_picture_has_an_alternative_text_and_a_size(page):
    images = [attrs for name, attrs in Page(page).tags if name == "img"]
    assert len(images) == 5
    for image in images:
        assert len(image["alt"]) > 10
        assert int(image["width"]) > 100
        assert int(image["height"]) > 100


@pytest.mark.parametrize(
    ("stages", "at_start", "at_end"),
    [
        ("R" * 12 + "2" * 20 + "W", True, False),
        ("?" + "R" * 12 + "2" * 20, True, False),
        ("W" + "2" * 20 + "R" * 12, False, True),
        ("R" * 12 + "2" * 40 + "R" * 12, True, True),
        ("W" + "2" * 20 + "R" * 12 + "2", False, False),
        ("W" + "2" * 20, False, False),
    ],
)
def test_rem_that_the_scored_time_cuts_is_said_to_be_cut_on_both_pages(
    stages, at_start, at_end
):
    scoring = make_scoring(stages)
    results, tables = measure_all(scoring)
    night = make_night(scoring=scoring, results=results, tables=tables)
    for page in (night_page(night), " ".join(text_page(night).split())):
        assert ("was under way when the scored time began" in page) is at_start
        assert ("was cut off by the end of the scored time" in page) is at_end


def test_answers_come_first_then_stages_then_pictures_then_details(page):
    # The count of errors and warnings stands above the answers, their text below.
    words = ("Errors: 1", "<b>13.2</b>", "% of sleep", "<img", "Chin", "in detail")
    places = [page.index(word) for word in words]
    assert places == sorted(places)


def test_the_page_has_landmarks_and_no_heading_is_skipped(page):
    tags = [name for name, _attrs in Page(page).tags]
    assert [tags.count(name) for name in ("header", "main", "footer")] == [1, 1, 1]
    levels = [int(name[1]) for name in tags if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_names_of_columns_are_shown_where_they_are_asked_for(page):
    # The HDF5 file and the tables have them; a reader of the page asks for them.
    assert "<code>rem_wmean_min_b2m</code>" not in page
    codes = night_page(make_night(), codes=True)
    assert "<code>rem_wmean_min_b2m</code>" in codes


def test_the_page_says_what_it_is_not_and_what_was_used(page):
    text = Page(page).text
    assert "not a medical device" in text
    assert "EEG C4-A1" in text
    assert "0.8.1" in text


def test_rem_continuity_is_named_in_plain_words(page):
    assert "typical unbroken REM stretch" in Page(page).text


def test_an_interval_stands_beside_its_number(page):
    assert "11 to 15.5" in Page(page).text


def test_a_published_range_stands_with_its_ages_and_source(page):
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    # Mitterling 2015, abstract.
    assert "up to 30 years median 87 (71.9 to 94.1) Mitterling 2015" in text
    assert "61 years and over median 79.7 (44.5 to 90.9)" in text
    assert "this person" not in text.partition("Published ranges")[2].partition("61")[2]


@pytest.mark.parametrize(
    ("age_y", "band"), [(24, "up to 30 years"), (45, ""), (66, "61 years and over")]
)
def test_the_band_of_the_persons_age_is_marked(age_y, band):
    night = make_night()
    night = replace(night, provenance=replace(night.provenance, age_y=age_y))
    rows = re.findall(r'<tr class="own">(.*?)</tr>', night_page(night), re.DOTALL)
    # Total sleep time and efficiency: the two of this night with published ranges.
    assert len(rows) == (2 if band else 0)
    assert all(f"<td>{band} <span" in row for row in rows)


def test_positions_stand_where_they_were_scored():
    table = pd.DataFrame(
        {
            "position": ["supine", "supine", "left"],
            "stage": ["sleep", "R", "sleep"],
            "stage_min": [120.0, 30.0, 90.0],
            "ahi_per_h": [22.5, 40.0, 4.0],
            "plmi_per_h": [math.nan] * 3,
        }
    )
    night = make_night()
    tables = dict(night.tables) | {"position_indices": table}
    grid = position_grid(replace(night, tables=tables))
    assert grid.head == ("Sleep", "min", "AHI")
    assert grid.rows == (
        ("on the back", "120", "22.5"),
        ("on the left side", "90", "4"),
    )
    assert position_grid(night) is None


def test_text_from_files_comes_out_as_text():
    night = make_night(
        EVIL,
        issues=(Issue(Severity.ERROR, "x", EVIL, EVIL),),
        results=(make_measure("rem_min", reason=EVIL), make_measure("x", 1.0)),
    )
    page = night_page(night)
    parsed = Page(page)
    assert "script" not in {name for name, _ in parsed.tags}
    assert all("onerror" not in attrs for _, attrs in parsed.tags)
    assert parsed.text.count(EVIL) >= 4


def test_text_in_pictures_is_escaped_too():
    night = make_night(with_spectra=True)
    spectra = {EVIL: next(iter(night.spectra.values()))}
    object.__setattr__(night, "spectra", spectra)
    for source in re.findall(r"base64,([A-Za-z0-9+/=]+)", night_page(night)):
        assert b"<script" not in base64.b64decode(source)


@pytest.mark.parametrize(
    ("night", "images_n"),
    [
        (make_night(stages="WW" + "2" * 60 + "W", tables={}), 5),
        (
            make_night(
                stages="??",
                with_proba=False,
                with_spectra=False,
                arousals=None,
                tables={},
            ),
            3,  # pictures that need an EEG are left out
        ),
        (make_night(results=(), issues=()), 5),
    ],
    ids=["no REM", "bare", "no numbers"],
)
def test_a_night_that_lacks_things_still_has_a_page(night, images_n):
    page = night_page(night)
    assert page.count("<img") == images_n


def test_the_page_of_a_long_night_stays_small():
    night = make_night(stages="W12R" * 720, tables={})
    assert len(night_page(night).encode()) < 1_500_000


def test_the_same_night_gives_the_same_page(page):
    assert night_page(make_night()) == page


def test_the_page_is_among_the_files_of_a_night(tmp_path):
    home = save_night(make_night("n1"), tmp_path)
    assert "<!DOCTYPE html>" in (home / "n1_report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_page_is_made_without_loading_matplotlib(tmp_path):
    # It costs half a second and 50 MB in every process.
    home = save_night(make_night("n1"), tmp_path)
    code = (
        "import sys; from psgkit import read_night\n"
        "page = read_night(sys.argv[1])._repr_html_()\n"
        "assert 'img' in page and 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(home / "n1.h5")], check=True)


def test_a_night_shows_itself_in_a_notebook_in_a_frame_without_rights():
    shown = make_night()._repr_html_()
    assert shown == night_html(make_night())
    (frame,) = [attrs for name, attrs in Page(shown).tags if name == "iframe"]
    assert frame["sandbox"] == ""
    assert "<!DOCTYPE html>" in html_module.unescape(frame["srcdoc"])


def test_a_count_stands_without_a_unit_as_in_the_terminal():
    count = make_measure("remp_n", 1.0, unit="count")
    assert spoken_unit(count) == ""
    assert spoken_unit(make_measure("rem_min", 1.0, unit="minutes")) == "minutes"
    page = night_page(make_night(results=(count,)))
    assert "<b>1</b> count" not in page
    assert "<b>1</b>" in page


def test_an_absent_index_of_breathing_says_why():
    results = (
        make_measure("ahi_per_h", math.nan, reason="under 180 min of sleep"),
        make_measure("ahi_nrem_per_h", 24.8),
        make_measure("ahi_rem_per_h", 33.9),
    )
    words = Page(night_page(make_night(results=results))).text
    assert "Not available: under 180 min of sleep." in words


def test_a_number_is_the_same_in_the_summary_and_in_the_details():
    results = (make_measure("tst_min", 158.5),)
    page = night_page(make_night(results=results))
    assert set(re.findall(r"158\.?\d*(?= min|</b>)", page)) == {"158.5"}


def test_a_printed_sheet_carries_the_name_of_the_night_as_text():
    page = night_page(make_night('a"; } </style><b>'))
    (rule,) = re.findall(r"@bottom-left \{ content: (.*); \}", page)
    assert rule == r'"a\22 \3b \20 \7d \20 \3c \2f style\3e \3c b\3e "'
