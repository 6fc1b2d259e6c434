"""`python -m cli`, which the script `rowrelay` in the environment runs."""

from .app import main

main()
