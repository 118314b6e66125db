"""Networks that are built with Keras: the table of named ones, training, conversion.

    trained = training.train(spec, settings, data, out_dir, deadline)
    converted = conversion.convert(trained, VARIANTS["int8_only"], out_dir, deadline)

Both happen in child processes: TensorFlow is slow to start and may crash.
"""
