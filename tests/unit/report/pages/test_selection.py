import pytest
from night_makers import make_night

from psgkit.report.pages.selection import family_of, select


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("tst_min", "Sleep architecture"),
        ("rem_min", "Sleep architecture"),
        ("rem_lat_nowake_min", "Sleep architecture"),
        ("rem_wmean_min_b2m", "REM continuity"),
        ("rem_ari_per_h", "Arousals"),
        ("rem_density_per_min", "Eye movements"),
        ("swa_uv2__F3_M2__N2", "N3 and slow waves"),
        ("sp_density_per_min__C4_M1__N2", "Spindles"),
        ("spt_min", "Sleep architecture"),
        ("qc_unscored_pct", "Quality"),
        ("something_new", "Other"),
    ],
)
def test_a_column_belongs_to_the_family_its_name_starts_with(name, family):
    assert family_of(name) == family


def test_every_number_is_in_one_place():
    night = make_night()
    chosen = select(night)
    headlines = [m.name for _, shown in chosen.headlines for m in shown]
    headlines += [m.name for m in chosen.exploratory_headlines]
    groups = (chosen.reliable, chosen.exploratory, chosen.unrated)
    others = [m.name for group in groups for found in group.values() for m in found]
    absent = {name for names in chosen.absent.values() for name in names}
    defined = {m.name for m in night.results if not m.reason}
    assert not set(headlines) & set(others)
    assert defined <= {*headlines, *others}
    assert len(others) == len(set(others))
    assert absent == set(night.reasons)
