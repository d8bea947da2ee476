"""Roles and electrodes of channels, and plausible amplitudes."""
