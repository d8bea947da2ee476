"""Numbers that need only the stages: durations, latencies, bouts, cycles, REM continuity."""
