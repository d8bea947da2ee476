"""Every word of a page is in each language's catalogue, and nothing else is."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cohort_makers import make_cohort
from night_makers import make_measure, make_night

import psgkit.report
from psgkit.domain.metrics import Family
from psgkit.measure import ALL_METRICS
from psgkit.pipeline import STEPS
from psgkit.report.drawing import axes as canvas
from psgkit.report.drawing import palette
from psgkit.report.figures import arousals, body, event_tracks, rem, slow_waves
from psgkit.report.language import LANGUAGES, _, catalogue, speaking
from psgkit.report.pages import (
    answers,
    captions,
    cohort_html,
    sleep_summary,
    strip_plot,
)
from psgkit.report.pages import night_html as html
from psgkit.report.pages import night_text as text
from psgkit.report.pages import published_ranges as reference
from psgkit.report.pages.cohort_html import cohort_page

FOLDER = Path(psgkit.report.__file__).parent
CONFIGS = Path(__file__).parents[3] / "configs"
OTHERS = [language for language in LANGUAGES if language != "en"]
FIELD = re.compile(r"\{(\w+)\}")


def words_of_code() -> Iterator[str]:
    """Find what stands in ``_("...")`` in modules and templates."""
    for module in (*FOLDER.rglob("*.py"), *FOLDER.with_name("cli").glob("*.py")):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        held = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=words)]):
                    yield words
                case ast.Call(func=ast.Name(id="_"), args=[ast.Name(id=name)]):
                    yield held.get(name, "")
    for template in FOLDER.rglob("*.j2"):
        text = template.read_text(encoding="utf-8")
        yield from (words for _quote, words in re.findall(r"_\((['\"])(.*?)\1\)", text))


def words_of_constants() -> Iterator[str]:
    """List what is translated where it is used and not where it is written."""
    yield from text.SEVERITIES.values()
    yield from html.PLURALS.values()
    yield from (*answers.AGREEMENT.values(), answers.AROUSAL_AGREEMENT)
    for rows in (
        sleep_summary.AROUSAL_ROWS,
        sleep_summary.BREATHING_ROWS,
        sleep_summary.BODY_ROWS,
        event_tracks.TRACKS,
    ):
        yield from (label for label, _names in rows)
    yield from html.GROUPS
    yield from palette.STAGE_LABELS.values()
    yield html.UNRATED_NOTE
    # Kinds of events, as a message counts them.
    kinds = tomllib.loads((CONFIGS / "scoring.toml").read_text(encoding="utf-8"))
    yield from (kind.replace("_", " ") for kind in kinds["events"])
    yield from STEPS
    yield from (*captions.PURPOSES.values(), *captions.SCORERS)
    yield from captions._KINDS.values()
    yield from sleep_summary.POSITIONS.values()
    yield from (reference.UP_TO, reference.FROM, reference.BETWEEN)
    yield from (arousals.TITLE, body.TITLE, rem.TITLE, slow_waves.TITLE)
    yield from ("done", "failed", "skipped")
    yield from (cohort_html.UNDER_WAY, cohort_html.NOT_BEGUN)


def words_of_numbers() -> Iterator[str]:
    """List units and meanings of the whole catalogue."""
    for metric in ALL_METRICS:
        yield from (metric.unit, metric.meaning, metric.label, metric.section)
    yield from (family.value for family in Family)


def all_words() -> set[str]:
    words = {*words_of_code(), *words_of_constants(), *words_of_numbers()}
    return words - {""}


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_of_the_pages_is_in_the_catalogue(language):
    assert sorted(all_words() - set(catalogue(language))) == []
    assert all(catalogue(language).values())


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_the_same_in_each_language(language):
    for words, meant in catalogue(language).items():
        assert set(FIELD.findall(words)) == set(FIELD.findall(meant)), words


def test_a_language_holds_for_a_block_alone():
    with speaking("nl"):
        assert _("Value") == "Waarde"
    assert _("Value") == "Value"


def test_words_without_a_translation_stay_english():
    with speaking("nl"):
        assert _("not in any catalogue") == "not in any catalogue"


def test_a_night_and_a_cohort_speak_dutch():
    page = html.night_page(make_night(), language="nl")
    assert '<html lang="nl">' in page
    assert "Wat u eerst moet weten" in page
    assert "What to know first" not in page
    assert "Nachten die mislukten" in cohort_page(
        make_cohort(9), ALL_METRICS, language="nl"
    )


def test_a_sentence_about_a_channel_is_translated_and_keeps_its_place():
    measure = make_measure(
        "bp_abs_uv2_delta__C4_M1__N2",
        12.0,
        meaning="Power of the EEG from 0.5 to 4 Hz.",
    )
    page = html.night_page(make_night(results=(measure,)), language="nl")
    assert "Vermogen van het EEG van 0,5 tot 4 Hz (C4_M1, N2)." in page


def test_a_published_range_is_told_in_the_readers_language():
    with speaking("nl"):
        first = reference.published_ranges(make_night())[0]
    assert first.range == "mediaan 413,5 (345,6 tot 451,9)"
    assert first.ages == "tot 30 jaar"


def test_numbers_have_the_decimal_mark_of_the_page():
    # The measures hold 13.24 minutes, 11.0 to 15.5.
    page = html.night_page(make_night(), language="nl")
    assert "<b>13,2</b> minuten" in page
    assert "11 tot 15,5" in page
    with speaking("nl"):
        ticks = [name for _, name in canvas.round_axis(0.0, 15.0).ticks]
        strip = strip_plot.lay_out(np.array([0.1, 0.9]))
    assert ticks[:3] == ["0", "2,5", "5"]
    assert [name for _, name in strip.ticks][1:3] == ["0,2", "0,4"]
