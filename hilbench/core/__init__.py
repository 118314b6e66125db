"""The ground floor: what every part uses and what needs the standard library alone."""
