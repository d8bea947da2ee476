"""Give each role to one channel.

Labels give each channel's possible roles (`psgkit.read.labels.label_rules`). Here each role
is given to one channel at most. The user's wishes come before the labels.
"""

import difflib
from collections.abc import Mapping, Sequence

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.issues import Issue, Severity
from psgkit.errors import MissingChannel, SettingsError
from psgkit.read.labels.label_rules import (
    Reading,
    fold_label,
    read_derivation,
    read_labels,
)

# Roles that any number of channels may have.
SHARED_ROLES = frozenset({Role.EEG_OTHER, Role.EMG_OTHER, Role.OTHER})

# Uses of a channel, by the names that outputs give them. A channel that is wanted for
# a use goes before the others there; they keep their roles.
_USES = {
    "eeg": (Kind.EEG, ("staging_eeg", "arousals_central")),
    "staging_eeg": (Kind.EEG, ("staging_eeg",)),
    "central": (Kind.EEG, ("arousals_central",)),
    "arousals_central": (Kind.EEG, ("arousals_central",)),
    "occipital": (Kind.EEG, ("arousals_occipital",)),
    "arousals_occipital": (Kind.EEG, ("arousals_occipital",)),
    "swa": (Kind.EEG, ("swa",)),
    "spindles": (Kind.EEG, ("spindles",)),
    "infraslow": (Kind.EEG, ("infraslow",)),
    "eog": (Kind.EOG, ("staging_eog",)),
    "staging_eog": (Kind.EOG, ("staging_eog",)),
}
_ROLES_BY_USE = {
    "emg": Role.EMG_CHIN,
    "chin": Role.EMG_CHIN,
    "staging_emg": Role.EMG_CHIN,
    "arousals_chin": Role.EMG_CHIN,
    "rem_atonia": Role.EMG_CHIN,
    "heart_beats": Role.ECG,
}
_UNNAMED = {Kind.EEG: Role.EEG_OTHER, Kind.EOG: Role.EOG_H}


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
        One per channel, without repetition.
    rates_hz : sequence of float
        The sampling rate of each; of two channels for one role, the sure one
        has it, then the faster, then the first.
    wanted : mapping of str to str
        Role, or use such as ``eeg`` or ``central``, to the label that shall have it.
    written : sequence of str, optional
        The labels as the file has them, where several are the same.

    Returns
    -------
    roles : tuple of Role
    issues : list of Issue
        Roles that were assumed, and roles that went to another channel.

    Raises
    ------
    MissingChannel
        If a wanted label is not there; the message lists those that are.
    SettingsError
        If a wanted role or use does not exist.
    """
    readings = read_labels(labels if written is None else written)
    roles, issues = _settle(labels, rates_hz, readings)
    before = list(roles)
    for key, label in wanted.items():
        _apply(roles, key, _find_label(labels, label, key))
    if lost := _eeg_lost(labels, before, roles, wanted):
        issues.append(lost)
    return tuple(roles), issues


def _settle(
    labels: Sequence[str], rates_hz: Sequence[float], readings: Sequence[Reading]
) -> tuple[list[Role], list[Issue]]:
    """Give each role to one channel, and the other claimants the remaining roles."""
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
        f"Role assumed from an unclear label: {pairs}.",
        f"If another channel is right, name it: --channel {assumed[0][1].value}=LABEL.",
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
    use = _USES.get(key.casefold())
    if use is not None:
        kind = use[0]
        if roles[index].kind is not kind:
            roles[index] = _UNNAMED[kind]
        return
    role = _named_role(key)
    for other, held in enumerate(roles):
        if held is role and role not in SHARED_ROLES:
            roles[other] = _left_over(role)
    roles[index] = role


def find_uses(
    labels: Sequence[str], wanted: Mapping[str, str]
) -> dict[int, frozenset[str]]:
    """Return the uses that the user gave to channels, by position.

    Parameters
    ----------
    labels : sequence of str
        One per channel, without repetition.
    wanted : mapping of str to str
        As `assign_roles` takes it.
    """
    found: dict[int, frozenset[str]] = {}
    for key, label in wanted.items():
        _, uses = _USES.get(key.casefold(), (None, ()))
        if uses:
            index = _find_label(labels, label, key)
            found[index] = found.get(index, frozenset()) | frozenset(uses)
    return found


def _eeg_lost(
    labels: Sequence[str],
    before: Sequence[Role],
    after: Sequence[Role],
    wanted: Mapping[str, str],
) -> Issue | None:
    """Report if the user's choices leave a recording without its EEG."""
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
    folded = key.casefold()
    names = {role.value.casefold(): role for role in Role}
    names |= {role.name.casefold(): role for role in Role if role.name != "EMG"}
    names |= _ROLES_BY_USE
    if role := names.get(folded) or read_derivation(key):
        return role
    uses = (*_ROLES_BY_USE, *_USES)
    choices = {name: role.value for name, role in names.items()}
    choices |= dict(zip(uses, uses, strict=True))
    near = difflib.get_close_matches(folded, choices, n=1)
    hint = "Use a role such as C4_M1 or EMG_CHIN, or a use such as eeg or central."
    if near:
        hint = f"Did you mean {choices[near[0]]!r}?"
    raise SettingsError(f"There is no channel role or use {key!r}. {hint}")
