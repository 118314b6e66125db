"""What was measured: one table of columns, one row, one file."""
