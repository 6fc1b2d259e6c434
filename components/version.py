"""The version of the package, the plugin and the command: the one place where it stands."""

VERSION = "0.1.0"
