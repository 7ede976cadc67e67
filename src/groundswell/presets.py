"""The standard pipelines, as plain lists. A preset's name and version stand in every record it makes (``by``)."""

from __future__ import annotations

from collections.abc import Callable

from groundswell.errors import UsageError
from groundswell.pipeline import Pipeline, Stage

DEFAULT = "english"
STREAM = "english-stream"


def english(*, threads: int = 1) -> Pipeline:
    """The trained reader with the English resolvers."""
    from groundswell.analyse.reader import Reader

    return Pipeline(_with(Reader(threads=threads)), by="english-4")


def english_stream(*, threads: int = 1) -> Pipeline:
    """The same for streams in which most documents report nothing: those are named, and not read to their end."""
    from groundswell.analyse.reader import Reader

    return Pipeline(_with(Reader(threads=threads, skim=True)), by="english-stream-4")


def _with(reader: Stage) -> list[Stage]:
    from groundswell.analyse.credited import credited
    from groundswell.analyse.listed import listed
    from groundswell.analyse.pronouns import pronouns
    from groundswell.analyse.sentences import sentences
    from groundswell.analyse.skim import WhereRead

    return [sentences, reader, *(WhereRead(stage) for stage in (pronouns, listed, credited, *_resolvers()))]


def baseline(*, threads: int = 1) -> Pipeline:
    """Word lexicon and the small spaCy pipeline: what the trained reader is measured against."""
    from groundswell.analyse.baseline import Baseline
    from groundswell.analyse.sentences import sentences

    return Pipeline([sentences, Baseline(), *_resolvers()], by="baseline-1")


PRESETS: dict[str, Callable[..., Pipeline]] = {
    "english": english,
    "english-stream": english_stream,
    "baseline": baseline,
}


def preset(name: str = DEFAULT, *, threads: int = 1) -> Pipeline:
    """The pipeline of that name. Raises UsageError naming those there are."""
    if name not in PRESETS:
        raise UsageError(f"There is no preset {name!r}. Available: {', '.join(PRESETS)}. See docs/presets.md.")
    return PRESETS[name](threads=threads)


def _resolvers() -> list[Stage]:
    from groundswell.assemble import assemble
    from groundswell.resolve.actor import actors
    from groundswell.resolve.figure import figures
    from groundswell.resolve.place import places
    from groundswell.resolve.time import times

    return [times, places, figures, actors, assemble]
