"""Several hosts: each offers its boards and emulators, a run measures on whichever has the board.

    serving.scheduler(...)     one process that all others know
    serving.worker(...)        on each host with boards; host.Host does the measurements
    site.connected(...)        what a run measures at

Transport, TLS and scheduling are those of Dask's `distributed`. What runs where it is prepared
and what is recorded are the pipeline's and the journal's, as without a farm. These modules are
imported when `extras.distributed` has found the package.
"""
