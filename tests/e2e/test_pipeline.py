"""Real files through the whole program: records, mails, reports and books."""

import csv
import gzip
import io
import json
from typing import Any

import pytest

from components.defaults import MAIL_ROUND_TIMEOUT
from lambdas.core.mail_entries import owed_lists
from operations.imports import Import

from .pipeline import HEADER, Pipeline, until

pytestmark = pytest.mark.e2e

csv.field_size_limit(10_000_000)  # some rejects are as large as that


def rejects(pipeline: Pipeline, one: Import) -> list[dict[str, str]]:
    text = pipeline.report(one, "rejects").decode("utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def person(name: str) -> bytes:
    return f"{name}@example.com,{name.title()},,,,\n".encode()


def test_every_row_ends_somewhere_and_the_books_balance(pipeline: Pipeline) -> None:
    file = HEADER + person("ada") + b"no address,Bob,,,,\n" + person("ada") + person("cleo")

    one = pipeline.run_one(file)

    books = one.books
    assert (one.status, books.read, books.accepted, books.rejected) == ("done", 4, 3, 1)
    assert (books.created, books.duplicates, books.failed) == (2, 1, 0)
    assert (books.mailed, books.undeliverable, books.held) == (2, 0, 0)
    record = pipeline.records()["ada@example.com"]
    assert (record["first_name"], record["import_id"], record["import_line"]) == ("Ada", one.id, 2)
    assert len(pipeline.mails_to("ada@example.com")) == 1
    [reject] = rejects(pipeline, one)
    assert (reject["email"], reject["_line"]) == ("no address", "3")
    assert "expected an e-mail address" in reject["_reason"]
    summary = json.loads(pipeline.report(one, "summary"))
    assert (summary["import"], summary["read"], summary["rejected"]) == (one.id, 4, 1)


def test_the_same_file_again_creates_nothing_and_mails_nobody(pipeline: Pipeline) -> None:
    file = HEADER + b"".join(person(f"again{n}") for n in range(250))
    first = pipeline.run_one(file)
    before = pipeline.records()
    sent = len(pipeline.mails())

    second = pipeline.run_one(file)

    assert (first.books.created, first.books.mailed) == (250, 250)
    assert (second.books.created, second.books.duplicates, second.books.mailed) == (0, 250, 0)
    assert pipeline.records() == before
    assert len(pipeline.mails()) == sent


def test_a_corrected_rejects_report_is_a_file_to_upload(pipeline: Pipeline) -> None:
    bad = pipeline.run_one(HEADER + b"dora at example.com,Dora,,,,\n" + b"emil@example.com,,,,,\n")
    report = pipeline.report(bad, "rejects")
    corrected = report.replace(b" at ", b"@").replace(b"emil@example.com,,", b"emil@example.com,Emil,")

    good = pipeline.run_one(corrected)

    assert (good.books.created, good.books.rejected, good.balanced) == (2, 0, True)
    assert json.loads(pipeline.report(good, "summary"))["unknown_columns"] == []


def test_values_are_safe_where_they_are_rendered(pipeline: Pipeline) -> None:
    name = '"<script>alert(1)</script>&\nBcc: x@example.com{{email}}"'
    pipeline.run_one(HEADER + f"evil@example.com,{name},,,,\n".encode())

    [mail] = pipeline.mails_to("evil@example.com")

    assert "<script>" not in mail["BodyHtml"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in mail["BodyHtml"]
    assert "<script>alert(1)</script>&\nBcc" in mail["BodyText"]
    assert "\n" not in mail["Subject"]


ONE_ROW = "email;first_name\nuser{n}@example.com;Zoë\n"
READABLE = {
    "semicolon.csv": (ONE_ROW.format(n=1).encode(), 1, []),
    "tab.csv": (ONE_ROW.replace(";", "\t").format(n=2).encode(), 1, []),
    "pipe.csv": (ONE_ROW.replace(";", "|").format(n=3).encode(), 1, []),
    "bom.csv": (ONE_ROW.format(n=4).encode("utf-8-sig"), 1, []),
    "utf16.csv": (ONE_ROW.format(n=5).encode("utf-16"), 1, []),
    "cr.csv": (ONE_ROW.format(n=6).replace("\n", "\r").encode(), 1, []),
    "crlf and blanks.CSV": (("\r\n" + ONE_ROW.replace("\n", "\r\n\r\n").format(n=7)).encode(), 1, []),
    "members.csv.gz": (
        gzip.compress(ONE_ROW.format(n=8).encode()) + gzip.compress(b"user9@example.com;Nina\n"),
        2,
        [],
    ),
    "truncated.csv.gz": (gzip.compress(ONE_ROW.format(n=10).encode())[:-8], 1, [3]),
    "order.csv": (b" First_Name ,color, EMAIL\nBob,red, User11@Example.com \n", 1, []),
    "quotes.csv": (b'email,first_name\nuser12@example.com,"Ann ""x"",\nB"\n', 1, []),
    "stray.csv": (b'email,first_name\nuser13@example.com,5" Ann\n', 1, []),
    "latin1.csv": (b"email,first_name\nuser14@example.com,Zo\xeb\nuser15@example.com,Bo\n", 1, [2]),
    "nul.csv": (b"email,first_name\nuser16@example.com,Bo\0\nuser17@example.com,Bo\n", 1, [2]),
    "width.csv": (b"email,first_name\na,b,c\nuser18@example.com\nuser19@example.com,Bo\n", 1, [2, 3]),
    "open.csv": (b'email,first_name\nuser20@example.com,Bo\nx@example.com,"Al\nb,c\n', 1, [3]),
    "large.csv": (
        b"email,first_name,color\nuser21@example.com,Bo," + b"x" * 500_000 + b"\nuser22@example.com,Al,red\n",
        2,
        [],
    ),
    "too large.csv": (
        b"email,first_name\nuser23@example.com," + b"x" * 500_000 + b"\nuser24@example.com,Al\n",
        1,
        [2],
    ),
    "endless line.csv": (b"email,first_name\n" + b"x" * 3_000_000 + b"\nuser25@example.com,Al\n", 1, [2]),
    "плюс+процент%20 & пробел.csv": (ONE_ROW.format(n=26).encode(), 1, []),
    "header only.csv": (HEADER, 0, []),
}


def test_files_of_every_kind(pipeline: Pipeline) -> None:
    imports = pipeline.run({name: data for name, (data, _, _) in READABLE.items()})

    for name, (_, created, lines) in READABLE.items():
        one = imports[name]
        assert (name, one.status, one.books.created, one.books.mailed) == (name, "done", created, created)
        assert one.balanced, name
        found = [int(reject["_line"]) for reject in rejects(pipeline, one)] if one.rejects else []
        assert (name, found) == (name, lines)
    assert pipeline.records()["user5@example.com"]["first_name"] == "Zoë"
    assert pipeline.records()["user11@example.com"]["first_name"] == "Bob"
    assert pipeline.records()["user12@example.com"]["first_name"] == 'Ann "x",\nB'


UNREADABLE = {
    "empty.csv": (b"", "the file is empty"),
    "no header.csv": (b"ada@example.com,Ada\n", "lacks the columns email"),
    "twice.csv": (b"email,Email ,first_name\n", "names a column twice"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "no CSV"),
    "plain.csv.gz": (HEADER, "not"),
    "workbook.xlsx": (b"PK\x03\x04", "expected a name that ends in"),
    "people.txt": (b"email,first_name\n", "expected a name that ends in"),
}


def test_files_that_cannot_be_imported_say_why(pipeline: Pipeline) -> None:
    imports = pipeline.run({name: data for name, (data, _) in UNREADABLE.items()})

    for name, (_, reason) in UNREADABLE.items():
        one = imports[name]
        assert (name, one.status, one.books.read) == (name, "rejected", 0)
        assert reason in (one.reason or ""), name
        assert json.loads(pipeline.report(one, "summary"))["reason"] == one.reason


def test_a_poison_message_stays_alone(pipeline: Pipeline) -> None:
    sqs = pipeline.deployment.client("sqs")
    good = {"v": 1, "import": "by hand", "chunk": 1, "rows": [[2, {"email": "hand@example.com"}]]}
    sqs.send_message(QueueUrl=pipeline.outputs["queue_url"], MessageBody="{poison")
    sqs.send_message(QueueUrl=pipeline.outputs["queue_url"], MessageBody=json.dumps(good))

    until(lambda: "hand@example.com" in pipeline.records())
    until(lambda: bool(pipeline.messages("dead_letter_queue_url")))

    [message] = pipeline.messages("dead_letter_queue_url")
    assert message["Body"] == "{poison"
    assert "expected a chunk" in message["MessageAttributes"]["reason"]["StringValue"]


def test_a_row_that_dynamodb_refuses_is_dead_lettered_alone(pipeline: Pipeline) -> None:
    rows = [[2, {"email": "beside@example.com"}], [3, {"email": ""}], [4, {"name": "nobody"}]]
    chunk = {"v": 1, "import": "refused", "chunk": 1, "rows": rows}
    before = len(pipeline.messages("dead_letter_queue_url"))
    queue = pipeline.outputs["queue_url"]
    pipeline.deployment.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(chunk))

    until(lambda: len(pipeline.messages("dead_letter_queue_url")) == before + 2)

    messages = [
        json.loads(m["Body"]) for m in pipeline.messages("dead_letter_queue_url") if '"refused"' in m["Body"]
    ]
    assert sorted(message["rows"][0][0] for message in messages) == [3, 4]
    assert "beside@example.com" in pipeline.records()
    [entry] = [
        item
        for item in pipeline.items("import_ledger")
        if item["import_id"] == "refused" and "created" in item
    ]
    assert (entry["created"], entry["failed"]) == ({2}, {3, 4})


def test_a_record_without_an_address_waits_for_a_decision(pipeline: Pipeline) -> None:
    item = {"email": {"S": "nowhere"}, "import_id": {"S": "direct"}, "import_line": {"N": "7"}}
    dynamodb = pipeline.deployment.client("dynamodb")
    dynamodb.put_item(TableName=pipeline.outputs["table"], Item=item)

    until(lambda: any(i["import_id"] == "direct" for i in pipeline.items("import_ledger")))

    [counters] = [i for i in pipeline.items("import_ledger") if i["import_id"] == "direct"]
    assert counters["undeliverable"] == 1
    [entry] = pipeline.set_apart("direct")
    assert (entry["line"], entry["record_key"]) == (7, {"email": "nowhere"})
    assert entry["reason"] == "the record's email is no e-mail address"
    assert "columns" not in entry
    assert not pipeline.messages("notifier_failure_queue_url")


def test_a_mail_that_another_is_sending_is_looked_at_again(pipeline: Pipeline) -> None:
    mail_id = pipeline.put_claimed_record("busy@example.com")

    def entry() -> dict[str, Any]:
        [found] = [item for item in pipeline.items("mail_ledger") if item["mail_id"] == mail_id]
        return found

    until(lambda: "due" in entry())

    found = entry()
    assert (found["state"], found["claim"]) == ("claimed", "another")
    assert found["outbox"] in owed_lists(None)
    # Not before the longest that its holder may run.
    assert found["due"] - found["changed_at"] > MAIL_ROUND_TIMEOUT
    pipeline.round()
    assert "due" in entry()
    assert pipeline.mails_to("busy@example.com") == []
