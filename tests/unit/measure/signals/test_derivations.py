from dataclasses import replace

import pytest

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import ArraySource, Channel, Recording, Unfit
from psgkit.measure.signals.derivations import SWA_SITES, choose_derivations


def recording_of(*roles: Role, to_uv: float | None = 1.0) -> Recording:
    channels = tuple(
        Channel(role=role, label=role.value, index=i, rate_hz=100.0, to_uv=to_uv)
        for i, role in enumerate(roles)
    )
    return Recording("night", None, 0.0, channels, ArraySource((), ()))


def chosen(*roles: Role) -> dict[str, object]:
    found = choose_derivations(recording_of(*roles))
    return {
        "eeg": [c.role for c in found.eeg],
        "swa": [c.role for c in found.swa],
        "spindles": [c.role for c in found.spindles],
        "infraslow": found.infraslow and found.infraslow.role,
    }


def test_an_aasm_montage_serves_each_metric_at_its_own_site():
    roles = (Role.F3_M2, Role.F4_M1, Role.C3_M2, Role.C4_M1, Role.O1_M2, Role.O2_M1)
    assert chosen(*roles) == {
        "eeg": list(roles),
        "swa": [Role.F3_M2, Role.F4_M1],
        "spindles": [Role.C4_M1, Role.C3_M2],
        "infraslow": Role.C4_M1,
    }


def test_sleep_edf_has_slow_wave_activity_and_no_spindle_site():
    assert chosen(Role.FPZ_CZ, Role.PZ_OZ) == {
        "eeg": [Role.FPZ_CZ, Role.PZ_OZ],
        "swa": [Role.FPZ_CZ],
        "spindles": [],
        "infraslow": Role.PZ_OZ,
    }


@pytest.mark.parametrize(
    ("roles", "best"),
    [
        ((Role.C4, Role.C4_M1), Role.C4_M1),
        ((Role.C4_M2, Role.C4_M1), Role.C4_M1),
        ((Role.C3_M1, Role.C3_M1M2), Role.C3_M1M2),
    ],
)
def test_of_one_site_the_opposite_mastoid_comes_first(roles, best):
    assert chosen(*roles)["eeg"] == [best]


def test_a_channel_without_a_known_unit_is_not_used():
    assert choose_derivations(recording_of(Role.C4_M1, to_uv=None)).eeg == ()


def test_one_eye_is_no_pair():
    assert choose_derivations(recording_of(Role.EOG_L)).eyes == ()
    assert len(choose_derivations(recording_of(Role.EOG_R, Role.EOG_L)).eyes) == 2


def test_what_was_used_is_named_by_role_and_label():
    used = choose_derivations(recording_of(Role.F3_M2, Role.F4_M1)).used
    assert used == {"swa": "F3_M2 (F3_M2) + F4_M1 (F4_M1)"}


@pytest.mark.parametrize(
    ("roles", "best"),
    [
        # both mastoids before the one on the same side, that before none
        ((Role.C4_M2, Role.C4_M1M2), Role.C4_M1M2),
        ((Role.C3, Role.C3_M1), Role.C3_M1),
        ((Role.C3_M2, Role.C3_M1), Role.C3_M2),
        ((Role.C3_M1, Role.C3_M2), Role.C3_M2),
    ],
)
def test_references_have_an_order_whichever_comes_first(roles, best):
    assert chosen(*roles)["eeg"] == [best]


def test_what_serves_slow_waves_is_frontal_else_central():
    assert chosen(Role.C3_M2, Role.C4_M1)["swa"] == [Role.C3_M2, Role.C4_M1]
    assert chosen(Role.F4_M1, Role.C3_M2)["swa"] == [Role.F4_M1]
    assert chosen(Role.O1_M2)["swa"] == []


def test_the_rhythm_is_looked_for_in_one_channel_or_none():
    assert chosen(Role.C3_M2)["infraslow"] == Role.C3_M2
    assert chosen(Role.O1_M2)["infraslow"] is None


def test_all_that_is_used_is_named():
    roles = (Role.C4_M1, Role.EOG_L, Role.EOG_R, Role.EMG_CHIN)
    assert choose_derivations(recording_of(*roles)).used == {
        "swa": "C4_M1 (C4_M1)",
        "spindles": "C4_M1 (C4_M1)",
        "infraslow": "C4_M1 (C4_M1)",
        "eye_movements": "EOG_L (EOG_L) + EOG_R (EOG_R)",
        "rem_atonia": "EMG_CHIN (EMG_CHIN)",
    }
    assert choose_derivations(recording_of(Role.EOG_R)).used == {}


def unfit(recording: Recording, why: dict[Role, str]) -> Recording:
    return replace(
        recording,
        channels=tuple(
            replace(c, unfit=Unfit(why[c.role])) if c.role in why else c
            for c in recording.channels
        ),
    )


def test_a_spare_site_and_a_spare_reference_stand_in_for_an_unfit_channel():
    roles = (Role.F4_M1, Role.C3_M2, Role.C4_M1, Role.C4_M2)
    found = choose_derivations(
        unfit(recording_of(*roles), {Role.F4_M1: "is flat", Role.C4_M1: "is flat"})
    )
    assert [c.role for c in found.eeg] == [Role.C3_M2, Role.C4_M2]
    assert [c.role for c in found.swa] == [Role.C3_M2, Role.C4_M2]
    assert "F4_M1" not in " ".join(found.used.values())


def test_neither_an_unfit_chin_nor_a_pair_of_eyes_with_one_serves():
    roles = (Role.EOG_L, Role.EOG_R, Role.EMG_CHIN)
    found = choose_derivations(
        unfit(
            recording_of(*roles),
            {Role.EOG_R: "is flat", Role.EMG_CHIN: "beats like a heart"},
        )
    )
    assert (found.eyes, found.chin) == ((), None)
    assert found.used == {}


def test_what_is_lacking_is_said_with_the_channels_that_were_passed_over():
    found = choose_derivations(
        unfit(
            recording_of(Role.O2_M1, Role.F4_M1, Role.EMG_CHIN),
            dict.fromkeys((Role.O2_M1, Role.F4_M1), "is flat"),
        )
    )
    assert found.lacking("no frontal EEG", Kind.EEG, SWA_SITES) == Undefined(
        "no frontal EEG: F4_M1 is flat"
    )
    assert found.lacking("no EEG", Kind.EEG) == Undefined(
        "no EEG: O2_M1 is flat; F4_M1 is flat"
    )
    assert found.lacking("no ECG", Kind.ECG) == Undefined("no ECG")
