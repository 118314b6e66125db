"""Formats of other programs; a module with a FORMAT is a format (hilbench/report/format.py)."""
