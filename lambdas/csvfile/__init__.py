"""A CSV file by a schema, without any service: decode, read, header, columns, validate."""
