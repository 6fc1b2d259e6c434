"""What a file is that is no CSV, told by its first bytes: what it is, and what to do.

No beginning of a CSV is any of these: each signature is required whole, with the bytes of it that no text
has, or with what follows it in that format (https://www.iana.org/assignments/media-types, PRONOM).
"""

import codecs
import re

FIRST_BYTES = 4096  # so many are enough
GZIP_MARK = b"\x1f\x8b"

_UNPACK = "unpack it and upload the CSV in it"
_SAVE = "save the sheet as CSV in UTF-8 and upload that"
_EXPORT = "export the table as CSV and upload that"
_RESAVE = "save it as CSV in UTF-8"

_STRING = rb'"(?:[^"\\\r\n]|\\.)*+"'
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (rb"\xff\xfe\0\0|\0\0\xfe\xff", "text in UTF-32", _RESAVE),
    (rb"(?:[^\0]\0){4}|(?:\0[^\0]){4}", "text in UTF-16 without its byte order mark", _RESAVE),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook of the old kind (.xls) or its like", _SAVE),
    (rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", "a bzip2 file", _UNPACK),
    (rb"\xfd7zXZ\0", "an xz file", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a zstd file", _UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (rb"Rar!\x1a\x07", "a rar archive", _UNPACK),
    (rb".{257}ustar(?:\x0000|  \0)", "a tar archive", _UNPACK),
    (rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a.{0,6}?[\0-\x08]|RIFF.{4}WEBPVP8", "an image", _EXPORT),
    (rb"BM.{4}\0{4}|II\*\0|MM\0\*|\0{3}.ftyp(?:hei[cx]|mif1|avif)", "an image", _EXPORT),
    (rb"PAR1\x15", "a Parquet file", _EXPORT),
    (rb"SQLite format 3\0", "an SQLite database", _EXPORT),
)
# A page may begin with blanks and comments; `<table>,` is the name of a column.
_HTML = (
    rb'(?i:<!doctype\s+html\b|<(?:html|head|body|table|meta|title|script|style|div)\b[^<>]*+>(?!"?[,;|\t]))'
)
_TEXT_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (rb"%PDF-\d\.\d", "a PDF", _EXPORT),
    (rb"\{\\rtf\d", "an RTF document", _EXPORT),
    (rb"(?:<\?xml[^<>]*+>)?(?:\s|<!--.*?-->)*+%b" % _HTML, "an HTML page", _EXPORT),
    (rb"<\?xml\s|<[A-Za-z][\w:.-]*+>\s*+<[A-Za-z]|<[A-Za-z][\w:.-]*+\s+xmlns\b", "an XML document", _EXPORT),
    (
        rb"\[\s*+-?\d[\d.]*+\s*+[,\]]|(?:\[\s*+)?\{\s*+%b\s*+:|\[\s*+(?:\[\s*+)?%b\s*+[,\]]"
        % (_STRING, _STRING),
        "JSON",
        _EXPORT,
    ),
)
_MEMBER = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)  # of a zip archive; then its name, this long
_OFFICE_MEMBERS = re.compile(rb"\[Content_Types\]\.xml|_rels/\.rels|docProps/.*")
_TEXT_MEMBERS = re.compile(rb"(?:word|ppt)/.*\.(?:xml|rels)")
_SHEET_MEMBERS = re.compile(rb"xl/.*\.(?:xml|rels|bin)|Index/.*\.iwa")


def no_csv(head: bytes, *, unpacked: bool) -> str | None:
    """Returns why a file is no CSV, and what to do; None if its first bytes do not tell.

    Args:
        head: Its first bytes: FIRST_BYTES, unless it has fewer.
        unpacked: Whether they are what was in gzip.
    """
    found = _zip(head) or _gzip(head, unpacked=unpacked) or _first(_SIGNATURES, head)
    found = found or _first(_TEXT_SIGNATURES, _text(head))
    if not found:
        return None
    what, do = found
    return f"{what}{' in gzip' * unpacked}, no CSV: {do}"


def _first(signatures: tuple[tuple[bytes, str, str], ...], head: bytes) -> tuple[str, str] | None:
    matching = ((what, do) for mark, what, do in signatures if re.match(mark, head, re.DOTALL))
    return next(matching, None)


def _text(head: bytes) -> bytes:
    """The text's bytes as ASCII has them, without a byte order mark and blanks ahead."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return head.removeprefix(codecs.BOM_UTF8).lstrip()


def _gzip(head: bytes, *, unpacked: bool) -> tuple[str, str] | None:
    if not head.startswith(GZIP_MARK + b"\x08"):
        return None
    return "a gzip file", "compress the CSV once only" if unpacked else "rename it to NAME.csv.gz"


def _zip(head: bytes) -> tuple[str, str] | None:
    if not re.match(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", head):
        return None
    names = [head[m.end() : m.end() + int.from_bytes(m[1], "little")] for m in _MEMBER.finditer(head)]
    if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head:
        return "an OpenDocument spreadsheet (.ods)", _SAVE
    if any(map(_SHEET_MEMBERS.fullmatch, names)):
        return "an Excel or Numbers workbook", _SAVE
    if any(map(_TEXT_MEMBERS.fullmatch, names)) or b"mimetypeapplication/vnd.oasis.opendocument" in head:
        return "an office document, such as of Word", _EXPORT
    if any(map(_OFFICE_MEMBERS.fullmatch, names)):
        return "an office document, such as an Excel workbook (.xlsx)", _SAVE
    return "a zip archive", _UNPACK
