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
