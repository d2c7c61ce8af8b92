"""The command line."""

from __future__ import annotations

from ledger.errors import Refused, VigilError


class Usage(VigilError):
    """The command line cannot be understood."""

    code, exit = "E5001", 2
    message = "{what}"
    hint = "{cure}"
    example = "vigil query populations"


class OptionNotForView(VigilError):
    """An option that the view has no use for; ignoring it would give a wrong answer."""

    code, exit = "E5002", 2
    message = "{option} means nothing for {view}"
    hint = "{view} takes {options}"


class PositionUnknown(VigilError):
    """There is no such position in the log."""

    code, exit = "E5003", 2
    message = "the ledger has positions 0 to {last}, not {position}"
    hint = "vigil log lists them"


class FactReferenceMalformed(VigilError):
    """A fact is named by its thing and its number."""

    code, exit = "E5004", 2
    message = "{text!r} does not name a fact"
    hint = "write ID/n, such as INC-H1-42T/3; vigil show ID lists the facts"


class FactReferenceAmbiguous(VigilError):
    """The number may be left off only when the thing has one fact."""

    code, exit = "E5005", 2
    message = "{id} has {count} facts; which one?"
    hint = "vigil show {id} lists them; write {id}/1"


class BatchUnknown(VigilError):
    """No fact of the ledger came with such an import."""

    code, exit = "E5008", 2
    message = "there is no batch {batch!r}"
    hint = "the newest: {newest}"
    example = "vigil retract --batch IMP-1 --reason x"


class NothingToExplain(VigilError):
    """`explain` knows facts, fields, lists and codes."""

    code, exit = "E5006", 2
    message = "there is nothing called {subject!r} to explain"
    hint = "did you mean {nearest}? Facts are listed by vigil record --help"
    example = "vigil explain incident.claim"


class KnowledgeReversed(VigilError):
    """A difference goes from an earlier knowledge time to a later one."""

    code, exit = "E5007", 2
    message = "{later} is after {earlier}: nothing is learned backwards"
    hint = "name the earlier time first: vigil diff {typed}"
    example = "vigil diff 2013 2012"


class IdAmbiguous(VigilError):
    """More than one id begins with what was typed, and none is just that."""

    code, exit = "E5021", 2
    message = "{text!r} may be {ids}"
    hint = "type more of the id"
    example = "vigil show INC"


class InputNotUtf8(Refused):
    """A text that is read from standard input or from a form is not UTF-8."""

    code = "E5022"
    message = "what was read is not UTF-8 (byte {byte})"
    hint = "save the text as UTF-8, or convert it with iconv, and say it again"


class FormMalformed(VigilError):
    """A line of a form is neither a field, nor the text of one, nor a comment."""

    code, exit = "E5023", 2
    message = "line {line} of the form is neither a field nor part of one"
    hint = "write name: value, and begin the further lines of a text with a space"


class EditorFailed(VigilError):
    """The editor cannot be started, or ended with an error."""

    code, exit = "E5024", 2
    message = "the editor {editor!r} failed: {why}"
    hint = "set VISUAL or EDITOR to an editor that works; nothing was recorded"


class Interrupted(VigilError):
    """Somebody pressed Ctrl-C."""

    code, exit = "E5998", 130
    message = "interrupted; nothing half-done was kept"
    hint = "run it again; an import passes over what is recorded already"


class Unexpected(VigilError):
    """A fault of Vigil itself."""

    code, exit = "E5999", 1
    message = "something unexpected happened: {what}"
    hint = "nothing half-done was kept; run it again with --debug and report what it prints"
