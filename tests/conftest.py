"""Puts tests/ on sys.path, so that every tier can import the helpers beside this file."""
