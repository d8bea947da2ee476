"""What each channel is for, out of its label.

The rules stand in ``configs/channels.toml``; this module reads derivations such as
``EEG C4-A1`` or ``C3:M2`` out of a label, tries the rules on the rest, and sees that no
two channels hold one role.
"""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.roles import Kind, Role
from psgkit.errors import MissingChannel, SettingsError
from psgkit.settings import config_folder

# Roles that any number of channels may have.
SHARED_ROLES = frozenset({Role.EEG_OTHER, Role.EMG_OTHER, Role.OTHER})
# `eeg = LABEL` names the one channel of a kind that is to be used.
KIND_KEYS = {"eeg": Kind.EEG, "eog": Kind.EOG, "emg": Kind.EMG}

# Caps that number their electrodes: BioSemi A1 to A32, EGI E1 to E256. There A1 is no
# mastoid and E1 no eye.
_NUMBERED_CAPS = ({"a1", "a2", "a3", "a4"}, {"e1", "e2", "e3", "e4"})
_SEPARATOR = r"\s*[-_:/\s]\s*"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a label says; one that is not sure gives way to one that is."""

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
class ChannelRules:
    """The rules of ``channels.toml``, ready to use."""

    rules: tuple[_Rule, ...]
    sources: tuple[_Source, ...]
    prefix: re.Pattern[str]
    derivation: re.Pattern[str]
    names: dict[str, str] = field(default_factory=dict)


def assign_roles(
    labels: Sequence[str],
    rates_hz: Sequence[float],
    wanted: Mapping[str, str],
    *,
    written: Sequence[str] | None = None,
) -> tuple[tuple[Role, ...], list[Issue]]:
    """Give each channel of a recording its role.

    Parameters
    ----------
    labels : sequence of str
        One a channel, each of them once.
    rates_hz : sequence of float
        The sampling rate of each; of two channels that could hold a role, the sure one
        has it, then the faster, then the first.
    wanted : mapping of str to str
        Role, or ``eeg``, ``eog``, ``emg``, to the label that shall have it. The last
        three take the channel in place of all others of its kind.
    written : sequence of str, optional
        The labels as the file has them, where several are the same.

    Returns
    -------
    roles : tuple of Role
    issues : list of Issue
        What was assumed, and what lost its role to another channel.

    Raises
    ------
    MissingChannel
        If a wanted label is not there; the message lists those that are.
    SettingsError
        If a wanted role is no role.
    """
    readings = read_labels(labels if written is None else written)
    roles, issues = _settle(labels, rates_hz, readings)
    before = list(roles)
    for key, label in wanted.items():
        _apply(roles, key, _find_label(labels, label, key))
    if lost := _eeg_lost(labels, before, roles, wanted):
        issues.append(lost)
    return tuple(roles), issues


def read_labels(labels: Sequence[str]) -> list[Reading]:
    """Return what each label says, before two of them compete for one role."""
    rules = load_rules()
    folded = [fold_label(label) for label in labels]
    known = next(
        (s.roles for s in rules.sources if s.labels_needed <= frozenset(folded)), {}
    )
    caps = [cap for cap in _NUMBERED_CAPS if len(cap & set(folded)) > 2]
    numbered = frozenset(name for cap in caps for name in cap)
    return [_read(label, rules, known, numbered) for label in folded]


def fold_label(label: str) -> str:
    """Return a label in the form in which rules see it."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return re.sub(r"\s+", " ", text).strip(" .,;")


def _read(
    label: str, rules: ChannelRules, known: Mapping[str, Role], numbered: frozenset[str]
) -> Reading:
    if label in known:
        return Reading(known[label])
    bare = rules.prefix.sub("", label) or label
    if bare in numbered:
        return Reading(Role.OTHER)
    derivation = rules.derivation.fullmatch(bare)
    if derivation is not None and not label.startswith(("ecg", "ekg", "emg")):
        return Reading(_role_of(derivation, rules))
    for rule in rules.rules:
        if rule.pattern.fullmatch(label) or rule.pattern.fullmatch(bare):
            return Reading(rule.role, rule.is_sure)
    return Reading(Role.OTHER)


def _role_of(derivation: re.Match[str], rules: ChannelRules) -> Role:
    site = rules.names[derivation["site"]]
    if derivation["linked"]:
        return Role.eeg(site, "M1M2")
    against = derivation["mastoid"] or derivation["against"]
    if site in {"M1", "M2"}:
        return Role.OTHER if against else Role(site)
    return Role.eeg(site, rules.names[against]) if against else Role.eeg(site)


def _settle(
    labels: Sequence[str], rates_hz: Sequence[float], readings: Sequence[Reading]
) -> tuple[list[Role], list[Issue]]:
    """Give each role to one channel and the other claimants what is left."""
    order = sorted(
        range(len(labels)), key=lambda i: (not readings[i].is_sure, -rates_hz[i], i)
    )
    roles = [Role.OTHER] * len(labels)
    holders: dict[Role, int] = {}
    issues = []
    for index in order:
        role = readings[index].role
        if role in SHARED_ROLES:
            roles[index] = role
            continue
        holder = holders.setdefault(role, index)
        roles[index] = role if holder == index else _left_over(role)
        if holder != index and role.kind in {Kind.EEG, Kind.EOG}:
            issues.append(_role_taken(role, labels[holder], labels[index]))
    assumed = [i for i in sorted(holders.values()) if not readings[i].is_sure]
    if assumed:
        issues.append(_roles_assumed([(labels[i], roles[i]) for i in assumed]))
    return roles, issues


