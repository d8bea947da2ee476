"""What a label says: the montages of sources that people have."""

import pytest

from psgkit.domain.channels.electrodes import CAPS, SCALP_SITES, Cap
from psgkit.errors import MissingChannel, SettingsError
from psgkit.read.labels.channel_roles import assign_roles, find_uses


def roles_of(labels: list[str], wanted: dict[str, str] | None = None) -> list[str]:
    roles, _ = assign_roles(labels, [256.0] * len(labels), wanted or {})
    return [role.value for role in roles]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (
            "C4_M1",
            (
                "C4-M1|C4-A1|EEG C4-A1|EEG C4-M1|C4:M1|C4:A1|C4M1|C4A1|c4/a1|C4_M1|C4 - M1|"
                "EEG  C4-A1|PSG_C4-M1|EEG:C4-A1"
            ),
        ),
        ("C3_M2", "C3-M2|EEG C3-A2|C3:M2|C3A2"),
        ("O1_M2", "O1-M2|EEG O1-A2|O1:A2"),
        ("F4_M1", "F4-M1|EEG F4-A1|F4M1"),
        ("C4", "C4|EEG C4|EEG C4-Ref|C4-REF|C4-AVG|C4..|C4-Vref"),
        ("C4_M1M2", "C4-M1M2|C4-A1A2|EEG C4:A1+A2|C4-(A1+A2)/2|EEG C4-LE|C4-(M1+M2)"),
        ("T7_M2", "T3-A2|T7-M2"),
        ("Fpz_Cz", "Fpz-Cz|EEG Fpz-Cz|EEG FPZ-CZ"),
        ("Pz_Oz", "Pz-Oz|EEG Pz-Oz"),
        ("Fz_Cz", "Fz-Cz"),
        ("M1", "M1|A1|EEG A1|EEG A1-Ref|EEG M1"),
        ("M2", "M2|A2|EEG A2-Ref"),
        ("EEG", "EEG 1|EEG asym"),
        ("F7", "F7|EEG F7-Ref"),
        ("FC5", "Fc5.|FC5"),
        ("Fp2_F4", "Fp2-F4|EEG Fp2-F4"),
        ("C3_CPz", "EEG C3-CPz"),
        (
            "EOG_L",
            (
                "E1|E1-M2|E1:M2|E1M2|LOC|LOC-A2|EOG LOC-A2|EOG(L)|EOG L|EOG Left|Left EOG|"
                "LEOG|EOG-L|EOG1|EOG E1-M2|EOGl:M2|EOG 1|EOG EOG1|E1 (LEOG)"
            ),
        ),
        (
            "EOG_R",
            (
                "E2|E2-M1|E2:M2|ROC|ROC-A1|EOG ROC-A2|EOG(R)|EOG R|EOG Right|REOG|EOG-R|"
                "EOG2|EOG E2-M2|EOG EOG2"
            ),
        ),
        ("EOG_H", "EOG horizontal|HEOG|ROC-LOC|LOC-ROC|E1-E2|EOG H|EOG"),
        ("EOG_V", "EOG vertical|VEOG|EOG V"),
        (
            "EMG_CHIN",
            (
                "Chin1-Chin2|EMG submental|Chin EMG|EMG EMG_chin|EMG Chin|CHIN|chin|EMG|"
                "EMG1|EMG-Chin|Subm EMG|EMG.Submental|EMG1-EMG2|EMG Chin1-Chin2|Chin 1-2"
            ),
        ),
        (
            "LEG_L",
            "Leg/L|L Leg|Left Leg|LAT|EMG LAT-|EMG L Leg|PLMl|Tib/L|Leg L|SX1-SX2",
        ),
        ("LEG_R", "Leg/R|R Leg|Right Leg|RAT|EMG R Leg|PLMr|Tib/R|Leg R|DX1-DX2"),
        ("LEG", "Leg|Legs|Leg EMG|TIBIAL|PLM"),
        ("ECG", "ECG|EKG|ECG II|ECG1-ECG2|EKG1-EKG2|ECG L"),
        ("SPO2", "SpO2|SaO2|SAO2|O2 Sat|O2-Sat|OSAT"),
        ("PULSE", "Pulse|HR|H.R.|PulseRate|PR"),
        ("AIRFLOW", "Airflow|Flow|Therm|Resp oro-nasal|NEW AIR|Flow Patient"),
        ("PRESSURE", "Nasal Pressure|PTAF|Cannula Flow|CPAP|Nasal Press"),
        ("THORAX", "Thor|THOR RES|Thorax|Thoracic|Chest|TORACE"),
        ("ABDOMEN", "Abdo|ABDO RES|Abdomen|Abdominal|ADDOME"),
        ("SNORE", "Snore|Mic|Snoring|MIC"),
        ("POSITION", "Position|POSITION|Body Position|Pos"),
        (
            "OTHER",
            (
                "C3 Impedance|1 Impedance|E1 Impedance|Status|Trigger|Event marker|"
                "Temp rectal|Pleth|LIGHT|EKG_Off|EOG-L_Off|Elevation|sine 8 Hz|DC01|OX stat"
            ),
        ),
    ],
)
def test_the_role_that_a_label_says(role: str, labels: str):
    said = {label: roles_of([label])[0] for label in labels.split("|")}

    assert said == dict.fromkeys(labels.split("|"), role)


