"""What a scoring is made of: stages, events, their faults and their texts in EDF+."""
