"""The formats, each with one owner: schema, chunk, record, mail, the import ledger, the mail ledger."""
