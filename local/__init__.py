"""The embedded AWS: a local emulator, and this repository's program deployed into it."""
