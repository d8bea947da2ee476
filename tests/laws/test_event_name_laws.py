"""What a scorer's arousal is called changes no count.

The words of the names are listed here, and not read from ``configs/``.
"""

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgkit.measure import measure_scoring
from psgkit.read import read_scoring
from psgkit.read.scorings.event_names import meaning_of

# language: words for an arousal, and for each cause; two forms of "due to" and "with"
WORDS = {
    "English": {
        "arousal": ["arousal", "EEG arousal", "micro-arousal", "Arousals"],
        "respiratory": [
            *(
                "respiratory",
                "apnea",
                "obstructive apnoea",
                "hypopnea",
                "RERA",
                "desat",
            ),
            *("desaturation", "flow limitation", "resp.", "respiratory event"),
        ],
        "limb": ["PLM", "LM", "leg", "limb movement", "leg movement", "PLMS"],
        "snore": ["snore", "snoring"],
        "spontaneous": ["spontaneous", "spont", "spont."],
        "noise": ["noise", "external"],
        "movement": ["movement", "body movement"],
        "due": ["due to", "caused by", "resulting from", "with", "w/"],
    },
    "French": {
        "arousal": ["micro-éveil", "microéveil", "Micro-éveils"],
        "respiratory": ["respiratoire", "apnée", "hypopnée", "désaturation"],
        "limb": ["MPJ", "mouvement de jambe", "PLM", "mouvements périodiques"],
        "snore": ["ronflement", "ronflements"],
        "spontaneous": ["spontané"],
        "noise": ["bruit"],
        "movement": ["mouvement"],
        "due": ["dû à", "par", "avec"],
    },
    "German": {
        "arousal": ["Arousal", "Weckreaktion"],
        "respiratory": [
            *(
                "respiratorisch",
                "respiratorisches",
                "Apnoe",
                "Hypopnoe",
                "Entsättigung",
            ),
            *("Flusslimitation", "Atmung", "atembedingt"),
        ],
        "limb": ["PLM", "Beinbewegung", "Beinbewegungen"],
        "snore": ["Schnarchen", "Schnarch"],
        "spontaneous": ["spontan", "spontanes"],
        "noise": ["Geräusch", "Lärm"],
        "movement": ["Bewegung"],
        "due": ["durch", "aufgrund", "mit"],
    },
    "Dutch": {
        "arousal": ["arousal", "ontwaakreactie", "wekreactie"],
        "respiratory": [
            "respiratoir",
            "apneu",
            "hypopneu",
            "desaturatie",
            "ademhaling",
        ],
        "limb": ["PLM", "beenbeweging", "beenbewegingen"],
        "snore": ["snurken"],
        "spontaneous": ["spontaan", "spontane"],
        "noise": ["geluid"],
        "movement": ["beweging"],
        "due": ["door", "met", "veroorzaakt door"],
    },
    "Spanish": {
        "arousal": ["microdespertar", "arousal", "alertamiento"],
        "respiratory": ["respiratorio", "apnea", "hipopnea", "desaturación"],
        "limb": ["MPP", "movimiento de piernas", "PLM"],
        "snore": ["ronquido", "ronquidos"],
        "spontaneous": ["espontáneo"],
        "noise": ["ruido"],
        "movement": ["movimiento"],
        "due": ["por", "debido a", "con"],
    },
    "Italian": {
        "arousal": ["microrisveglio", "arousal", "micro-risveglio"],
        "respiratory": ["respiratorio", "apnea", "ipopnea", "desaturazione"],
        "limb": ["PLM", "movimento degli arti", "movimento di gamba"],
        "snore": ["russamento"],
        "spontaneous": ["spontaneo"],
        "noise": ["rumore"],
        "movement": ["movimento"],
        "due": ["da", "dovuto a", "con"],
    },
    "Swedish": {
        "arousal": ["arousal", "mikrouppvaknande", "uppvakningsreaktion"],
        "respiratory": ["respiratorisk", "apné", "hypopné", "desaturation", "andning"],
        "limb": ["PLM", "benrörelse", "benrörelser"],
        "snore": ["snarkning"],
        "spontaneous": ["spontan"],
        "noise": ["ljud", "buller"],
        "movement": ["rörelse"],
        "due": ["orsakad av", "av", "med"],
    },
}
CAUSES = ("respiratory", "limb", "snore", "spontaneous", "noise", "movement")
ORDERS = (
    *("{c} {a}", "{a} {c}", "{a} ({c})", "{a} [{c}]", "{a}-{c}", "{c}-{a}", "{a}_{c}"),
    *("{c}_{a}", "{a}, {c}", "{a}: {c}", "{a} / {c}", "{a} {d} {c}", "{c}: {a}"),
    *("{a} - {c}", "{c} {a} (EEG)", "{a} ({c}) C3-A2"),
)


