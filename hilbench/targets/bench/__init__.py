"""Boards on the user's bench: probes, ports, locks, retries, discovery and health."""