@pytest.mark.parametrize(
    ("source", "labels", "expected"),
    [
        (
            "Sleep Heart Health Study",
            "SaO2|H.R.|EEG(sec)|ECG|EMG|EOG(L)|EOG(R)|EEG|THOR RES|ABDO RES|POSITION",
            "SPO2|PULSE|C3_M2|ECG|EMG_CHIN|EOG_L|EOG_R|C4_M1|THORAX|ABDOMEN|POSITION",
        ),
        (
            "Multi-Ethnic Study of Atherosclerosis",
            "EKG|EOG-L|EOG-R|EMG|EEG1|EEG2|EEG3|Pres|Flow|Snore|Thor|Abdo|Leg|Pos",
            (
                "ECG|EOG_L|EOG_R|EMG_CHIN|Fz_Cz|Cz_Oz|C4_M1|PRESSURE|AIRFLOW|SNORE|THORAX|"
                "ABDOMEN|LEG|POSITION"
            ),
        ),
        (
            "Osteoporotic Fractures in Men Study",
            "ROC|LOC|A1|A2|C3|C4|L Chin|R Chin|ECG L|ECG R|Leg L|Leg R|Airflow",
            "EOG_R|EOG_L|M1|M2|C3|C4|EMG_CHIN|EMG|ECG|OTHER|LEG_L|LEG_R|AIRFLOW",
        ),
        (
            "CAP Sleep Database",
            "Fp2-F4|F4-C4|C4-A1|ROC-LOC|EMG1-EMG2|ECG1-ECG2|DX1-DX2|SX1-SX2|SAO2|TORACE",
            "Fp2_F4|F4_C4|C4_M1|EOG_H|EMG_CHIN|ECG|LEG_R|LEG_L|SPO2|THORAX",
        ),
        (
            "ISRUC-Sleep",
            "LOC-A2|ROC-A1|F3-A2|C3-A2|O1-A2|F4-A1|C4-A1|O2-A1|X1|X2|X3|X4|SaO2",
            (
                "EOG_L|EOG_R|F3_M2|C3_M2|O1_M2|F4_M1|C4_M1|O2_M1|EMG_CHIN|ECG|LEG_L|LEG_R|"
                "SPO2"
            ),
        ),
        (
            "Dreem Open Dataset",
            "C3_M2|C4_M1|F3_F4|F3_M2|F3_O1|F4_O2|O1_M2|EMG|EOG1|EOG2|ECG",
            "C3_M2|C4_M1|F3_F4|F3_M2|F3_O1|F4_O2|O1_M2|EMG_CHIN|EOG_L|EOG_R|ECG",
        ),
        (
            "Nox A1",
            "1|1 Impedance|2|F|C3|C4|E1|E2|ECG|F3|M1|M2|O1|Nasal Pressure|Left Leg",
            "EMG|OTHER|EMG|EMG|C3|C4|EOG_L|EOG_R|ECG|F3|M1|M2|O1|PRESSURE|LEG_L",
        ),
        (
            "Wisconsin Sleep Cohort",
            "F3_M2|Cz_AVG|E1|E2|chin|cchin_l|lleg1_2|rleg1_2|snore|nas_pres|spo2",
            "F3_M2|Cz|EOG_L|EOG_R|EMG_CHIN|EMG|LEG_L|LEG_R|SNORE|PRESSURE|SPO2",
        ),
    ],
)
def test_whole_montages(source: str, labels: str, expected: str):
    assert roles_of(labels.split("|")) == expected.split("|"), source


def test_a_chin_that_says_so_goes_before_an_emg_that_does_not():
    assert roles_of(["EMG", "Chin"]) == ["EMG", "EMG_CHIN"]


def test_what_was_assumed_is_said():
    _, issues = assign_roles(["EMG", "EOG1", "EOG2"], [256.0] * 3, {})

    (issue,) = issues
    assert issue.code == "role_assumed"
    assert "'EMG' for EMG_CHIN, 'EOG1' for EOG_L, 'EOG2' for EOG_R" in issue.message


