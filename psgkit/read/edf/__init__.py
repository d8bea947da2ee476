"""The header, record layout and annotations of EDF, EDF+, BDF and BDF+ files."""
