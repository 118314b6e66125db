"""From an experiment to rows: the matrix of jobs, the stages of one, the cache, the runner."""