def _left_over(role: Role) -> Role:
    return {Kind.EEG: Role.EEG_OTHER, Kind.EMG: Role.EMG_OTHER}.get(
        role.kind, Role.OTHER
    )


def _role_taken(role: Role, holder: str, label: str) -> Issue:
    return Issue(
        Severity.NOTE,
        "role_taken",
        f"{label!r} could be {role.value} like {holder!r} and was not used for it.",
        f"Use --channel {role.value}={label!r} to use it instead.",
    )


def _roles_assumed(assumed: Sequence[tuple[str, Role]]) -> Issue:
    pairs = ", ".join(f"{label!r} for {role.value}" for label, role in assumed)
    return Issue(
        Severity.NOTE,
        "role_assumed",
        f"Taken without the label quite saying so: {pairs}.",
        f"Use --channel {assumed[0][1].value}=LABEL and the like if it is another.",
    )


def _find_label(labels: Sequence[str], wanted: str, key: str) -> int:
    if wanted in labels:
        return list(labels).index(wanted)
    folded = [fold_label(label) for label in labels]
    if folded.count(fold_label(wanted)) == 1:
        return folded.index(fold_label(wanted))
    raise MissingChannel(
        f"No channel {wanted!r} for {key}; there are: {', '.join(labels)}. "
        f"Name one with --channel {key}=LABEL."
    )


def _apply(roles: list[Role], key: str, index: int) -> None:
    """Give one channel the role that the user wants it to have."""
    kind = KIND_KEYS.get(key.casefold())
    if kind is None:
        role = _named_role(key)
        for other, held in enumerate(roles):
            if held is role and role not in SHARED_ROLES:
                roles[other] = _left_over(role)
        roles[index] = role
        return
    mine = roles[index]
    if mine.kind is not kind or mine is Role.EMG_OTHER:
        mine = {Kind.EEG: Role.EEG_OTHER, Kind.EOG: Role.EOG_H}.get(kind, Role.EMG_CHIN)
    for other, held in enumerate(roles):
        if held.kind is kind:
            roles[other] = Role.EMG_OTHER if kind is Kind.EMG else Role.OTHER
    roles[index] = mine


def _eeg_lost(
    labels: Sequence[str],
    before: Sequence[Role],
    after: Sequence[Role],
    wanted: Mapping[str, str],
) -> Issue | None:
    """Tell where what the user wants leaves a recording without the EEG it had."""
    had = [label for label, r in zip(labels, before, strict=True) if r.kind is Kind.EEG]
    if not had or any(role.kind is Kind.EEG for role in after):
        return None
    options = " and ".join(f"--channel {key}={label}" for key, label in wanted.items())
    return Issue(
        Severity.WARNING,
        "eeg_given_away",
        f"No EEG is left: {options} took {', '.join(had)}.",
        "Leave that option away, or name another EEG with --channel eeg=LABEL.",
    )


def _named_role(key: str) -> Role:
    names = {role.value.casefold(): role for role in Role}
    names |= {role.name.casefold(): role for role in Role if role.name not in KIND_KEYS}
    if role := names.get(key.casefold()):
        return role
    near = difflib.get_close_matches(key.casefold(), names, n=1)
    hint = f"did you mean {names[near[0]].value!r}?" if near else "try eeg, eog or emg."
    raise SettingsError(f"There is no channel role {key!r}; {hint}")


@cache
def load_rules() -> ChannelRules:
    """Read ``channels.toml``.

    Returns
    -------
    ChannelRules
    """
    text = (config_folder() / "channels.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text)
    electrodes = values["electrodes"]
    names = {
        name.casefold(): name for name in electrodes["sites"] + electrodes["mastoids"]
    }
    names |= {old.casefold(): new for old, new in electrodes["aliases"].items()}
    suffix = _reference_pattern(electrodes, names)
    return ChannelRules(
        rules=tuple(
            _Rule(
                Role(row["role"]),
                re.compile(
                    f"(?:{'|'.join(f'(?:{label})' for label in row['labels'])})"
                    + (f"(?:{suffix})?" if row.get("eye") else "")
                ),
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
        prefix=re.compile(rf"^(?:{'|'.join(electrodes['prefixes'])})[-_:\s]\s*"),
        derivation=re.compile(rf"(?P<site>{_any_of(names)})(?:{suffix})?"),
        names=names,
    )


def _reference_pattern(electrodes: dict[str, Any], names: dict[str, str]) -> str:
    """Return the pattern of what may follow an electrode: ``-A1``, ``M1``, ``-Ref``."""
    return (
        rf"(?:{_SEPARATOR}|\s*)(?P<linked>{'|'.join(electrodes['linked'])})"
        r"|(?:\s*[-_:/\s]\s*)?(?P<mastoid>[am][12])"
        rf"|{_SEPARATOR}(?P<against>{_any_of(names)})"
        rf"|{_SEPARATOR}(?:{'|'.join(electrodes['unnamed'])})"
    )


def _any_of(names: dict[str, str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))
