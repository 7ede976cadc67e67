"""What a ledger is kept for and what of it may leave: one JSON file beside it, readable by its owner only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from groundswell.errors import UsageError
from groundswell.review import seeding
from groundswell.serve import sensitivity

PURPOSES = ("monitoring", "research", "journalism", "casework")


@dataclass(frozen=True, slots=True)
class Project:
    """What the ledger is kept for. Private names and exact sensitive places are given only where the purpose needs them and says why."""

    title: str = ""
    purpose: str = ""
    controller: str = ""
    legal_basis: str = ""
    show_names: bool = False
    why_names: str = ""
    sensitive: tuple[str, ...] = field(default_factory=sensitivity.default_kinds)
    tier: str = "country"
    k: int = 5
    delay_days: int = 0
    exact_places: bool = False
    why_places: str = ""
    seeded: int = 0

    @property
    def policy(self) -> sensitivity.Policy:
        return sensitivity.Policy(self.sensitive, self.tier, self.k)

    def missing(self) -> list[str]:
        """What has to be filled in before anything is published as a release."""
        named = {"purpose": self.purpose, "who is responsible": self.controller, "legal basis": self.legal_basis}
        return [name for name, value in named.items() if not value.strip()]

    def check(self) -> None:
        """Raises UsageError where names or exact places are to be shown and nobody says why, and for values that cannot be."""
        if self.purpose and self.purpose not in PURPOSES:
            raise UsageError(f"Unknown purpose {self.purpose!r}. Use one of: {', '.join(PURPOSES)}.")
        if self.show_names and not (self.purpose and self.why_names.strip()):
            raise UsageError("Private persons' names are shown only with a purpose and a reason. Give both.")
        if self.exact_places and not (self.purpose and self.why_places.strip()):
            raise UsageError("Exact places of sensitive events are given only with a purpose and a reason. Give both.")
        if not 0 <= self.seeded <= seeding.MOST:
            raise UsageError(f"Planted errors: a whole number of per cent from 0 to {seeding.MOST}.")
        unknown = set(self.sensitive) - set(sensitivity.kinds())
        if unknown or self.tier not in sensitivity.TIERS or not 1 <= self.k <= 1000 or not 0 <= self.delay_days <= 3650:
            raise UsageError(
                f"Sensitive kinds are {', '.join(sensitivity.kinds())}; tier is {' or '.join(sensitivity.TIERS)}; k is 1 to 1000; "
                "delay_days 0 to 3650."
            )

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def load(cls, path: Path) -> Project:
        """The settings kept at ``path``; the defaults where there are none. Raises UsageError for a file that cannot be read."""
        if not path.exists():
            return cls()
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{**found, **({"sensitive": tuple(found["sensitive"])} if "sensitive" in found else {})})
        except (ValueError, TypeError) as error:
            raise UsageError(
                f"{path} cannot be read ({error}). Mend or remove it; it holds the project's settings."
            ) from None


def write(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
