"""Exit codes of commands that did what they were asked for; cli.main has those of errors."""

FAILED = 1
"""A job is not ok, or something became worse."""
