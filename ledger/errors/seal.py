"""The seal."""

from __future__ import annotations

from ledger.errors import Refused, VigilError


class NoteMalformed(VigilError):
    """A signed note, checkpoint or proof is not in its C2SP format."""

    code, exit = "E6001", 13
    message = "this is not a signed note: {why}"
    hint = "check whether the file is complete and has not been edited"


class KeyMalformed(VigilError):
    """A verifier key or a private key is not one."""

    code, exit = "E6002", 12
    message = "{text} is not a key: {why}"
    hint = "a verifier key is one line: name+8 hex digits+base64"


class RolledBack(VigilError):
    """The log has fewer facts than a checkpoint sealed: an older copy took its place."""

    code, exit = "E6003", 13
    message = "the ledger has {found} facts, and {sealed} were sealed"
    hint = "an older copy took its place; keep it aside, restore the newest one, then vigil verify"


class LogContradicted(VigilError):
    """What is stored is not what was sealed."""

    code, exit = "E6004", 13
    message = "the log is not the one that was sealed: {why}"
    hint = "write nothing more; vigil verify names the facts that differ"


class KeyMissing(VigilError):
    """The key that signs checkpoints is missing, or is another log's."""

    code, exit = "E6005", 12
    message = "{file} cannot sign: {why}"
    hint = "restore it from where it was kept; without it no new checkpoint continues the old ones"


class NotSealed(Refused):
    """A proof needs a checkpoint that covers the fact."""

    code = "E6006"
    message = "{fact} is not in a checkpoint"
    hint = "check the name (vigil log), or seal the log first: vigil checkpoint"


class WitnessRefused(VigilError):
    """A witness does not vouch for a log that contradicts what it has seen."""

    code, exit = "E6007", 13
    message = "no cosignature for {origin}: {why}"
    hint = "compare the notes that both sides kept; ask from the size that the witness saw last"
