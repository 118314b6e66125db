"""One file per family: each module here with a `MODELS` table is one."""
