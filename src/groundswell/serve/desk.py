"""What one running workbench holds: the ledger, its columns in memory, who may come in, and the project's settings.

The clock is read here and nowhere else in the workbench.
"""

from __future__ import annotations

import ipaddress
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from groundswell.errors import UsageError
from groundswell.review import seeding
from groundswell.serve import masking, sensitivity
from groundswell.serve.accounts import Accounts, beside
from groundswell.serve.asking import Asked
from groundswell.serve.audit import KEPT_DAYS, Audit
from groundswell.serve.choosing import Chooser, Chosen
from groundswell.serve.columns import Columns, Watch
from groundswell.serve.masking import Masker
from groundswell.serve.project import Project, write
from groundswell.serve.public import Shown
from groundswell.serve.tellings import Tellings
from groundswell.store import Ledger, reading

ROLES: dict[str, frozenset[str]] = {
    "viewer": frozenset({"view"}),
    "coder": frozenset({"view", "words", "code"}),
    "adjudicator": frozenset({"view", "words", "code", "adjudicate"}),
    "admin": frozenset({"view", "words", "code", "adjudicate", "admin"}),
}
PLANNED = ("announced", "called_for", "threatened", "cancelled")
MOST_NAMED = 1000
DOWNLOADS = 4  # at once
IDLE = 12 * 3600.0  # seconds after which an account has to log in again


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. ``decides_as`` stands in every decision that this person takes."""

    name: str
    role: str

    @property
    def decides_as(self) -> str:
        return f"review:{self.name}"

    def may(self, permission: str) -> bool:
        return permission in ROLES[self.role]


class Desk:
    """One workbench over one ledger file; shared by all requests and their threads."""

    def __init__(
        self, ledger: Ledger, *, host: str, port: int, names: tuple[str, ...] = (), secure: bool = False
    ) -> None:
        self.ledger, self.host, self.port = ledger, host, port
        self.names, self.secure = names, secure
        self.accounts = Accounts.load(beside(ledger.path))
        self.sessions: dict[str, Person] = {}
        self._used: dict[str, float] = {}
        self._stamp = _stamp(self.accounts.path)
        self.api_token = secrets.token_urlsafe(24)
        self._launch: str | None = secrets.token_urlsafe(24)
        self._lock = threading.Lock()
        self._watch = Watch(ledger.path)
        self._columns: Columns | None = None
        self.tellings: Tellings | None = None
        self._rest_until = 0.0
        self._failures: list[tuple[str, str, float]] = []
        self.checking = threading.Semaphore(2)  # a password costs 32 MiB and 0.3 s
        self.downloads = threading.BoundedSemaphore(DOWNLOADS)
        self.chooser = Chooser()
        self.masker = Masker(ledger)
        since = str(datetime.now(UTC).date() - timedelta(days=KEPT_DAYS))
        self.audit = Audit(_beside(ledger.path, ".audit"), since=since)
        self.seeded = seeding.Log(_beside(ledger.path, ".seeded"))
        self.served: dict[tuple[str, str], float] = {}
        self.sensitive = sensitivity.Sensitive(ledger)
        self._planned: tuple[int, list[int]] | None = None
        self.project = Project.load(_beside(ledger.path, ".project"))
        self.feed_key = self._feed_key()

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        names: tuple[str, ...] = (),
        secure: bool = False,
    ) -> Desk:
        """Open an existing ledger. Raises LedgerError as ``Ledger.open`` does."""
        desk = cls(Ledger.open(path, create=False), host=host, port=port, names=names, secure=secure)
        desk.columns()
        return desk

    def close(self) -> None:
        self._watch.close()
        self.ledger.close()

    def columns(self) -> Columns:
        """All events in memory, read again where another process changed the ledger.

        While another process keeps writing, a large ledger is read again only after five times as long as reading it takes.
        """
        with self._lock:
            version = self._watch.version()
            start = time.monotonic()
            if self._columns is None or (self._columns.version != version and start >= self._rest_until):
                self._columns = Columns.load(self.ledger.connection, version)
                self.tellings = Tellings.load(self.ledger.connection)
                spent = time.monotonic() - start
                self._rest_until = time.monotonic() + (5 * spent if spent > 0.5 else 0.0)
            return self._columns

    def choose(self, ask: Asked, *, public: bool = False) -> Chosen:
        """What passes the filters, counted on the columns as they are now; as the public may count them where ``public``."""
        columns, hidden = self.columns(), None
        if public and (tiers := self.tiers(columns)):
            columns = self.sensitive.public(columns, self.project.policy)
            hidden = columns.flags(list(tiers))
        with self.ledger.database.errors():
            found = self.chooser.choose(columns, self.ledger.connection, ask, self.tellings, hidden)
            if public and not self.project.show_names and (names := self._named(found, ask)):
                gone = columns.flags(list(names))
                hidden = gone if hidden is None else hidden | gone
                found = self.chooser.choose(columns, self.ledger.connection, ask, self.tellings, hidden)
        return found

    def _named(self, found: Chosen, ask: Asked) -> set[int]:
        """Events that the asked words find by a private person's name, which the public may not search for.

        Only answers of up to MOST_NAMED events are looked through: words that find more do not single anyone out.
        """
        search = masking.Search.of(ask.text, ask.issue, parts=(ask.actor, ask.place))
        rows = next(
            (mask for mask in (found.masks.get("told"), found.rows) if mask is not None and mask.sum() <= MOST_NAMED),
            None,
        )
        named: set[int] = set()
        if not search or rows is None:
            return named
        for part in reading.chunks(found.columns.n[rows].tolist()):
            marks = ",".join("?" * len(part))
            told = self.ledger.connection.execute(
                f"SELECT r.event, d.id FROM report r JOIN document d ON d.n = r.document WHERE r.live = 1 AND r.event IN ({marks})",
                part,
            ).fetchall()
            for event, document in told:
                if any(search.finds(name) for name in self.masker.of_documents([document])):
                    named.add(int(event))
        return named

    def held_after(self) -> str | None:
        """Day of publication from which on documents are not published yet; None where the project holds nothing back."""
        days = self.project.delay_days
        return str(datetime.now(UTC).date() - timedelta(days=days)) if days else None

    def tiers(self, columns: Columns | None = None) -> Mapping[int, str]:
        """Sensitive events and the tier that the public gets; none where the project gives exact places and says why."""
        return {} if self.project.exact_places else self.sensitive.tiers(columns or self.columns(), self.project.policy)

    def shown(self, *, public: bool) -> Shown:
        """How the public or one of the project sees events, reports and documents."""
        masker = None if self.project.show_names else self.masker
        return self.outside(masker) if public else Shown(self.ledger, masker, {})

    def outside(self, masker: Masker | None) -> Shown:
        """How the public sees them, while another process writes a large ledger too: what is not judged yet is given as sensitive."""
        columns = self.columns()
        with self._lock:
            late = self._watch.version() != columns.version and not self.project.exact_places and self.project.sensitive
        return Shown(self.ledger, masker, self.tiers(columns), int(columns.n.max(initial=0)) if late else None)

    def planned(self) -> list[int]:
        """Numbers of the events of which a report says that they were announced, called for, threatened or called off."""
        columns = self.columns()
        if self._planned is None or self._planned[0] != columns.version:
            # One report says what its event's status is; only events of several reports need their reports asked.
            codes = [columns.code("status", name) for name in PLANNED]
            alone = columns.n[(columns.reports == 1) & np.isin(columns.codes["status"], codes)].tolist()
            marks = ",".join("?" * len(PLANNED))
            rows = self.ledger.connection.execute(
                "SELECT DISTINCT r.event FROM event e JOIN report r ON r.event = e.n "
                f"WHERE e.reports > 1 AND r.live = 1 AND r.status IN ({marks})",
                PLANNED,
            ).fetchall()
            self._planned = (columns.version, alone + [int(row[0]) for row in rows])
        return self._planned[1]

    def touched(self, numbers: set[int]) -> None:
        """Read these events again after a decision of our own, without reading all."""
        with self._lock:
            if self._columns is not None:
                connection = self.ledger.connection
                self._columns = self._columns.patched(connection, numbers, self._watch.version())
                self.tellings = self.tellings.moved(connection, numbers) if self.tellings else None

    def now(self) -> str:
        """ISO 8601 in UTC; what decisions and exports are dated with."""
        return datetime.now(UTC).isoformat(timespec="milliseconds")

    # -- letting people in --------------------------------------------------------------------------------------------

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def cookie(self) -> str:
        """Cookies know no ports: each workbench on this machine needs a name of its own."""
        return f"groundswell_{self.port}"

    def hosts(self) -> frozenset[str]:
        """What a request may give as its Host; anything else is another site that points at this machine."""
        names = {self.authority, *(each for name in self.names for each in (name, f"{name}:{self.port}"))}
        if self.host in ("127.0.0.1", "::1", "localhost"):
            names |= {f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        if self.port == self._usual_port:  # browsers leave it out
            names |= {name.removesuffix(f":{self.port}") for name in names}
        return frozenset(names | self.accounts.hosts)

    def answers_to(self, host: str) -> bool:
        """Whether a Host header names this workbench.

        Where it listens on every address, any address given in numbers will do: a name that is made to point here by a hostile
        site stays a name in this header.
        """
        if host in self.hosts():
            return True
        if self.host not in ("0.0.0.0", "::"):
            return False
        if self.port == self._usual_port and not host.endswith(f":{self.port}"):
            host = f"{host}:{self.port}"
        name, _, port = host.rpartition(":")
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return port == str(self.port)

    @property
    def _usual_port(self) -> int:
        return 443 if self.secure else 80

    def launch_url(self) -> str:
        """Address that lets one browser in, once; with accounts, the address of the login page."""
        scheme = "https" if self.secure else "http"
        if self.accounts.people:
            open_to_all = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host)
            shown = (
                f"{self.names[0]}:{self.port}"
                if self.names
                else f"{open_to_all}:{self.port}"
                if open_to_all
                else self.authority
            )
            return f"{scheme}://{shown}/login"
        return f"{scheme}://{self.authority}/launch/{self._launch}"

    def redeem(self, token: str) -> str | None:
        """A session for the launch token, which is then used up; None for any other."""
        with self._lock:
            if self._launch is None or not secrets.compare_digest(token.encode(), self._launch.encode()):
                return None
            self._launch = None
        return self.begin(Person("local", "admin"))

    def begin(self, person: Person) -> str:
        session = secrets.token_urlsafe(32)
        self.sessions[session], self._used[session] = person, time.monotonic()
        return session

    def person(self, session: str) -> Person | None:
        """Who holds this session; None for none, and where an account's session was not used for half a day."""
        self.reload_accounts()
        found, now = self.sessions.get(session), time.monotonic()
        if found is not None and self.accounts.people and now - self._used.get(session, 0.0) > IDLE:
            self.sessions.pop(session, None)
            return None
        if found is not None:
            self._used[session] = now
        return found

    def reload_accounts(self) -> None:
        """Take in accounts that were added, changed or removed since; sessions of those that are gone or changed end."""
        stamp = _stamp(self.accounts.path)
        if stamp == self._stamp:
            return
        fresh, self._stamp = Accounts.load(self.accounts.path), stamp
        for session, person in list(self.sessions.items()):
            known = self.accounts.people.get(person.name)
            if known is not None and fresh.people.get(person.name) != known:
                self.sessions.pop(session, None)
        if any(fresh.people.get(name) != known for name, known in self.accounts.people.items()):
            self.api_token = secrets.token_urlsafe(24)  # whoever is gone may have read it
        self.accounts = fresh

    def may_try(self, name: str, address: str) -> bool:
        """Whether a password may be tried now, which counts as a wrong one until it was right: five a name, twenty an address a minute."""
        now = time.monotonic()
        with self._lock:
            self._failures = [each for each in self._failures if each[2] > now - 60]
            tried = [sum(each[at] == value for each in self._failures) for at, value in ((0, name), (1, address))]
            allowed = tried[0] < 5 and tried[1] < 20
            if allowed:
                self._failures.append((name, address, now))
        return allowed

    def succeeded(self, name: str) -> None:
        """The last try of this name was right."""
        with self._lock:
            last = next((at for at in range(len(self._failures) - 1, -1, -1) if self._failures[at][0] == name), None)
            if last is not None:
                self._failures.pop(last)

    def renew_feed(self) -> None:
        """Other addresses for the subscriptions; the old ones end."""
        write(_beside(self.ledger.path, ".feed"), secrets.token_urlsafe(18))
        self.feed_key = self._feed_key()

    def rename(self, session: str, name: str) -> None:
        """Give a session without account the name that its decisions carry."""
        clean = "".join(letter for letter in name.strip() if letter.isalnum() or letter in " ._-")[:40].strip()
        if not clean:
            raise UsageError("A reviewer's name needs at least one letter or digit.")
        self.sessions[session] = replace(self.sessions[session], name=clean)

    # -- the project --------------------------------------------------------------------------------------------------

    def save_project(self, project: Project) -> None:
        """Keep the settings beside the ledger. Raises UsageError for settings that cannot be."""
        project.check()
        write(_beside(self.ledger.path, ".project"), project.as_json())
        self.project = project

    def _feed_key(self) -> str:
        """Secret part of the calendar's address; kept beside the ledger so that subscriptions outlive a restart."""
        path = _beside(self.ledger.path, ".feed")
        if not path.exists():
            write(path, secrets.token_urlsafe(18))
        return path.read_text(encoding="ascii").strip()


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
