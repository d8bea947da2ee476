"""Signals of a sleeping body, one kind of finding a module."""
