"""A recording staged by YASA's classifier, and agreement of scorings."""
