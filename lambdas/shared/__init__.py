"""What more than one handler uses: the schema, the chunk, the ledgers, and the clients' helpers."""
