"""Files to import."""

from __future__ import annotations

from ledger.errors import Refused, VigilError


class LineBroken(Refused):
    """A line is not a JSON object: often half a line at the end of a file cut short."""

    code = "E4001"
    message = "this line is not a JSON object: {why}"
    hint = "check whether the file is complete; each line holds one object"


class DuplicateKeys(Refused):
    """A JSON object names one key twice; most readers silently take the last."""

    code = "E4002"
    message = "the key {name!r} occurs twice"
    hint = "keep one of them"


class NotUtf8(Refused):
    """The file is not UTF-8."""

    code = "E4003"
    message = "the file is not UTF-8 (byte {byte})"
    hint = (
        "save it as UTF-8 (a spreadsheet program calls it CSV UTF-8), or say in a map what it is: "
        'encoding = "windows-1256"; vigil inspect FILE guesses'
    )


class HeaderDuplicated(Refused):
    """Two columns of a table have one name."""

    code = "E4004"
    message = "the column {name!r} occurs twice"
    hint = "rename one of them"


class ColumnMissing(Refused):
    """The map reads a column that the file does not have."""

    code = "E4005"
    message = "the file has no column {name!r}, which the map reads"
    hint = "its columns: {columns}"


class RowWidth(Refused):
    """A row has more or fewer cells than the header."""

    code = "E4006"
    message = "the row has {cells} cells and the header {columns}"
    hint = "check the separators and quotes of this row"


class NoRule(Refused):
    """No rule of the map matches the row."""

    code = "E4007"
    message = "no rule of the map matches this row"
    hint = 'add a [[row]] whose `when` matches it, with wait = "..." if it has to wait'


class TwoRules(Refused):
    """Two rules of the map match one row."""

    code = "E4008"
    message = "the rules {first} and {second} of the map both match this row"
    hint = "make their `when` exclude each other"


class MapInvalid(VigilError):
    """The map is not TOML, or says something a map cannot say."""

    code, exit = "E4009", 2
    message = "{file}: {why}"
    hint = "docs/how-to/import-a-spreadsheet.md describes maps"


class FileKindUnknown(VigilError):
    """Import reads a file by its extension."""

    code, exit = "E4010", 2
    message = "{file} is neither .jsonl, .csv nor .xlsx"
    hint = "rename it, or save it as .xlsx in a spreadsheet program (.xls and .ods are not read)"


class MapMissing(VigilError):
    """A CSV whose columns are not the fields of facts needs a map."""

    code, exit = "E4011", 2
    message = "{file} has no {what} `fact`, so it needs a map"
    hint = "give --map MAP.toml; docs/how-to/import-a-spreadsheet.md shows how to write one"


class ValueNotInTable(Refused):
    """A table of the map has no entry for a cell's value."""

    code = "E4012"
    message = "the map's table {table!r} has no entry for {value!r}"
    hint = "add it to the map, or mend the cell"


class OccurredMissing(Refused):
    """In a file every fact says when it occurred; `now` would be the time of the import."""

    code = "E4013"
    message = "occurred is missing"
    hint = "give occurred: a file is read on another day than it tells of"


class ImportRefused(Refused):
    """At least one row was refused, so nothing of the file was written."""

    code = "E4014"
    message = "{rejected} of {rows} rows were refused; nothing was written"
    hint = "mend them (--rejects F writes them to a file), or take the good ones with --keep-going"


class FileTooLarge(Refused):
    """A line or cell is larger than any fact can be."""

    code = "E4015"
    message = "a line or record has more than {limit} characters"
    hint = "check the file; a quote that was never closed swallows the lines after it"


class QuoteNeverClosed(Refused):
    """A quoted cell has gone on over lines for longer than any fact can be: where it ends, and so
    which lines are rows, cannot be known.
    """

    code = "E4028"
    message = "a cell that begins here goes on for more than {limit} characters"
    hint = "close its quote, and import the file again: what follows was not read"


class CsvBroken(Refused):
    """A record's quotes or line ends are not those of CSV."""

    code = "E4016"
    message = "this record is not CSV: {why}"
    hint = (
        "a quote inside a quoted cell is doubled, and each quote that opens a cell closes it; "
        "lines end as on Windows or Unix"
    )


class NotInEncoding(Refused):
    """The file is not in the encoding that the map says."""

    code = "E4017"
    message = "the file is not in the encoding {encoding}: {why}"
    hint = "change `encoding` in the map; vigil inspect FILE guesses"


class CellBroken(Refused):
    """A cell of a workbook holds an error, or a formula of which no value was saved."""

    code = "E4018"
    message = "the cell {cell} holds {what}"
    hint = "mend the formula, or type the value; open and save the workbook so that it is computed"


class NotAWorkbook(VigilError):
    """A file that is called .xlsx and is something else, locked, or cut short."""

    code, exit = "E4019", 2
    message = "{file} is no .xlsx workbook that can be read: it seems to be {what}"
    hint = "{cure}"


class WorkbookTooLarge(VigilError):
    """A workbook that would fill the memory: often a few bytes that unpack to very many."""

    code, exit = "E4020", 2
    message = "{file} holds {what}"
    hint = "delete what does not belong to the table, or save the sheet as CSV"


class SheetUnclear(VigilError):
    """Several sheets of a workbook could be meant, and the map names none."""

    code, exit = "E4021", 2
    message = "{file} has several sheets with data: {sheets}"
    hint = 'say in the map which is meant: sheet = "{first}"'


class SheetMissing(VigilError):
    """The workbook has no such sheet, or none with data."""

    code, exit = "E4022", 2
    message = "{file} has no sheet {what}"
    hint = "its sheets: {sheets}"


class TwoTables(Refused):
    """A sheet goes on after a blank row or under a second header; it may be another table."""

    code = "E4023"
    message = "the sheet {sheet!r} goes on here after {what}: is it another table?"
    hint = 'say in the map which cells are the table, its header first: range = "{range}"'


class HeaderMissing(Refused):
    """None of the first rows of a sheet can be a header."""

    code = "E4024"
    message = "no row at the top of the sheet {sheet!r} looks like a header"
    hint = "{cure}"


class ColumnUnclear(Refused):
    """A column of the map could be one of several of the export, in different groups."""

    code = "E4025"
    message = "the column {name!r} of the map could be {columns}"
    hint = "write it in the map with its group, as in the export"


class SubmissionTwice(Refused):
    """One submission of a KoboToolbox export stands in it twice."""

    code = "E4026"
    message = "the submission {uuid} stands in row {first} and in row {second}"
    hint = "export again, or delete one of them"


class ParentMissing(Refused):
    """A row of a repeat names a submission that is not in the workbook."""

    code = "E4027"
    message = "no row of the sheet {sheet!r} has the _index {index!r}"
    hint = "export all sheets together, and delete no row of the submissions alone"
