"""A pytest plugin: tests measure networks and demand limits and baselines (docs/pytest.md)."""
