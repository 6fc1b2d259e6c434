"""Column names that a schema may not use: what is added to a record, and to the rejects report."""

# A record's import, its line in the file, and when it was written.
RECORD_IMPORT_ID, RECORD_IMPORT_LINE, RECORD_CREATED_AT = "import_id", "import_line", "created_at"
RECORD_COLUMNS = (RECORD_IMPORT_ID, RECORD_IMPORT_LINE, RECORD_CREATED_AT)
# What the rejects report adds to the uploader's columns: a row's line in the file, why it was rejected, and
# the row as it was where it is not that of its cells.
REJECT_LINE, REJECT_REASON, REJECT_ROW = "_line", "_reason", "_row"
REPORT_COLUMNS = (REJECT_LINE, REJECT_REASON, REJECT_ROW)
RESERVED = frozenset({*RECORD_COLUMNS, *REPORT_COLUMNS})


def is_reserved(name: str) -> bool:
    """Whether a schema may not use the name, in any case and with blanks around it."""
    return name.strip().casefold() in RESERVED
