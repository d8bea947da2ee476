"""What flows through psgkit: frozen values, without files, signals work or plots.

Modules in this folder depend on numpy, pandas and `psgkit.errors` alone.
"""
