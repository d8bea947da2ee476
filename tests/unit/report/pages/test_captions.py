"""Sentences that pages share."""

from night_makers import declared, make_night

from psgkit.report.pages.captions import usable_sleep
from psgkit.report.pages.night_html import night_page
from psgkit.report.pages.night_text import text_page


def test_the_usable_share_is_rounded_down_and_stands_on_every_page():
    shares = {"C3_M2": 72.0, "C4_M1": 99.9, "EMG_CHIN": 100.0, "ECG": 98.2}
    results = tuple(declared(f"usable_pct__{c}", v) for c, v in shares.items())
    night = make_night("n1", results=results)
    line = "EEG 72 to 99 %, chin 100 %, ECG 98 %"
    assert usable_sleep(night) == line
    assert line in " ".join(text_page(night).split())
    assert line in night_page(night)
