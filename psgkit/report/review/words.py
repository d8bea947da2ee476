"""Words of the page for corrections that its script puts together."""

from psgkit.report.language import _, current_language


def script_words() -> dict[str, str]:
    """Return the script's words, by name, in the language in force."""
    return {
        "decimal": "," if current_language() == "nl" else ".",
        "rem_wmean_min_b2m": _("REM continuity"),
        "n3_min": _("N3, deep sleep"),
        "ari_per_h": _("Arousals"),
        "minutes": _("minutes"),
        "per_hour": _("per hour of sleep"),
        "was": _("before your corrections: {value}"),
        "absent": _("not available: {reason}"),
        "arousal": _("Arousal"),
        "doubtful": _("Doubtful stage"),
        "interruption": _("Interruption of REM"),
        "edge": _("Edge of a REM period"),
        "added": _("New arousal"),
        "all": _("all places"),
        "changed": _("changed places"),
        "unseen": _("places not checked yet"),
        "none": _("There is no place to show."),
        "progress": _("{seen} of {all} checked. Changes: {changes}."),
        "left_out": _("{count} less doubtful epochs are not shown."),
        "epoch": _("epoch {epoch}, {stage}"),
        "stage_was": _("{stage} (was {before})"),
        "probabilities": _("Probabilities: {list}."),
        "weight": _(
            "It can move REM continuity by {rem} min, N3 by {n3} min, arousals by {arousals} per hour."
        ),
        "reject": _("Reject the arousal (A)"),
        "take": _("Take the arousal (A)"),
        "no_arousal": _("No arousal here"),
        "rejected": _("rejected"),
        "set_stage": _("Epoch {epoch} is {stage} now."),
        "is_rejected": _("The arousal is rejected."),
        "is_taken": _("The arousal is taken."),
        "is_moved": _("The arousal starts at {start} s and lasts {length} s."),
        "is_added": _("A new arousal of 3 s is in the middle."),
        "undone": _("The last change is undone."),
        "nothing": _("There is nothing to undo."),
        "saved": _("{file} is saved. Changes: {count}."),
        "kept": _(
            "Your earlier corrections of this night are restored. Changes: {count}."
        ),
        "not_kept": _(
            "This browser does not keep your corrections: save them before you close the page."
        ),
        "initials": _("Enter your initials first: the file says who changed what."),
        "missing": _("no signal"),
    }


def script_reasons() -> dict[str, str]:
    """Return the script's reasons for an answer that is absent, in the language in force."""
    return {
        "no REM": _("no REM"),
        "no sleep": _("no sleep"),
        "no epoch of the window is scored": _("no epoch of the window is scored"),
        "under 180 min of sleep": _("under 180 min of sleep"),
        "arousals were not scored": _("arousals were not scored"),
        "arousals in REM need a chin EMG that shows muscle activity": _(
            "arousals in REM need a chin EMG that shows muscle activity"
        ),
        "none was counted, but scored events have names that are not known": _(
            "none was counted, but scored events have names that are not known"
        ),
    }
