"""The command `rowrelay`."""
