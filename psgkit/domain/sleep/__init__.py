"""Parts of a scoring: stages, events, their faults and their texts in EDF+."""
