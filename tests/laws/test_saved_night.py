"""Whatever a night holds, reading what was saved gives back an equal night."""

import datetime as dt
import tempfile
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from night_makers import write_night

from psgkit.domain.channels.roles import Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Family, Measure, Metric, Reliability, Scale
from psgkit.domain.night import Night, Spectra
from psgkit.domain.provenance import Provenance
from psgkit.domain.recording import Channel, Gap
from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.sleep.event_tables import make_events
from psgkit.report import read_night
from psgkit.report.pages.night_text import text_page

NUMBERS = st.floats(width=64)  # NaN and infinities among them
FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(), max_size=12)  # NUL and lone surrogates among them
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
TIMES = st.none() | st.times().map(
    lambda time: dt.datetime.combine(dt.date(1985, 1, 1), time)
)
RHO = st.none() | st.floats(-1, 1)


def is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@st.composite
def columns(draw: st.DrawFn, rows: int) -> object:
    cells = draw(
        st.sampled_from(
            [NUMBERS, TEXT, st.booleans(), st.none() | TEXT, st.integers(-9, 9)]
        )
    )
    values = draw(st.lists(cells, min_size=rows, max_size=rows))
    # pandas 3 makes its own type for text, which holds no lone surrogate
    alone = any(isinstance(v, str) and not is_utf8(v) for v in values)
    return pd.Series(values, dtype=object if alone or not rows else None)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(0, 4))
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    made = {name: draw(columns(rows)) for name in names}
    return pd.DataFrame(made, index=pd.RangeIndex(rows))


@st.composite
def scorings(draw: st.DrawFn) -> Scoring:
    stages = draw(st.lists(st.sampled_from(Stage), max_size=90))
    proba = np.linspace(0, 1, 5 * len(stages), dtype=np.float32).reshape(-1, 5)
    events = st.tuples(FINITE, FINITE, TEXT, TEXT)
    return Scoring(
        stages=np.array(stages, dtype=np.int8),
        epoch_s=draw(st.sampled_from([20.0, 30.0])),
        onset_s=draw(FINITE),
        start=draw(TIMES),
        lights_off_s=draw(st.none() | FINITE),
        lights_on_s=draw(st.none() | FINITE),
        events=make_events(draw(st.lists(events, max_size=3))),
        kinds_scored=draw(st.frozensets(TEXT, max_size=3)),
        scorer=draw(TEXT),
        is_automatic=draw(st.booleans()),
        proba=draw(st.sampled_from([None, proba])),
    )


CHANNELS = st.builds(
    Channel,
    role=st.sampled_from(Role),
    label=TEXT,
    index=st.integers(0, 99),
    rate_hz=FINITE,
    unit=TEXT,
    to_uv=st.none() | FINITE,
    highpass_hz=st.none() | FINITE,
    lowpass_hz=st.none() | FINITE,
    limits=st.none() | st.tuples(FINITE, FINITE),
    reference_index=st.none() | st.integers(0, 99),
)
METRICS = st.builds(
    Metric,
    name=NAMES,
    unit=TEXT,
    meaning=TEXT,
    source=TEXT,
    family=st.sampled_from(Family),
    label=TEXT,
    section=TEXT,
    place=st.integers(0, 99),
    headline=st.booleans(),
    scale=st.sampled_from(Scale),
    denominator=st.lists(NAMES, max_size=2).map(tuple),
    same=st.lists(NAMES, max_size=2).map(tuple),
    plausible=st.none() | st.tuples(FINITE, FINITE),
    reliability=st.builds(Reliability, experts=RHO, automatic=RHO),
)
MEASURES = st.builds(
    Measure,
    metric=METRICS,
    value=NUMBERS,
    reason=TEXT,
    low=NUMBERS,
    high=NUMBERS,
)
JSON = st.dictionaries(
    TEXT, st.none() | st.booleans() | FINITE | TEXT | st.lists(TEXT, max_size=2)
)
NIGHTS = st.builds(
    Night,
    id=TEXT,
    start=TIMES,
    duration_s=FINITE,
    channels=st.lists(CHANNELS, max_size=3).map(tuple),
    gaps=st.lists(st.builds(Gap, FINITE, FINITE), max_size=3).map(tuple),
    scoring=scorings(),
    results=st.lists(MEASURES, max_size=4, unique_by=lambda m: m.name).map(tuple),
    issues=st.lists(
        st.builds(Issue, st.sampled_from(Severity), TEXT, TEXT, TEXT), max_size=3
    ).map(tuple),
    provenance=st.builds(
        Provenance,
        versions=st.dictionaries(TEXT, TEXT, max_size=2),
        settings=JSON,
        scoring_sha256=TEXT,
        channels_used=st.dictionaries(TEXT, TEXT, max_size=2),
    ),
    tables=st.dictionaries(NAMES, tables(), max_size=2),
    spectra=st.dictionaries(
        NAMES,
        st.just(
            Spectra(np.array([0.5, 1.0]), np.array([[1.0, np.nan]], dtype=np.float32))
        ),
        max_size=1,
    ),
)


@given(NIGHTS)
def test_reading_what_was_saved_gives_back_an_equal_night(night):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.h5"
        write_night(night, path)
        assert read_night(path) == night


@given(NIGHTS)
def test_any_night_has_a_page_without_control_characters(night):
    letters = set(text_page(night)) - {"\n"}
    assert not [letter for letter in letters if unicodedata.category(letter) == "Cc"]
