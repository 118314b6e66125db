"""Recurrent cells of the literature: one file each, with its equations and their source."""
