"""What the workbench must show, run and printed: python examples/workbench/must_show.py [--fast] [--ledger BIG.db]

Runs the tests that hold each claim, in a clone with the dev extra and Debian's chromium. --fast leaves out those that take minutes;
--ledger measures the speed on a ledger of your own instead of 100,000 made-up events.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVE = "tests/serve/"
CLAIMS = [
    (
        "A reviewer decides 20 items in under a minute by keyboard alone, all in the ledger after a kill",
        "test_browser.py",
        "twenty_items",
        False,
    ),
    ("axe-core has no serious finding, light and dark", "test_browser.py", "axe", False),
    (
        "The whole page, login, coding and adjudication need no mouse",
        "test_browser.py test_settling.py",
        "tabbing or mouse or keyboard",
        False,
    ),
    ("120 script-injection payloads in every text field, none runs", "test_injection.py", "runs or payloads", False),
    ("The same on a page of its own for every payload", "test_injection.py", "on_any_page", True),
    ("Sensitive places are told by no view, filter, feed or export", "test_sensitivity.py", "", False),
    ("A download that breaks off is never silently short", "test_streaming.py", "failure or breaks", False),
    ("First paint and filters in time", "test_speed.py", "", True),
    ("Downloads take the same memory however long they are", "test_streaming.py", "memory", True),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--ledger", type=Path)
    given = parser.parse_args()
    environment = dict(os.environ, **({"GROUNDSWELL_LEDGER_FOR_SPEED": str(given.ledger)} if given.ledger else {}))
    failed = 0
    for claim, files, names, slow in CLAIMS:
        if slow and given.fast:
            continue
        chosen = ["-k", names] if names else []
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-s",
            "-q",
            "--no-header",
            "-m",
            "slow" if slow else "not slow",
            *chosen,
        ]
        command += [SERVE + file for file in files.split()]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        failed += done.returncode != 0
        print(f"{'held' if done.returncode == 0 else 'NOT HELD'}  {claim}")
        for line in done.stdout.splitlines():
            if "measured: " in line:
                print("      " + line[line.index("measured: ") + 10 :])
        if done.returncode:
            print("\n".join("      " + line for line in done.stdout.splitlines()[-15:]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