def test_one_channel_holds_a_role():
    roles, issues = assign_roles(["C4-A1", "EEG C4-M1", "C3-A2"], [256.0] * 3, {})

    assert [r.value for r in roles] == ["C4_M1", "EEG", "C3_M2"]
    assert [issue.code for issue in issues] == ["role_taken"]
    assert "EEG C4-M1" in issues[0].message


def test_the_faster_of_two_holds_the_role():
    roles, _ = assign_roles(["C4-A1", "EEG C4-M1"], [1.0, 256.0], {})

    assert [r.value for r in roles] == ["EEG", "C4_M1"]


@pytest.mark.parametrize("cap", CAPS, ids=lambda cap: cap.name)
def test_a_cap_is_known_by_all_its_labels(cap: Cap):
    roles = roles_of([*cap.labels, "EXG1", "Status"])

    assert roles == [*(f"{cap.name}-{label}" for label in cap.labels), "OTHER", "OTHER"]


@pytest.mark.parametrize("prefix", ["", "EEG "])
@pytest.mark.parametrize("cap", CAPS, ids=lambda cap: cap.name)
def test_a_cap_without_a_few_electrodes_is_still_that_cap(cap: Cap, prefix: str):
    # The last stays: without it the labels could be those of a smaller cap.
    labels = [*cap.labels[: len(cap.labels) // 10 * 9], cap.labels[-1]]

    roles = roles_of([prefix + label for label in labels])

    assert roles == [f"{cap.name}-{label}" for label in labels]


@pytest.mark.parametrize(
    "labels",
    [
        [f"A{n}" for n in range(1, 33)],
        [f"{bank}{n}" for bank in "AB" for n in range(1, 33)],
        [f"E{n}" for n in range(1, 91)],
    ],
)
def test_numbered_electrodes_of_no_known_cap_have_no_place(labels: list[str]):
    assert set(roles_of(labels)) == {"OTHER"}


def test_a_cap_of_the_10_10_system_is_no_numbered_cap():
    sites = ["A1", "A2", *(s for s in SCALP_SITES if not s.endswith("h"))]

    roles = roles_of(sites)

    assert roles[:2] == ["M1", "M2"]
    assert roles[2:] == sites[2:]


def test_a_label_can_be_given_a_role():
    labels = ["EEG 1", "Aux2", "C4-A1"]

    roles = roles_of(labels, {"C4_M1": "EEG 1", "EMG_CHIN": "aux2"})

    assert roles == ["C4_M1", "EMG_CHIN", "EEG"]


@pytest.mark.parametrize(
    ("key", "label", "expected", "uses"),
    [
        ("eeg", "C3-A2", "C3_M2", {"staging_eeg", "arousals_central"}),
        ("EEG", "X", "EEG", {"staging_eeg", "arousals_central"}),
        ("central", "C3-A2", "C3_M2", {"arousals_central"}),
        ("arousals_occipital", "O1-A2", "O1_M2", {"arousals_occipital"}),
        ("swa", "O1-A2", "O1_M2", {"swa"}),
        ("eog", "X", "EOG_H", {"staging_eog"}),
    ],
)
def test_a_channel_wanted_for_a_use_leaves_the_others_their_roles(
    key: str, label: str, expected: str, uses: set[str]
):
    labels = ["C4-A1", "C3-A2", "O1-A2", "E1", "Chin", "X"]
    rest = {"C4_M1", "C3_M2", "O1_M2", "EOG_L", "EMG_CHIN"}

    roles = roles_of(labels, {key: label})

    assert rest <= set(roles)
    index = labels.index(label)
    assert roles[index] == expected
    assert find_uses(labels, {key: label}) == {index: uses}


@pytest.mark.parametrize("key", ["emg", "chin", "rem_atonia", "EMG_CHIN"])
def test_one_channel_is_the_chin(key: str):
    labels = ["C4-A1", "E1", "Chin", "Leg L"]

    assert roles_of(labels, {key: "E1"}) == ["C4_M1", "EMG_CHIN", "EMG", "LEG_L"]


@pytest.mark.parametrize("key", ["C3-M2", "c3_m2", "C3-A2", "EEG C3-A2"])
def test_a_role_may_be_written_as_a_derivation(key: str):
    assert roles_of(["EEG 1", "EEG 2"], {key: "EEG 2"}) == ["EEG", "C3_M2"]


def test_a_label_that_is_not_there_lists_those_that_are():
    with pytest.raises(MissingChannel, match=r"'C9'.*C4-A1, E1.*--channel"):
        assign_roles(["C4-A1", "E1"], [1.0, 1.0], {"eeg": "C9"})


def test_a_role_that_there_is_not_gets_a_suggestion():
    with pytest.raises(SettingsError, match="Did you mean 'EMG_CHIN'"):
        assign_roles(["C4-A1"], [1.0], {"EMGCHIN": "C4-A1"})
