"""What names of events mean: names that vendors and NSRR publish, and their right kind."""

import pytest

from psgkit.read.scorings.event_names import meaning_of

# kind:cause, and "+" where an arousal goes with the event
NAMES = {
    # RemLogic, Embla
    "AROUSAL-APNEA": "arousal:respiratory",
    "AROUSAL-HYPOPNEA": "arousal:respiratory",
    "AROUSAL-DESAT": "arousal:respiratory",
    "AROUSAL-RERA": "arousal:respiratory",
    "AROUSAL-SNORE": "arousal:snore",
    "AROUSAL-SPONT": "arousal:spontaneous",
    "AROUSAL-PLM": "arousal:limb",
    "AROUSAL-LM": "arousal:limb",
    "APNEA-OBSTRUCTIVE": "apnea_obstructive",
    "PLM-LM": "limb_movement",
    # Compumedics Profusion and the NSRR's names
    "Arousal ()": "arousal",
    "Arousal (Apnea)": "arousal:respiratory",
    "Arousal (Desat)": "arousal:respiratory",
    "Arousal (Internal Arousal)": "arousal",
    "Arousal|Arousal (ARO Limb)": "arousal:limb",
    "Arousal resulting from respiratory effort|Arousal (ARO RES)": "arousal:respiratory",
    "Arousal resulting from Chin EMG|Arousal (CHESHIRE)": "arousal",
    "External arousal|Arousal (External Arousal)": "arousal:noise",
    "Respiratory effort related arousal|RERA": "rera",
    "Periodic leg movement - left|PLM (Left)": "limb_movement",
    "SpO2 artifact": "artefact",
    "Unsure": "other",
    # Domino
    "PLM Arousal (EEG)": "arousal:limb",
    "Respiratory Arousal (EEG)": "arousal:respiratory",
    "Respiratorisches Arousal": "arousal:respiratory",
    "Schnarchen Arousal (EEG)": "arousal:snore",
    "Flusslimitationen Arousal": "arousal:respiratory",
    "SpO2 Arousal": "arousal:respiratory",
    "Kardio Arousal": "arousal:other",
    "PLM Arousal (Autonom)": "autonomic_arousal:limb",
    "ChinPhasic": "chin_phasic",
    "LeftLegAny": "limb_any",
    "RightArmTonic": "limb_tonic",
    "ChinArtifact": "artefact",
    "Zentrale Hypopnoe": "hypopnea",
    # Polysmith, SleepWorks, Alice
    "Left Leg w/ Arousal": "limb_movement+",
    "Arousal w/ PLM": "arousal:limb",
    "Desaturation w/ Respiratory": "desaturation",
    "ObstructiveApnea": "apnea_obstructive",
    "RelativeDesaturation": "desaturation",
    "RERAArousal": "arousal:respiratory",
    "limbmvt arousal": "arousal:limb",
    # Deltamed, in French
    "Arousal d'origine respiratoire": "arousal:respiratory",
    "Mouvement + arousal": "movement+",
    "Arousal autonome": "autonomic_arousal",
    "Apnée mixte": "apnea_mixed",
    "A. Obstructive": "apnea_obstructive",
    "Micro-éveil dû à un PLM": "arousal:limb",
    "micro-éveil lié à l'effort respiratoire": "rera",
    # CinC 2018, WSC
    "arousal_bruxism": "arousal:other",
    "resp_centralapnea": "apnea_central",
    "Obst.Hypopnea": "hypopnea",
    "SponArousal": "arousal:spontaneous",
    # other languages
    "Beinbewegungsarousal": "arousal:limb",
    "atmungsbedingtes Arousal": "arousal:respiratory",
    "Beenbeweging arousal": "arousal:limb",
    "ontwaakreactie door snurken": "arousal:snore",
    "microdespertar por movimiento de piernas": "arousal:limb",
    "microrisveglio da apnea": "arousal:respiratory",
    "mikrouppvaknande orsakat av benrörelse": "arousal:limb",
    # relations
    "Hypopnea with arousal": "hypopnea+",
    "Hypopnea (arousal)": "hypopnea+",
    "Hypopnea without arousal": "hypopnea",
    "Hypopnea 3% or arousal": "hypopnea",
    "Hypopnoe ohne Arousal": "hypopnea",
    "no arousal": "note",
    "PLM not associated with arousal": "limb_movement",
    "Hypopnoe mit Arousal": "hypopnea+",
    "hypopnée avec micro-éveil": "hypopnea+",
    "hypopneu met arousal": "hypopnea+",
    "hipopnea con microdespertar": "hypopnea+",
    "ipopnea con microrisveglio": "hypopnea+",
    "hypopné med mikrouppvaknande": "hypopnea+",
    "Hypopnea+Arousal": "hypopnea+",
    "hypopnée sans micro-éveil": "hypopnea",
    "ipopnea senza arousal": "hypopnea",
    "Hypopnea w/o arousal": "hypopnea",
    "kein Arousal": "note",
    # RERA written out, and an arousal due to effort
    "RERAs": "rera",
    "Respiratory-effort-related-arousal": "rera",
    "atemanstrengungsbezogenes Arousal": "rera",
    "Respiratoire inspanning gerelateerde arousal": "rera",
    "microdespertar relacionado con el esfuerzo respiratorio": "rera",
    "microrisveglio correlato allo sforzo respiratorio": "rera",
    "andningsansträngningsrelaterad arousal": "rera",
    "Arousal caused by respiratory effort": "arousal:respiratory",
    "anstrengungsbedingtes Arousal": "arousal:respiratory",
    "non-apnea arousal": "arousal",
    # EDF+ standard texts
    "EEG arousal@@EEG C4-M1": "arousal",
    # psgkit's own
    "arousal:limb": "arousal:limb",
    "Arousal limb": "arousal:limb",
    "Event periodic_breathing": "periodic_breathing",
    "Event what": "other",
}


@pytest.mark.parametrize(("name", "label"), NAMES.items())
def test_names_of_vendors(name: str, label: str) -> None:
    meaning = meaning_of(name)
    assert meaning.label + ("+" if meaning.with_arousal else "") == label


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pt had an apnea", "note"),
        ("Mrs Miller coughs", "note"),
        ("lead fixed by Jan Jansen", "note"),
        ("xyzzy", "other"),
        ("Arousal", "arousal"),
        ("Obstructive apnea", "apnea_obstructive"),
        ("snoring loud", "snore"),
    ],
)
def test_free_text_is_a_remark_unless_it_is_a_name(text: str, kind: str) -> None:
    assert meaning_of(text, is_free_text=True).kind == kind
