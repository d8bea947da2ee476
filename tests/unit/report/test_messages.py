"""Messages of psgkit in other languages: all of them, whole, with their values."""

import importlib
import math
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from cohort_makers import make_cohort
from night_makers import make_night

import psgkit
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure, Metric
from psgkit.domain.night import Night
from psgkit.measure import ALL_METRICS
from psgkit.report.language import LANGUAGES, catalogue, speaking
from psgkit.report.messages import MESSAGES, translated
from psgkit.report.pages.cohort_html import cohort_page
from psgkit.report.pages.night_html import night_page
from psgkit.report.pages.night_text import text_page

ROOT = Path(__file__).parents[3]
OTHERS = [language for language in LANGUAGES if language != "en"]
FIELD = re.compile(r"\{(\w+)\}")
WORD = re.compile(r"(?<![\w/.-])[a-z]{2,}(?![\w=-])", re.IGNORECASE)
# What a person types: quoted, a command, an option with its value, or its placeholder.
QUOTED = re.compile(
    r"(?<!\w)'[^']*'|\"[^\"]*\"|“[^”]*”|`[^`]*`|\(\w+=\.*\)|psgkit \w+|pip install [\w -]+"
    r"|--(?:lights recording|arousals scored|only staging|eeg all|manifest FILE)"
    r"|--(?:bids ROOT|\w+ (?:SECONDS|PATTERN|STAGES|EVENTS))|\[\w+=?\]\w+|\w+=\w+"
    r"|KIND\S+|raw\.load_data\(\)"
)


@pytest.fixture(scope="module")
def templates() -> dict[str, str]:
    """Read every message of psgkit from its source."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "scripts")
        parts = importlib.import_module("make_locale_parts.message_templates")
    return parts.message_templates(Path(psgkit.__file__).parent)


def filled(template: str) -> str:
    """Return a message with a value in each field that is no word."""
    numbers = iter(range(11, 99))
    return FIELD.sub(lambda _field: f"{next(numbers)}.5", template).format()


def english_words(language: str) -> set[str]:
    """Return the words of the catalogues that the other language never uses."""
    books = [catalogue(language), catalogue(language, MESSAGES)]
    own = {word.lower() for book in books for text in book for word in words_of(text)}
    theirs = {
        word.lower()
        for book in books
        for text in book.values()
        for word in words_of(text)
    }
    return own - theirs


def words_of(text: str) -> list[str]:
    """Return a text's words; what a person types or a file holds is none."""
    return WORD.findall(QUOTED.sub("", FIELD.sub("0", text)))


def test_messages_are_found_in_the_source(templates):
    # One with a condition, one whose words stand in a variable, one after a label.
    assert (
        "{n_small} gap of less than {small_gap_s} s was bridged by straight lines."
        in (templates)
    )
    assert "{label} has the spectrum of muscle" in templates
    assert "list of breathing events" in templates
    assert "under 180 min of sleep" in templates
    assert len(templates) > 300


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_of_the_source_is_in_the_catalogue(language, templates):
    known = catalogue(language, MESSAGES)
    told = "run python scripts/make_locale.py, then write their translations"
    assert sorted(set(templates) - set(known)) == [], told
    assert sorted(set(known) - set(templates)) == [], told
    assert all(known.values())


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_fields_of_its_message(language):
    for words, meant in catalogue(language, MESSAGES).items():
        assert sorted(FIELD.findall(words)) == sorted(FIELD.findall(meant)), words


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_word_is_left_in_any_message(language, templates):
    foreign = english_words(language)
    assert {"the", "scored", "channel", "sleep", "with"} <= foreign
    with speaking(language):
        said = {words: translated(filled(words)) for words in templates}
    left = {
        text: sorted(found)
        for text in said.values()
        if (found := {word.lower() for word in words_of(text)} & foreign)
    }
    assert left == {}


