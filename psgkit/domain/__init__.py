"""Values that pass through psgkit: frozen, without files, signal processing or plots.

Modules in this folder depend on numpy, pandas and `psgkit.errors` alone.
"""
