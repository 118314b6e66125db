"""The command line: the only place that prints, exits, and catches what is expected."""
