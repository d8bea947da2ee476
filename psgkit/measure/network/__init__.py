"""How the coupling between EEG channels changes from epoch to epoch (exploratory)."""
