"""Each minute, the books of the imports that are open: settled once they balance, and told of."""
