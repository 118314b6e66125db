"""Counts, modelled cycles and profiles of an emulated board, by a plugin of QEMU.

    plugin = shared_object.ensure_plugin(store, deadline)    a path, or why there is none
    config.write(folder, ...)                            what the plugin must know
    config.arguments(plugin, path)                       for QEMU's command line
    windows.read(path)                                   what it counted, window by window

The plugin only watches: the image is the one that is benchmarked, and QEMU's own
instruction counter gives the same numbers with and without it.
"""
