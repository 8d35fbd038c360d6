"""What a group of processes has used, read from /proc.

A server is started as the leader of a new session, so the process group of its first
process holds its workers too; a group is complete however the workers are made.
"""

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Usage", "group_members", "memory_of", "usage_of"]

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds of a process group, and how many processes it has."""

    seconds: float
    processes: int


def stat_fields(pid: str) -> list[str] | None:
    """Read the fields after the command name of /proc/<pid>/stat."""
    try:
        text = (PROC / pid / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 2 :].split()


def group_members(group: int) -> list[int]:
    """List the processes of a group."""
    members = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        fields = stat_fields(entry.name)
        # A zombie has nothing left to end or to count.
        if fields is not None and int(fields[2]) == group and fields[0] != "Z":
            members.append(int(entry.name))
    return members


def usage_of(group: int) -> Usage:
    """Add up user and system time of all processes of a group."""
    ticks = 0
    members = group_members(group)
    for pid in members:
        fields = stat_fields(str(pid))
        if fields is not None:
            ticks += int(fields[11]) + int(fields[12])
    return Usage(ticks / TICKS, len(members))


def memory_of(group: int) -> float:
    """Add up the proportional set size of a group, in MB (shared pages once)."""
    total = 0
    for pid in group_members(group):
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        for line in text.splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
