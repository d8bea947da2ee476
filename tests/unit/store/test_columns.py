from makers import make_scoring
from night_makers import STAGES

from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.tables import make_tables
from psgkit.store.columns import COLUMNS, meaning_of, unit_of


def test_every_column_of_the_long_tables_from_stages_has_a_meaning():
    night = Evidence.of(make_scoring(STAGES, arousals=[(1000.0, 5.0)]))
    columns = {column for table in make_tables(night).values() for column in table}
    assert columns - set(COLUMNS) == set()


def test_a_columns_unit_is_declared():
    units = {
        "onset_s": "s",
        "rem_min": "min",
        "psd_uv2_hz": "µV²/Hz",
        "density_per_min": "1/min",
        "stage": "",
    }
    assert {name: unit_of(name) for name in units} == units


def test_an_unknown_column_is_its_name_in_words():
    assert meaning_of("something_new") == "something new"
