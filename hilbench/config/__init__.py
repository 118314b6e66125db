"""YAML files to frozen objects, strictly."""
