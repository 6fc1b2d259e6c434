"""The command's entry: `python -m cli`, and what the script `rowrelay` runs."""

import sys

# What the extra `cli` brings: pip install 'rowrelay[cli]'.
_EXTRA = ("boto3", "botocore", "rich", "typer")


def main() -> None:
    """Run the command, or say what it lacks."""
    try:
        from .app import main as run
    except ModuleNotFoundError as missing:
        if missing.name not in _EXTRA:
            raise
        print(
            f"rowrelay: the command needs the extra `cli` ({missing.name} is not installed). "
            "Install it: pip install 'rowrelay[cli]'",
            file=sys.stderr,
        )
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
