"""One run of a command: which ledger, who acts, in which format, and where the answer goes."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from cli.world import World
    from ledger.application import Ledger
    from ledger.folder import Folder
    from ledger.values.when import When
    from projections.question import Question

FORMATS = ("table", "json", "jsonl", "csv", "ids")

#: Those in which there are labels.
LANGUAGES = ("en", "ar", "fa")


class Session:
    """The shared options, resolved: options before the environment, that before `vigil.toml`."""

    def __init__(self, world: World, options: dict[str, Any]) -> None:
        self.world, self._options = world, options
        self.format: str = options.get("format") or "table"
        self.quiet = bool(options.get("quiet"))
        self.dry_run = bool(options.get("dry_run"))
        self.debug = bool(options.get("debug"))
        self.no_input = bool(options.get("no_input"))
        self.output: str | None = options.get("output")

    @cached_property
    def folder(self) -> Folder:
        """The ledger of this run; raises `NoLedger`."""
        from ledger.folder import Folder

        named = self._options.get("ledger") or self.world.environment.get("VIGIL_LEDGER")
        if named:
            folder = Folder.find(self.world.at(named), upward=False)
        else:
            folder = Folder.find(self.world.at(), upward=True)
        try:
            return folder.with_environment(self.world.environment)
        except ValueError as error:
            from ledger.errors.storage import ConfigUnreadable

            raise ConfigUnreadable(file="VIGIL_LOCK_SECONDS", why=error) from None

    @property
    def folder_if_any(self) -> Folder | None:
        """The ledger of this run; None where none was named and there is none here."""
        from ledger.errors.storage import NoLedger

        try:
            return self.folder
        except NoLedger:
            if self._options.get("ledger") or self.world.environment.get("VIGIL_LEDGER"):
                raise
            return None

    @property
    def actor_option(self) -> str | None:
        """The officer named by the option alone, for commands that read."""
        named: str | None = self._options.get("actor")
        if named == "":
            raise click.UsageError("--actor names nobody.")
        return named

    @property
    def actor_given(self) -> str | None:
        """Who acts, by option or environment."""
        return self.actor_option or self.world.environment.get("VIGIL_ACTOR") or None

    @property
    def actor(self) -> str | None:
        """Who acts, where the fact itself does not say."""
        return self.actor_given or self.folder.actor

    @property
    def may_ask(self) -> bool:
        """Whether somebody is there who can be asked, and wants to be."""
        return self.world.interactive and not self.no_input

    @property
    def named(self) -> str:
        """The ledger and the officer that options named, as the end of a command line."""
        from shlex import quote

        given = {"-L": self._options.get("ledger"), "--actor": self.actor_option}
        return "".join(f" {option} {quote(said)}" for option, said in given.items() if said)

    @cached_property
    def labels(self) -> str | None:
        """The language of headings and codes where people read; None for codes as they are."""
        language = self._options.get("labels") or self.world.environment.get("VIGIL_LABELS") or None
        if language not in (None, *LANGUAGES):
            msg = f"VIGIL_LABELS is {language!r}, not one of {', '.join(LANGUAGES)}."
            raise click.UsageError(msg)
        return language

    @cached_property
    def now(self) -> int:
        """What relative times are read from, in microseconds."""
        given = self._options.get("now")
        if given is None:
            return self.world.clock()
        from ledger.errors import VigilError
        from ledger.errors.values import TimeNotUnderstood
        from ledger.values.instants import iso
        from ledger.values.when import When

        zone = self.folder.timezone
        try:
            moment = When.parse(given).settle(zone, self.world.clock()).earliest
            if iso(moment) is None:  # `..2013` begins at no moment
                raise TimeNotUnderstood(text=given)
            return moment
        except VigilError as error:
            error.field = "now"
            raise

    @property
    def today(self) -> Question:
        """The question of the present, by the settings of the ledger."""
        from projections.question import Question

        folder, now = self.folder, self.now
        return Question(
            now=now, watched_until=now, gap_minutes=folder.gap_minutes, zone=folder.timezone
        )

    def ledger(self) -> Ledger:
        """The ledger, open for recording."""
        from ledger.application import Ledger, random_uuid

        random = self.world.random or random_uuid
        return Ledger(self.folder, clock=self.world.clock, random=random)

    def views(self) -> tuple[sqlite3.Connection, int]:
        """The views of everything recorded, and the position they reach."""
        from projections.views import up_to_date

        return up_to_date(self.folder, self.world.state_home, self.tell)

    def tell(self, sentence: str) -> None:
        """Something that people may want to know, and programs need not."""
        if not self.quiet:
            click.echo(sentence, err=True)

    def catch_up(self) -> None:
        """Bring the views up to date after recording.

        The facts are stored by then, so a failure is a warning: the next query tries again.
        """
        from projections.building import catch_up
        from projections.views import locate

        try:
            catch_up(self.folder, locate(self.folder, self.world.state_home), tell=self.tell)
        except Exception as error:
            if self.debug:
                raise
            click.echo(f"warning: recorded, but the views are behind: {error!r}", err=True)

    def rebuild(self) -> None:
        """Make the views anew: their file is damaged, and nothing in it is lost that matters."""
        from projections.building import rebuild
        from projections.views import locate

        rebuild(self.folder, locate(self.folder, self.world.state_home))

    def seal(self) -> None:
        """Sign the head of the log after much was recorded; a failure here loses no fact."""
        from ledger.errors import VigilError
        from ledger.seal.sealing import seal

        try:
            seal(self.folder)
        except VigilError as error:
            click.echo(f"warning: recorded, but not sealed: {error.sentence}", err=True)

    def when(self, text: str | None, field: str) -> When | None:
        """A time of a query, read in the ledger's zone."""
        if text is None:
            return None
        from ledger.errors import VigilError
        from ledger.values.when import When

        zone, now = self.folder.timezone, self.now
        try:
            return When.parse(text).settle(zone, now)
        except VigilError as error:
            error.field = field
            raise

    def answer(self, document: dict[str, Any], lines: Iterable[str]) -> None:
        """The answer of a command that reads no rows: its document, or its lines for people."""
        if self.format in ("json", "jsonl"):
            from json import dumps

            indent = 2 if self.format == "json" else None
            self.write(dumps(document, ensure_ascii=False, indent=indent) + "\n")
        elif not self.quiet:
            self.write("".join(f"{line}\n" for line in lines))

    def rows(
        self,
        schema: str,
        rows: list[dict[str, Any]],
        *,
        asked: dict[str, Any],
        position: int,
        columns: Iterable[tuple[str, str]],
        warnings: Iterable[str] = (),
        view: str | None = None,
    ) -> None:
        """The answer of a reader, in the format asked for.

        A table of a `view` has labels where they are asked for; no other format ever has.
        """
        from cli.render import render_rows

        if view is not None and self.format == "table" and self.labels:
            from cli.labels import labelled

            rows, columns = labelled(view, rows, list(columns), self.labels)

        document = {
            "schema": schema,
            "asked": {name: value for name, value in asked.items() if value is not None},
            "ledger": {"position": position},
            "rows": rows,
            "warnings": list(warnings),
        }
        self.write(render_rows(self.format, document, list(columns), self.folder.timezone))

    def write(self, text: str) -> None:
        """To standard output, or to the file of `-o` with mode 0600; on a terminal by a pager."""
        if self.output is not None or self.format != "table":
            self.write_lines([text])
            return
        if sys.stdout.isatty():
            (text,) = _shown([text])
        coloured = self._coloured(text)
        if not self._paged(text, coloured):
            click.echo(coloured, nl=False, color=True)

    def _coloured(self, text: str) -> str:
        """A text for people, in colours where they are wanted."""
        choice = self._options.get("color")
        if choice != "always" and not sys.stdout.isatty():
            return text
        from cli.render.colour import coloured, wanted

        return coloured(text) if wanted(choice, self.world.environment, sys.stdout) else text

    def _paged(self, text: str, coloured: str) -> bool:
        """Whether a pager showed it: people read it on a terminal, and it is longer than that."""
        if self._options.get("no_pager") or not sys.stdout.isatty():
            return False
        from cli.render.pager import paged

        sys.stdout.flush()
        return paged(text, coloured, sys.stdout.fileno(), self.world.environment)

    def write_lines(self, lines: Iterable[str]) -> None:
        """Like `write`, for answers that may be larger than memory."""
        if self.output is None or self.output == "-":
            for line in _shown(lines) if sys.stdout.isatty() else lines:
                click.echo(line, nl=False, color=True)  # a program gets what is stored, to the byte
            return
        from cli.files import write_private

        write_private(self.world.at(self.output), lines)

    def progress(self, label: str) -> Any:
        """A progress callback, only where somebody watches a terminal."""
        if self.quiet or not sys.stderr.isatty():
            return None

        from cli.progress import progress

        return progress(label)


def _shown(lines: Iterable[str]) -> Iterator[str]:
    """Lines meant for a program, with nothing in them that a terminal would obey."""
    from cli.render.text import visible

    return (visible(line.replace("\r\n", "\n")) for line in lines)
