"""Names, roles and password hashes of those who may log in where the workbench can be reached by others.

One JSON file beside the ledger, readable by its owner only. Passwords are hashed with scrypt; nothing else is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundswell.errors import UsageError

# N=2^15, r=8, p=3: 32 MiB and 0.3 s a guess on one core here (one of the settings that OWASP recommends).
_COST = {"n": 2**15, "r": 8, "p": 3}
_MEMORY = 128 * 8 * 2**15 * 2


@dataclass
class Accounts:
    """Accounts by name. ``hosts``: further values of the Host header to answer to (the name of the machine)."""

    path: Path
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()

    @classmethod
    def load(cls, path: Path) -> Accounts:
        """Read the file; none is no account. Raises UsageError where it cannot be read."""
        if not path.exists():
            return cls(path)
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(path, dict(found["people"]), frozenset(found.get("hosts", ())))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path} cannot be read ({error}). Mend it or make the accounts anew.") from None

    def put(self, name: str, role: str, password: str) -> None:
        """Add or change an account and save the file."""
        self.check_role(role)
        if not name.strip() or len(name) > 40 or any(not (each.isalnum() or each in " ._-@") for each in name):
            raise UsageError("A name holds up to 40 letters, digits, spaces and . _ - @.")
        if len(password) < 10:
            raise UsageError("A password needs at least ten characters.")
        salt = secrets.token_bytes(16)
        self.people[name] = {"role": role, "salt": salt.hex(), "hash": _hash(password, salt).hex()}
        self.save()

    def remove(self, name: str) -> None:
        """Take an account away and save the file. Raises UsageError where there is none of this name."""
        if self.people.pop(name, None) is None:
            raise UsageError(f"There is no account {name!r} in {self.path}.")
        self.save()

    @staticmethod
    def check_role(role: str) -> None:
        """Raises UsageError for a role that there is not."""
        from groundswell.serve.desk import ROLES

        if role not in ROLES:
            raise UsageError(f"Unknown role {role!r}. Use one of: {', '.join(ROLES)}.")

    def check(self, name: str, password: str) -> str | None:
        """The role of an account whose password this is; None otherwise. Takes as long for unknown names."""
        found = self.people.get(name)
        salt = bytes.fromhex(found["salt"]) if found else b"\0" * 16
        given = _hash(password, salt)
        if found is None or not hmac.compare_digest(given, bytes.fromhex(found["hash"])):
            return None
        return found["role"]

    def save(self) -> None:
        temporary = self.path.with_name(self.path.name + ".tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump({"people": self.people, "hosts": sorted(self.hosts)}, out, indent=1)
        temporary.replace(self.path)


def beside(ledger: Path) -> Path:
    """Where the accounts of a ledger are kept."""
    return ledger.with_name(ledger.name + ".accounts")


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, maxmem=_MEMORY, dklen=32, **_COST)
