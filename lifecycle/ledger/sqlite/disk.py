"""Whether a database lies on a disk of this machine."""

from __future__ import annotations

import os
from pathlib import Path

_NETWORK = {
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse.glusterfs",
    "fuse.sshfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
}
_MOUNTS = Path("/proc/self/mountinfo")


def network_of(path: Path) -> str:
    """Name the network file system that a file lies on, "" where it lies on this machine.

    Also "" where the system does not tell, as on macOS.
    """
    if os.name == "nt":
        return "smb" if str(path.absolute()).startswith("\\\\") else ""
    device = path.stat().st_dev
    if os.major(device) != 0:  # a disk; only what is made up by the kernel has no driver's number
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        before, _dash, after = line.partition(" - ")
        kind = after.split(" ", 1)[0]
        if before.split(" ")[2] == number and kind in _NETWORK:
            return kind
    return ""
