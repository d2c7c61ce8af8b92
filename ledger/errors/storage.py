"""The ledger and its files."""

from __future__ import annotations

from ledger.errors import Refused, VigilError


class NoLedger(VigilError):
    """There is no `vigil.toml` in the folder named or in any folder above it."""

    code, exit = "E1001", 10
    message = "there is no ledger in {folder} or above it"
    hint = "make one with `vigil init`, or name one with --ledger DIR or VIGIL_LEDGER"
    example = "vigil status -L /tmp"


class LedgerNewer(VigilError):
    """The ledger was written by a newer program that may know facts this one does not."""

    code, exit = "E1002", 10
    message = "{file} has format {found}; this program knows up to {known}"
    hint = "install a newer vigil-ledger; this one has changed nothing"


class LedgerExists(Refused):
    """`init` and `demo` never write into a folder that already holds a ledger."""

    code = "E1003"
    message = "{folder} already holds a ledger"
    hint = "choose another folder, or use this one: vigil status -L {typed}"
    example = "vigil init . && vigil init ."


class Busy(VigilError):
    """Another process held the writers' lock longer than the limit."""

    code, exit = "E1004", 11
    message = "another process has been writing to this ledger for over {seconds} s"
    hint = "try again when it is done; nothing was written (VIGIL_LOCK_SECONDS sets the limit)"


class LedgerReadOnly(VigilError):
    """The folder or the medium does not allow writing."""

    code = "E1005"
    message = "{file} cannot be written: {why}"
    hint = (
        "make its folder, mount the medium for writing or copy the ledger; reading works as it is"
    )


class DiskFull(VigilError):
    """The disk filled up while writing. Nothing is half-written; a last fact may have been kept."""

    code = "E1006"
    message = "there is no room left on the disk that holds {file}"
    hint = "free some room, look whether it was kept (vigil log), and if not say it again"


class LedgerDamaged(VigilError):
    """A stored fact or the database itself cannot be read."""

    code, exit = "E1007", 13
    message = "{file} is damaged: {why}"
    hint = "stop writing, keep the folder as it is, and restore the newest backup beside it"


class PackageMissing(VigilError):
    """An optional package that this command needs is not installed."""

    code, exit = "E1008", 8
    message = "this needs the package {package}"
    hint = "install it: pip install 'vigil-ledger[{extra}]'"


class ConfigUnreadable(VigilError):
    """`vigil.toml` is not TOML, or a setting in it has a value it cannot have."""

    code, exit = "E1009", 10
    message = "{file}: {why}"
    hint = "mend the file; docs/reference/commands.md lists its settings"


class FileUnreadable(VigilError):
    """A file named on the command line cannot be opened."""

    code, exit = "E1010", 2
    message = "{file} cannot be read: {why}"
    hint = "check the name and the permissions"
    example = "vigil import nowhere.csv"


class FileExists(VigilError):
    """A command that makes a file never replaces one."""

    code, exit = "E1011", 2
    message = "{file} already exists"
    hint = "name another file, or move this one away first"


class NotAVigilFile(VigilError):
    """The file is an SQLite database or something else, but not what its name says."""

    code, exit = "E1012", 10
    message = "{file} is not a Vigil {what}: {why}"
    hint = "check the name; nothing was changed"


class SheetTooLarge(Refused):
    """A sheet of a workbook has 1,048,576 rows, and a cell 32,767 characters (UTF-16 units)."""

    code = "E1013"
    message = "a workbook cannot hold {sheet}: {what}"
    hint = "write CSV instead: -o FOLDER"


class FileOfLedger(VigilError):
    """An answer would take the place of a ledger's own file, or of one that is read."""

    code, exit = "E1014", 2
    message = "{file} is {what}; nothing was written"
    hint = "name another file"
    example = "vigil log -o ledger.db"
