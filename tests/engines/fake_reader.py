"""Pipelines for tests of the engine: they read nothing, and do harm where a document says so."""

import os
import time

from groundswell.errors import ModelError
from groundswell.pipeline import Pipeline, stage
from groundswell.records import Finding
from groundswell.values import Irrelevant


@stage(gives=[Irrelevant])
def harm(record):
    if "KILL-ME" in record.document.text:
        os._exit(9)
    if "HANG" in record.document.text:
        time.sleep(60)
    if "FAIL" in record.document.text:
        raise ValueError("made to fail")
    yield Finding(Irrelevant("tested"), (), by="test")


def harmful(preset, *, threads=1):
    return Pipeline([harm], by=f"test-{preset}")


def missing(preset, *, threads=1):
    raise ModelError("there is no such model")


def stillborn(preset, *, threads=1):
    os._exit(7)


@stage(gives=[Irrelevant])
def lethal(record):
    """Kills the executor that reads a marked document, once: the JVM above the Python worker above this process."""
    marker = os.environ.get("GROUNDSWELL_TEST_MARKER")
    if "KILL-THE-EXECUTOR" in record.document.text and marker and not os.path.exists(marker):
        parents = [os.getppid()]
        while parents[-1] > 1:
            with open(f"/proc/{parents[-1]}/stat") as stat:
                parents.append(int(stat.read().rpartition(")")[2].split()[1]))
            with open(f"/proc/{parents[-2]}/cmdline") as line:
                if "CoarseGrainedExecutorBackend" in line.read():
                    with open(marker, "w") as told:
                        told.write(str(parents[-2]))
                    os.kill(parents[-2], 9)
                    break
    return
    yield


def lethal_english(preset, *, threads=1):
    """The real pipeline of a preset, with death in it."""
    from groundswell.presets import preset as make

    real = make(preset, threads=threads)
    return Pipeline([lethal, *real.stages], by=real.by)
