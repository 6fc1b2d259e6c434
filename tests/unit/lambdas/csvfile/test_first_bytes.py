"""What is no CSV is told by its first bytes, and no CSV is taken for it."""

import bz2
import codecs
import gzip
import io
import lzma
import sqlite3
import tarfile
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.first_bytes import FIRST_BYTES, no_csv
from lambdas.csvfile.header import ImportRejectedError

from ...helpers.csv_files import parse

CSV = b"email,first_name\nada@example.com,Ada\n"
PAGE = "<!DOCTYPE html>\n<html lang=en><head><title>Sign in</title></head></html>"


def zipped(*names: str, content: bytes = b"x" * 50) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


def opendocument(kind: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<office/>")
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("people.csv")
        member.size = len(CSV)
        archive.addfile(member, io.BytesIO(CSV))
    return file.getvalue()


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table people (email)")
    return connection.serialize()


KINDS = {
    "zip": (zipped("people.csv", "xl/people.csv"), "a zip archive"),
    "empty zip": (zipped(), "a zip archive"),
    "xlsx": (zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), "an Excel or Numbers workbook"),
    "xlsx by another writer": (zipped("xl/worksheets/sheet1.xml", content=CSV), "an Excel"),
    "xlsx with much ahead": (zipped("[Content_Types].xml"), "an office document, such as an Excel workbook"),
    "numbers": (zipped("Index/Document.iwa"), "an Excel or Numbers workbook"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), "an office document, such as of Word"),
    "ods": (opendocument("spreadsheet"), "an OpenDocument spreadsheet (.ods)"),
    "odt": (opendocument("text"), "an office document, such as of Word"),
    "xls": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(24), "an Excel workbook of the old kind (.xls)"),
    "gzip": (gzip.compress(CSV), "a gzip file"),
    "bzip2": (bz2.compress(CSV), "a bzip2 file"),
    "empty bzip2": (bz2.compress(b""), "a bzip2 file"),
    "xz": (lzma.compress(CSV), "an xz file"),
    "zstd": (bytes.fromhex("28b52ffd2004"), "a zstd file"),
    "7z": (bytes.fromhex("377abcaf271c0004"), "a 7z archive"),
    "rar": (b"Rar!\x1a\x07\x01\0", "a rar archive"),
    "tar": (tarred(), "a tar archive"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
    "rtf": (b"{\\rtf1\\ansi email", "an RTF document"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "an image"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
    "gif": (b"GIF89a\x01\0\x01\0\x80\0\0", "an image"),
    "webp": (b"RIFF\x24\0\0\0WEBPVP8 ", "an image"),
    "bmp": (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "an image"),
    "tiff": (b"II*\0\x08\0\0\0", "an image"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0", "an image"),
    "parquet": (b"PAR1\x15\x04\x15", "a Parquet file"),
    "sqlite": (database(), "an SQLite database"),
    "html": (PAGE.encode(), "an HTML page"),
    "html behind a mark, blanks and comments": (
        codecs.BOM_UTF8 + b"\r\n <!-- a --> \n<!-- <b>, c\n-->\n<HTML>\n",
        "an HTML page",
    ),
    "html in utf-16": (PAGE.encode("utf-16"), "an HTML page"),
    "xhtml": (b'<?xml version="1.0"?>\n<html xmlns="x">', "an HTML page"),
    "a table saved as xls": (b"<table border='1'><tr><td>email</td>", "an HTML page"),
    "xml": (b"<?xml version='1.0'?>\n<people/>", "an XML document"),
    "json": (b'{"email": "ada@example.com"}\n', "JSON"),
    "json array": (codecs.BOM_UTF8 + b'[\n  {\n "email" : 1}]', "JSON"),
    "json rows": (b'[["email","first_name"],["a@b.co","A"]]', "JSON"),
    "json lines of arrays": (b'["email", "first_name"]\n', "JSON"),
    "utf-32-le": (codecs.BOM_UTF32_LE + CSV.decode().encode("utf-32-le"), "text in UTF-32"),
    "utf-32-be": (codecs.BOM_UTF32_BE + CSV.decode().encode("utf-32-be"), "text in UTF-32"),
    "utf-16-le": (CSV.decode().encode("utf-16-le"), "text in UTF-16 without its byte order mark"),
    "utf-16-be": (CSV.decode().encode("utf-16-be"), "text in UTF-16 without its byte order mark"),
}


@pytest.mark.parametrize(("data", "what"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("name", ["people.csv", "people.CSV.GZ", "people.zip", "people"])
def test_what_is_no_csv_is_named_whatever_its_name(data: bytes, what: str, name: str) -> None:
    if what == "a gzip file" and name.endswith("GZ"):
        assert len(parse(data, name=name).accepted) == 1
        return
    with pytest.raises(ImportRejectedError) as rejected:
        parse(data, name=name)
    assert str(rejected.value).startswith(what)
    assert ", no CSV: " in str(rejected.value)


@pytest.mark.parametrize(("data", "what"), KINDS.values(), ids=KINDS)
def test_what_is_no_csv_is_named_in_gzip_too(data: bytes, what: str) -> None:
    with pytest.raises(ImportRejectedError) as rejected:
        parse(gzip.compress(data), name="people.csv.gz")
    assert str(rejected.value).startswith(what)
    assert " in gzip, no CSV: " in str(rejected.value)


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        ("zip", "unpack it and upload the CSV in it"),
        ("xlsx", "save the sheet as CSV in UTF-8"),
        ("gzip", "rename it to NAME.csv.gz"),
        ("pdf", "export the table as CSV"),
    ],
)
def test_it_says_what_to_do(data: str, advice: str) -> None:
    assert advice in (no_csv(KINDS[data][0], unpacked=False) or "")


@pytest.mark.parametrize(
    "header",
    [
        "PK,id", "PK\x03,id", "BZh91,id", "BM,id", "BMxxxx0000,id", "II*,id", "MM,id", "PAR1,id", "Rar!,id",
        "GIF89a,id,name,more", "RIFFsizeWEBP,id", "SQLite format 3,id", "%PDF,id", "%PDF-,id", "7z,id",
        "<email>,<name>", "<html>,<body>", "<table>;<row>", '<html>","x"', "<htmlx>", "<!-- comment\nemail",
        "<!-- note -->\nemail,name", "<?php,id", "<,id", "{,id", "{email},{name}", "{id:int},name",
        '{"id"},name', "[email],[name]", "[[email]],name", '["id],name', "{}", "[]", "{\\rtf,id",
        "email" + "\0,x" * 20, "a\0b\0", "x" * 257 + "ustar  ,id", "\x1f,id", "",
        "\ufeff\ufeffemail,id", "ФИО,почта", "電子郵件,名前", "ÿØÿ,id", "ÐÏ\x11à", "\xfd7zXZ,id", "(µ/ý,id",
    ],
)  # fmt: skip
def test_no_header_of_a_csv_is_taken_for_another_kind(header: str) -> None:
    for mark in (b"", codecs.BOM_UTF8):
        assert no_csv(mark + f"{header}\n1,2\n".encode(), unpacked=False) is None
    assert no_csv(header.encode("utf-16"), unpacked=True) is None


@given(st.text(st.characters(codec="utf-8", exclude_characters='\0"<'), max_size=60))
def test_text_without_tags_or_quotes_is_never_another_kind(text: str) -> None:
    kind = no_csv(text.encode(), unpacked=False)
    assert kind is None or text.lstrip("\ufeff").lstrip().startswith(("%PDF-", "{\\rtf"))


@given(st.binary(max_size=300), st.sampled_from([data for data, _ in KINDS.values()]), st.integers(1, 40))
def test_whatever_the_bytes_an_answer_comes(data: bytes, start: bytes, kept: int) -> None:
    answer = no_csv(start[:kept] + data, unpacked=True)
    assert answer is None or ", no CSV: " in answer


@pytest.mark.parametrize(
    "part", [b"<!--", b" ", b'{"', b"[", b'"\\', b"<html ", b"PK\x03\x04", b"\n\t", b"<!---->"]
)
@pytest.mark.parametrize("start", [b"", b"[", b'{"', b"<table ", b"PK\x03\x04", b"<!--"])
def test_no_beginning_takes_long_to_look_at(start: bytes, part: bytes) -> None:
    started = time.process_time()
    no_csv((start + part * FIRST_BYTES)[:FIRST_BYTES], unpacked=False)
    assert time.process_time() - started < 0.1
