"""Whether a file lies on a disk that other machines use as well.

SQLite's locks do not hold there: two hosts that write at once damage the file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "beegfs",
            "gpfs", "ocfs2", "gfs2", "9p", "virtiofs", "fuse.sshfs", "fuse.glusterfs",
            "fuse.s3fs", "fuse.rclone")  # fmt: skip


@cache
def network(path: Path) -> str:
    """ "nfs4 at /mnt/lab", or "" where the file is this machine's alone."""
    import psutil

    whole = path.absolute().parent.resolve()
    best, kind = Path("/"), ""
    for mount in psutil.disk_partitions(all=True):
        point = Path(mount.mountpoint)
        if whole.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, mount.fstype
    return f"{kind} at {best}" if kind in _NETWORK else ""
