"""Puts tests/ on sys.path, so that every tier can import the helpers beside this file."""

from hypothesis import HealthCheck, settings

# A busy machine draws its examples slowly; that says nothing of the code.
settings.register_profile("hilbench", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hilbench")