MEANT = {
    "no REM": "geen remslaap",
    "C4-M1 carries 31.5 µV of ECG.": "C4-M1 bevat 31,5 µV ECG.",
    # A value that is words itself, in a list.
    "YASA's classifier was trained on whole nights with EEG, EOG and chin EMG; this "
    "recording is outside of that: no EOG; Fz is sampled at 64.5 Hz.": (
        "De classificator van YASA is getraind op hele nachten met EEG, EOG en kin-EMG; "
        "deze opname valt daarbuiten: geen EOG; Fz is bemonsterd met 64,5 Hz."
    ),
    # Several messages in one, the last of them a message of two sentences.
    "Take another channel with --channel. The recording or its scoring came from memory. "
    "No SHA-256 says which it was.": (
        "Neem een ander kanaal met --channel. De opname of haar scoring kwam uit het "
        "geheugen. Geen SHA-256 zegt welke het was."
    ),
    "no chin EMG: Chin 1 is flat; Chin 2 beats like a heart": (
        "geen kin-EMG: Chin 1 is vlak; Chin 2 klopt zoals een hart"
    ),
    # Text of a file stays as it is, braces and all.
    "The file marks {the}, this and that as bad; no number is made of it.": (
        "Het bestand merkt {the}, this and that als slecht aan; er wordt geen getal van "
        "gemaakt."
    ),
    # Kinds of events, counted.
    "The recording's own annotations were used: 360 epochs of stages, apnea "
    "obstructive (23), hypopnea (19) and lights-off.": (
        "De eigen annotaties van de opname zijn gebruikt: 360 epochs met stadia, "
        "obstructieve apneu (23), hypopneu (19) en licht uit."
    ),
    # The title of a number, and its unit.
    "Density of spindles, C4_M1, N2 (x) is 0.1 per minute, outside of 0.5 to 10.": (
        "Dichtheid van spindels, C4_M1, N2 (x) is 0,1 per minuut, buiten 0,5 tot 10."
    ),
    "A sentence of no catalogue. no REM": "A sentence of no catalogue. geen remslaap",
}


@pytest.mark.parametrize("message", MEANT)
def test_a_message_keeps_its_values(message):
    with speaking("nl"):
        assert translated(message) == MEANT[message]
    assert translated(message) == message


def test_an_option_is_told_as_it_is_typed():
    message = "For another night, give its window and another --id: --lights-off 60.5s --lights-on 90.5s."
    with speaking("nl"):
        assert "--lights-off 60.5s --lights-on 90.5s" in translated(message)


def full_night() -> Night:
    """Make a night with a value for each metric of the catalogue, and with issues."""
    places = {"chan": "C4_M1", "stage": "N2"}

    def measured(metric: Metric, value: float, **more: Any) -> Measure:
        where = tuple(places.get(place, "N2") for place in metric.per)
        return Measure(metric, value, where, **more)

    results = [measured(m, 1.5, low=1.25, high=2.5) for m in ALL_METRICS]
    reasons = [words for words in catalogue("nl", MESSAGES) if words[:2] != "--"]
    for metric, reason in zip(ALL_METRICS, reasons, strict=False):
        results.append(measured(metric, math.nan, reason=filled(reason)))
    return make_night(
        results=tuple(results),
        issues=tuple(
            Issue(
                severity,
                "x",
                "C4-M1 carries 31.5 µV of ECG.",
                "Name the unit: F (or V).",
            )
            for severity in Severity
        ),
    )


def words_of_page(html: str) -> list[str]:
    """Return the words that a person reads or hears of a page; code is none."""
    bare = re.sub(
        r"<(style|script|code|cite)\b.*?</\1>",
        "",
        html,
        flags=re.DOTALL | re.IGNORECASE,
    )
    spoken = re.findall(r'(?:alt|aria-label|title)="([^"]*)"', bare)
    return words_of(unescape(" ".join([re.sub(r"<[^>]+>", " ", bare), *spoken])))


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_word_is_left_on_a_page_or_in_the_terminal(language):
    night, cohort = full_night(), make_cohort(9)
    cohort["message"] = "x.edf is empty; copy it again from its source."
    said = {
        "page": words_of_page(night_page(night, language=language)),
        "terminal": words_of(text_page(night, files="/x", language=language)),
        "whole terminal": words_of(text_page(night, full=True, language=language)),
        "cohort": words_of_page(cohort_page(cohort, ALL_METRICS, language=language)),
    }
    assert all(len(words) > 50 for words in said.values())
    foreign = english_words(language)
    left = {
        where: sorted({*map(str.lower, words)} & foreign - {"psgkit"})
        for where, words in said.items()
    }
    assert left == {"page": [], "terminal": [], "whole terminal": [], "cohort": []}


@pytest.mark.parametrize("language", OTHERS)
def test_numbers_of_a_page_have_the_decimal_mark_of_its_language(language):
    page = night_page(full_night(), language=language)
    assert "1,25 tot 2,5" in page
    cells = re.findall(r'<td class="number">(.*?)</td>', page, re.DOTALL)
    numbers = [cell for cell in cells if re.search(r"\d,\d", cell)]
    assert len(numbers) > 200
    assert [cell for cell in cells if re.search(r"\d\.\d", cell)] == []


@pytest.mark.slow
def test_a_long_message_costs_no_time():
    with speaking("nl"):
        text = "Something of no catalogue, with a comma; and so on. " * 200
        assert translated(text) == text
