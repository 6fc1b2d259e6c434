"""Column names that a schema may not use: what is added to a record, and to the rejects report."""

# A record's import, its line in the file, and when it was written.
RECORD_IMPORT_ID, RECORD_IMPORT_LINE, RECORD_CREATED_AT = "import_id", "import_line", "created_at"
RECORD_COLUMNS = (RECORD_IMPORT_ID, RECORD_IMPORT_LINE, RECORD_CREATED_AT)
# A rejected row's line in the file, and why it was rejected; the report's last two columns.
REJECT_LINE, REJECT_REASON = "_line", "_reason"
REPORT_COLUMNS = (REJECT_LINE, REJECT_REASON)
RESERVED = frozenset({*RECORD_COLUMNS, *REPORT_COLUMNS})
