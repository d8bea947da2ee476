"""Read one label: derivations such as ``EEG C4-A1``, and the rules of channels.toml.

A label is read in a plain form: lower case, without accents, ``_`` as a space, and
with the slips of real exports mended (``01-A2``, ``E_1-M2``, ``EEG_C4-EEG_M1``).
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from psgkit.domain.channels.electrodes import MASTOIDS, SCALP_SITES
from psgkit.domain.channels.roles import LINKED, Kind, Role
from psgkit.read.labels.cap_labels import read_cap
from psgkit.settings import config_folder

_SEPARATOR = r"\s*[-:/\s]\s*"
_TYPE_AGAIN = re.compile(r"(?<=[-:/])\s*(?:eeg|eog|emg|ecg|ekg) ")
_ZERO_FOR_O = re.compile(r"^0(?=[12][-:/ ]*[am][12])")
_SPLIT_EYE = re.compile(r"\be[ -](?=[12]\b)")
# Stanford's STAGES numbers repeated labels without a space: "EEG C3-A22" is C3-A2.
_REPEATED = re.compile(r"(?<=[-:/][am][12])2$")
_REPEATED_SURELY = re.compile(r".*[-:/][am]22")


@dataclass(frozen=True, slots=True)
class Reading:
    """Meaning of a label; an uncertain one gives way to a certain one."""

    role: Role
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class _Rule:
    role: Role
    pattern: re.Pattern[str]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class _Source:
    labels_needed: frozenset[str]
    roles: dict[str, Role]


@dataclass(frozen=True, slots=True)
class LabelRules:
    """The rules of ``channels.toml``, ready to use."""

    rules: tuple[_Rule, ...]
    sources: tuple[_Source, ...]
    prefix: re.Pattern[str]
    derivation: re.Pattern[str]
    names: dict[str, str]


def read_labels(labels: Sequence[str]) -> list[Reading]:
    """Return the meaning of each label of a recording.

    Labels are read together: a cap is recognised by all its labels, and some studies
    name channels in a way that only the other channels explain.
    """
    rules = load_rules()
    folded = [fold_label(label) for label in labels]
    known = next(
        (s.roles for s in rules.sources if s.labels_needed <= frozenset(folded)), {}
    )
    plain = [plain_label(label) for label in labels]
    if any(map(_REPEATED_SURELY.fullmatch, plain)):
        plain = [_REPEATED.sub("", label) for label in plain]
    bare = [rules.prefix.sub("", label) or label for label in plain]
    of_cap = read_cap(bare)
    return [
        _known(known, label, of_cap, name) or _read(text, name, rules)
        for label, text, name in zip(folded, plain, bare, strict=True)
    ]


def _known(
    known: Mapping[str, Role], label: str, of_cap: Mapping[str, Role], name: str
) -> Reading | None:
    role = known.get(label) or of_cap.get(name)
    return None if role is None else Reading(role)


def fold_label(label: str) -> str:
    """Return a label without differences of spelling."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return re.sub(r"\s+", " ", text).strip(" .,;")


def plain_label(label: str) -> str:
    """Return a label in the form that the rules compare."""
    decomposed = unicodedata.normalize("NFKD", label.replace("_", " "))
    text = fold_label("".join(c for c in decomposed if not unicodedata.combining(c)))
    return _SPLIT_EYE.sub("e", _TYPE_AGAIN.sub("", text))


def _read(label: str, bare: str, rules: LabelRules) -> Reading:
    derivation = rules.derivation.fullmatch(_ZERO_FOR_O.sub("o", bare))
    if derivation is not None and not label.startswith(("ecg", "ekg", "emg")):
        return Reading(_role_of(derivation, rules))
    for rule in rules.rules:
        if rule.pattern.fullmatch(label) or rule.pattern.fullmatch(bare):
            return Reading(rule.role, rule.is_sure)
    return Reading(Role.OTHER)


def _role_of(derivation: re.Match[str], rules: LabelRules) -> Role:
    site = rules.names[derivation["site"]]
    against = derivation["mastoid"] or derivation["against"]
    reference = rules.names[against] if against else ""
    if site in MASTOIDS:
        # M2 against Fpz, or against linked ears, is a mastoid that can be subtracted.
        return Role.OTHER if reference in MASTOIDS else Role(site)
    return Role.eeg(site, LINKED if derivation["linked"] else reference)


def read_derivation(text: str) -> Role | None:
    """Return the EEG role or mastoid that a text names, such as ``C3-A2``."""
    rules = load_rules()
    derivation = rules.derivation.fullmatch(rules.prefix.sub("", plain_label(text)))
    if derivation is None:
        return None
    role = _role_of(derivation, rules)
    return role if role.kind in {Kind.EEG, Kind.REFERENCE} else None


@cache
def load_rules() -> LabelRules:
    """Read ``channels.toml``."""
    text = (config_folder() / "channels.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text)
    electrodes = values["electrodes"]
    names = {name.casefold(): name for name in (*SCALP_SITES, *MASTOIDS)}
    names |= {old.casefold(): new for old, new in electrodes["aliases"].items()}
    suffix = _reference_pattern(electrodes, names)
    sides = {f"<{side}>": f"(?:{'|'.join(w)})" for side, w in values["sides"].items()}
    return LabelRules(
        rules=tuple(
            _Rule(
                Role(row["role"]),
                _rule_pattern(row, suffix, sides),
                row.get("sure", True),
            )
            for row in values["rule"]
        ),
        sources=tuple(
            _Source(
                frozenset(fold_label(label) for label in row["when"]),
                {
                    fold_label(label): Role(role)
                    for label, role in row["labels"].items()
                },
            )
            for row in values["source"]
        ),
        prefix=re.compile(rf"^(?:{'|'.join(electrodes['prefixes'])})[-:\s]\s*"),
        derivation=re.compile(rf"(?P<site>{_any_of(names)})(?:{suffix})?"),
        names=names,
    )


def _rule_pattern(
    row: Mapping[str, Any], suffix: str, sides: Mapping[str, str]
) -> re.Pattern[str]:
    text = "|".join(f"(?:{label})" for label in row["labels"])
    for placeholder, words in sides.items():
        text = text.replace(placeholder, words)
    return re.compile(f"(?:{text})" + (f"(?:{suffix})?" if row.get("eye") else ""))


def _reference_pattern(electrodes: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return the pattern after an electrode: ``-A1``, ``M1``, ``-Ref``."""
    return (
        rf"(?:{_SEPARATOR}|\s*)(?P<linked>{'|'.join(electrodes['linked'])})"
        rf"|(?:{_SEPARATOR})?(?P<mastoid>[am][12])"
        rf"|{_SEPARATOR}(?P<against>{_any_of(names)})"
        rf"|{_SEPARATOR}(?:{'|'.join(electrodes['unnamed'])})"
    )


def _any_of(names: Mapping[str, str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))
