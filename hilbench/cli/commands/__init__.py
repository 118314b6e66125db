"""One subcommand a file; each has `register(app)`.

Modules here import the pipeline inside their functions, so that `--help` stays fast.
"""
