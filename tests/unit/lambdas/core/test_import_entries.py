from lambdas.core.import_entries import IMPORT_PART, MAIL_COUNTERS, MAIL_PARTS, chunk_part, mail_part


def test_chunks_sort_by_number() -> None:
    assert chunk_part(1) == "chunk#00000001"
    assert sorted(map(chunk_part, (10, 9, 100))) == list(map(chunk_part, (9, 10, 100)))


def test_a_part_sorts_by_its_kind_and_mails_come_last() -> None:
    parts = [chunk_part(99_999_999), IMPORT_PART, MAIL_PARTS, mail_part(0), mail_part(MAIL_COUNTERS - 1)]
    assert parts == sorted(parts)
