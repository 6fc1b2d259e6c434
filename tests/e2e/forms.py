"""Forms as a browser sends them."""

from collections.abc import Mapping


def form(fields: Mapping[str, str], data: bytes) -> tuple[bytes, dict[str, str]]:
    """A form with a file of these bytes: its body, and its headers."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append('--x\r\nContent-Disposition: form-data; name="file"; filename="u.csv"\r\n\r\n')
    body = "".join(parts).encode() + data + b"\r\n--x--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=x"}
