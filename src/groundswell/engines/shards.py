"""Plain sharding for batch schedulers: shard 3 of 128 reads the sources whose name hashes to it. Shards share nothing;
their ledgers merge in any order."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from groundswell.errors import UsageError

_SHARD = re.compile(r"(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Shard:
    """``number`` counts from 1 to ``of``."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def holds(self, source_id: str) -> bool:
        """Whether this shard reads the source (a file, a row of a table, a member of an archive) of that name."""
        digest = hashlib.sha256(source_id.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1


def parse_shard(words: str) -> Shard:
    """``3/128`` is the third of 128 shards. Raises UsageError."""
    match = _SHARD.fullmatch(words.strip())
    if match is None or not 1 <= int(match.group(1)) <= int(match.group(2)):
        raise UsageError(f"--shard {words!r} is no shard. Write NUMBER/COUNT from 1/COUNT to COUNT/COUNT, e.g. 3/128.")
    return Shard(int(match.group(1)), int(match.group(2)))
