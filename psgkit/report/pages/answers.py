"""The three answers of a night: REM continuity, N3 and arousals, in plain words."""

from dataclasses import dataclass

from psgkit.domain.metrics import Measure, Tier
from psgkit.domain.night import Night
from psgkit.report.language import _
from psgkit.report.pages.captions import cut_sentence
from psgkit.report.wording import interval, shown_value, spoken_unit

REM_CONTINUITY = "rem_wmean_min_b2m"
N3_MINUTES = "n3_min"
AROUSAL_INDEX = "ari_per_h"

AGREEMENT = {
    Tier.PRIMARY: "Scorers agree well on this number.",
    Tier.SECONDARY: "Scorers agree moderately on this number.",
    Tier.EXPLORATORY: (
        "Scorers often disagree on this number. Use it to compare groups of nights, not "
        "to judge one person."
    ),
    Tier.UNRATED: "How well scorers agree on this number has not been measured.",
}
# docs/reliability.md: measured on the BOAS and on the DOD-O nights.
N3_RANGE = (
    "The range held in 9 of 10 nights of healthy sleepers, but in 2 of 3 nights of "
    "patients with sleep apnoea."
)
# Pitkänen 2024, 10.1111/jsr.14127: ten scorers of fifty nights, ICC 0.41.
AROUSAL_AGREEMENT = (
    "Ten scorers of the same nights agreed only moderately on arousals (ICC 0.41)."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the three answers, in the words of a page.

    Attributes
    ----------
    title : str
        The question in a word or two.
    label : str
        Name of the number, if title and unit are not enough.
    value : str
        The number; empty where it is not available.
    unit : str
        Its unit.
    interval : str
        How far errors of automatic staging may move it; empty where unknown.
    sentence : str
        Its meaning for this night.
    agreement : str
        How well scorers agree on it.
    reason : str
        Why the number is not available; empty where it is.
    """

    title: str
    label: str
    value: str
    unit: str
    interval: str
    sentence: str
    agreement: str
    reason: str


def answers(night: Night) -> tuple[Answer, Answer, Answer]:
    """Return REM continuity, N3 and arousals of a night, in the language in force."""
    found = {measure.name: measure for measure in night.results}
    return _rem(night, found), _n3(found), _arousals(night, found)


def _rem(night: Night, found: dict[str, Measure]) -> Answer:
    periods, minutes = _shown(found, "remp_n"), _shown(found, "rem_min")
    longest = _shown(found, "rem_bout_max_min_b2m")
    words = []
    if periods and minutes and minutes != "0":
        sentence = (
            _("REM sleep lasted {minutes} min in 1 period.")
            if periods == "1"
            else _("REM sleep lasted {minutes} min in {periods} periods.")
        )
        words.append(sentence.format(minutes=minutes, periods=periods))
    if longest:
        words.append(
            _(
                "The longest stretch, short breaks included, lasted {longest} min."
            ).format(longest=longest)
        )
    words.append(cut_sentence(night))
    return _answer(
        found.get(REM_CONTINUITY),
        title=_("REM continuity"),
        label=_("typical unbroken REM stretch; breaks of up to 2 min are bridged"),
        sentence=" ".join(filter(None, words)),
    )


def _n3(found: dict[str, Measure]) -> Answer:
    percent, sleep = _shown(found, "n3_pct"), _shown(found, "tst_min")
    sentence = ""
    if percent and sleep:
        sentence = _("That is {percent} % of {sleep} min of sleep.").format(
            percent=percent, sleep=sleep
        )
    minutes = found.get(N3_MINUTES)
    if minutes is not None and interval(minutes):
        sentence = f"{sentence} {_(N3_RANGE)}".strip()
    return _answer(minutes, title=_("N3, deep sleep"), label="", sentence=sentence)


def _arousals(night: Night, found: dict[str, Measure]) -> Answer:
    nrem, rem = _shown(found, "ari_nrem_per_h"), _shown(found, "rem_ari_per_h")
    words = []
    if nrem:
        words.append(_("NREM sleep: {count} per hour.").format(count=nrem))
    if rem:
        words.append(_("REM sleep: {count} per hour.").format(count=rem))
    else:
        words.append(_("REM sleep: not available."))
    if night.scoring.arousals is None:
        words = []
    return _answer(
        found.get(AROUSAL_INDEX),
        title=_("Arousals"),
        label="",
        unit=_("per hour of sleep"),
        sentence=" ".join(words),
        agreement=_(AROUSAL_AGREEMENT),
    )


def _answer(
    measure: Measure | None,
    *,
    title: str,
    label: str,
    sentence: str,
    unit: str = "",
    agreement: str = "",
) -> Answer:
    if measure is None or measure.reason:
        reason = measure.reason if measure else "it was not measured"
        return Answer(title, "", "", "", "", sentence, "", reason)
    return Answer(
        title=title,
        label=label,
        value=shown_value(measure),
        unit=unit or _(spoken_unit(measure)),
        interval=interval(measure),
        sentence=sentence,
        agreement=agreement or _(AGREEMENT[measure.reliability.tier]),
        reason="",
    )


def _shown(found: dict[str, Measure], name: str) -> str:
    measure = found.get(name)
    return "" if measure is None or measure.reason else shown_value(measure)
