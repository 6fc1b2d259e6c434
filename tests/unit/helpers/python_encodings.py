"""The encodings that Python has, by their modules' names."""

import encodings
import pkgutil

ALL = sorted(module.name for module in pkgutil.iter_modules(encodings.__path__))
