"""What an operator asks of a stack and does to it, as typed functions; nothing in here prints."""
