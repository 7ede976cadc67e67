"""Memory and processor time of this process and of those it started, as Linux tells them. For measuring only."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from time import process_time


class Peak:
    """The most memory (resident, MB) of this process since it began, and of all its children together when looked at."""

    def __init__(self) -> None:
        self.parent: int | None = None
        self.children: int | None = None

    def look(self) -> None:
        """Linux only; elsewhere both stay None."""
        own = kilobytes(os.getpid(), "VmHWM:")
        if own is None:
            return
        self.parent = own // 1024
        together = sum(kilobytes(pid, "VmRSS:") or 0 for pid in children(os.getpid())) // 1024
        self.children = max(self.children or 0, together)


def children(pid: int) -> list[int]:
    """Process ids of all that descend from a process (Linux)."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for each in path.read_text(encoding="ascii").split():
            found += [int(each), *children(int(each))]
    return found


def all_seconds() -> float:
    """Processor seconds of this process and of all its children, living or ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + ended.ru_utime + ended.ru_stime + children_seconds()


def children_seconds() -> float:
    """Processor seconds of our living children so far."""
    ticks = 0
    for pid in children(os.getpid()):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def kilobytes(pid: int, name: str) -> int | None:
    path = Path(f"/proc/{pid}/status")
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), None)
