"""`python -m hilbench`: the same as `hilbench`."""

from hilbench.cli.main import main

main()
