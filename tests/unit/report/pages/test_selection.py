from night_makers import make_night

from psgkit.measure import ALL_METRICS
from psgkit.report.pages.selection import sections, select


def test_the_three_answers_are_headlines_whatever_their_tier():
    # METRICS, section M, "Headlines"
    assert {metric.name for metric in ALL_METRICS if metric.headline} == {
        *("rem_wmean_min_b2m", "n3_min", "n3_pct"),
        *("ari_per_h", "ari_nrem_per_h", "rem_ari_per_h"),
    }


def test_sections_and_their_metrics_are_in_the_order_of_their_places():
    found = sections(ALL_METRICS)
    assert [section for section, _ in found] == [
        *("REM continuity", "REM sleep", "N3, deep sleep", "Arousals", "Sleep"),
    ]
    places = [metric.place for _, metrics in found for metric in metrics]
    assert places == sorted(set(places))


def test_every_number_is_in_one_place():
    night = make_night()
    chosen = select(night)
    headlines = [m.name for _, shown in chosen.headlines for m in shown]
    headlines += [m.name for m in chosen.exploratory_headlines]
    groups = (chosen.reliable, chosen.exploratory, chosen.unrated)
    others = [m.name for group in groups for found in group.values() for m in found]
    absent = {m.name for found in chosen.absent.values() for m in found}
    defined = {m.name for m in night.results if not m.reason}
    assert not set(headlines) & set(others)
    assert defined <= {*headlines, *others}
    assert len(others) == len(set(others))
    assert absent == set(night.reasons)
