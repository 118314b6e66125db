"""Letters by chance, for networks that read them and are measured and not trained."""

from hilbench.data.random_symbols import RandomSymbols

DATASET = RandomSymbols(name="random_letters", symbols=29)
