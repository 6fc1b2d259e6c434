"""Inserting, writing and reading items, many a call, each with an outcome of its own."""
