"""Words of an events table: what was not understood, and causes of arousals."""

# An event whose name was not understood.
UNKNOWN_KIND = "other"

# Words of the `cause` column: what the scorer says that an arousal is due to; empty
# where the scorer gives no cause.
UNKNOWN_CAUSE = "unknown"  # a cause was given and not understood
CAUSES = (
    "respiratory",
    "limb",
    "snore",
    "spontaneous",
    "noise",
    "movement",
    "other",
    UNKNOWN_CAUSE,
)