@st.composite
def names(draw: st.DrawFn) -> tuple[str, str]:
    """Return the name of an arousal and its cause."""
    words = WORDS[draw(st.sampled_from(sorted(WORDS)))]
    cause = draw(st.sampled_from(CAUSES))
    order = draw(st.sampled_from(ORDERS))
    name = order.format(
        a=draw(st.sampled_from(words["arousal"])),
        c=draw(st.sampled_from(words[cause])),
        d=draw(st.sampled_from(words["due"][:1] + words["due"][-1:])),
    )
    case = draw(st.sampled_from([str, str.upper, str.lower, str.title]))
    return case(name), cause


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(names())
def test_an_arousal_by_any_name_is_one_of_its_cause(named: tuple[str, str]) -> None:
    name, cause = named
    assert meaning_of(name).label == f"arousal:{cause}"
    # among free text, too
    assert meaning_of(name, is_free_text=True).kind == "arousal"


def domino(folder: Path, names: list[str]) -> Path:
    """Write a night of 400 epochs of N2, and a list of arousals, a minute apart."""
    head = "Signal ID: {}\nStart Time: 01.01.2020 22:00:00\nUnit: s\n{}\n"
    stages = "".join(
        f"{22 + m // 120 if m < 240 else (m // 120) - 2:02d}:{m // 2 % 60:02d}:"
        f"{m % 2 * 30:02d},000; N2\n"
        for m in range(400)
    )
    profile = folder / "Sleep profile.txt"
    profile.write_text(head.format("SchlafProfil\\profil", "Rate: 30 s\n") + stages)
    rows = "".join(
        f"22:{n + 1:02d}:10,000-22:{n + 1:02d}:16,000; 6;{name}\n"
        for n, name in enumerate(names)
    )
    events = head.format("Arousals", "Signal Type: Impuls\n") + rows
    (folder / "Classification Arousals.txt").write_text(events, encoding="utf-8")
    return profile


letters = st.text(alphabet="bcdfgklmpqrtvxz", min_size=4, max_size=9)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.one_of(names().map(lambda n: n[0]), letters), min_size=1, max_size=9)
)
def test_every_name_of_a_list_of_arousals_counts(listed: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scoring = read_scoring(domino(Path(folder), listed))
    found = measure_scoring(scoring)
    assert found["ar_n"] == len(listed)
    assert found["ari_per_h"] == pytest.approx(len(listed) / (200 / 60))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(letters.filter(lambda w: not meaning_of(w).is_understood), min_size=1))
def test_no_mixed_list_with_an_unknown_name_gives_zero(unknown: list[str]) -> None:
    rows = [(30.0 * n, 30.0, "N2") for n in range(400)]
    rows += [(100.0 + n, 5.0, word) for n, word in enumerate(unknown)]
    # each group of events was looked for, outside of sleep
    rows += [(30.0 * 400, 30.0, "W"), (30.0 * 400 + 20, 5.0, "hypopnea")]
    rows += [(30.0 * 400 + 20, 5.0, "arousal"), (30.0 * 400 + 20, 2.0, "plm")]
    text = "onset\tduration\ttrial_type\n" + "".join(
        f"{onset}\t{length}\t{label}\n" for onset, length, label in sorted(rows)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night_events.tsv"
        path.write_text(text)
        scoring = read_scoring(path)
    assert any("not_understood" in issue.code for issue in scoring.issues)
    found = measure_scoring(scoring)
    for name in ("ahi_per_h", "plmi_per_h", "ar_n", "ari_n2_per_h"):
        assert math.isnan(found[name]) or found[name] > 0, name
