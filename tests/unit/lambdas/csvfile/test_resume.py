"""A file that is read on from a bookmark gives what it gives in one go, wherever that bookmark was set."""

import codecs
import gzip
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.csvfile.csv_file import Bookmark, CsvFile, open_csv, reopen_csv
from lambdas.csvfile.validate import Parsed

from ...helpers.csv_files import TEXTS, awkward_texts, cut, cuts, delimiters, limits

Steps = list[tuple[Parsed, Bookmark | None]]
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
}


class Stored:
    """A file as S3 has it: readable from any byte on, in pieces of whatever size."""

    def __init__(self, data: bytes, at: Iterable[int] = (), name: str = "t.csv") -> None:
        self.name = name
        self.read_from: list[int] = []
        self._data = data
        self._at = list(at)

    def open_at(self, at: int) -> Iterable[bytes]:
        self.read_from.append(at)
        return cut(self._data[at:], self._at)

    def steps(self, bookmark: Bookmark | None = None) -> Steps:
        """What each block came to, and the bookmark behind it."""
        file = reopen_csv(self.name, self.open_at, TEXTS, bookmark) if bookmark else self._open()
        return list(_steps(file))

    def _open(self) -> CsvFile:
        return open_csv(self.name, self.open_at(0), TEXTS)


def _steps(file: CsvFile) -> Iterator[tuple[Parsed, Bookmark | None]]:
    for parsed in file:
        yield parsed, file.bookmark


def come_to(steps: Steps) -> tuple[list[str], list[object]]:
    """Accepted rows and rejects."""
    texts = [text for parsed, _ in steps for text in parsed.accepted]
    return texts, [reject for parsed, _ in steps for reject in parsed.rejects]


def check(stored: Stored) -> int:
    """Read on from every bookmark; gives how many there were."""
    whole = stored.steps()
    count = 0
    for n, (_, bookmark) in enumerate(whole, 1):
        if bookmark:
            count += 1
            assert come_to(stored.steps(bookmark)) == come_to(whole[n:])
    return count


@given(awkward_texts, delimiters, cuts, st.integers(4, 40), st.sampled_from(sorted(ENCODINGS)), st.booleans())
@example('x,y\n"a\r\nb",c\r\nd,e\nf,g\n', ",", [], 4, "utf-8 with mark", False)
def test_reading_on_gives_the_rest_wherever_it_stopped(
    text: str, delimiter: str, at: list[int], piece: int, encoding: str, gzipped: bool
) -> None:
    data = ENCODINGS[encoding](f"id{delimiter}a{delimiter}b\n{text}")
    with limits(piece=piece, row=60):
        check(Stored(gzip.compress(data) if gzipped else data, at, "t.csv.gz" if gzipped else "t.csv"))


@given(st.binary(max_size=200), st.integers(4, 40))
def test_reading_on_in_whatever_bytes(data: bytes, piece: int) -> None:
    with limits(piece=piece, row=60):
        check(Stored(b"id,a,b\n" + data))


ROWS = "id,a,b\n" + "".join(f'{n},"x\ny",café{n}\n' for n in range(3_000))


@pytest.mark.parametrize("piece", [1_000, 4_096])
@pytest.mark.parametrize("gzipped", [False, True])
def test_a_file_can_stop_after_almost_every_block(piece: int, gzipped: bool) -> None:
    data = gzip.compress(ROWS.encode()) if gzipped else ROWS.encode()
    with limits(piece=piece):
        stored = Stored(data, name="t.csv.gz" if gzipped else "t.csv")
        whole = stored.steps()
        assert check(stored) >= 0.9 * len(whole) > 5


def test_reading_on_begins_further_on_than_the_bookmark_that_it_began_at() -> None:
    with limits(piece=1_000):
        stored = Stored(ROWS.encode())
        bookmark, met = stored.steps()[0][1], 0
        while bookmark:  # as the slowest would: a block each
            before = bookmark.place
            bookmark = next((step[1] for step in stored.steps(bookmark)), None)
            met += 1
            assert bookmark is None or bookmark.place.line > before.line
        assert met > 50


def test_plain_text_is_not_read_from_its_beginning_again() -> None:
    with limits(piece=1_000):
        stored = Stored(ROWS.encode())
        *_, (_, bookmark) = [step for step in stored.steps() if step[1]]
        assert bookmark
        stored.read_from.clear()
        stored.steps(bookmark)
    begins = [at for at in stored.read_from if at]
    assert len(ROWS.encode()) - begins[0] < 5_000
