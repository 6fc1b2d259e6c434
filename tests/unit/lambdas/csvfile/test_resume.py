"""A file that is read on from a bookmark gives what it gives in one go, wherever that bookmark was set."""

import codecs
import gzip
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.csvfile.csv_file import Bookmark, CsvFile, open_csv, reopen_csv
from lambdas.csvfile.options import DEFAULT_OPTIONS, ReadOptions
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

    def __init__(
        self,
        data: bytes,
        at: Iterable[int] = (),
        name: str = "t.csv",
        options: ReadOptions = DEFAULT_OPTIONS,
    ) -> None:
        self.name = name
        self.options = options
        self.read_from: list[int] = []
        self._data = data
        self._at = list(at)

    def open_at(self, at: int) -> Iterable[bytes]:
        self.read_from.append(at)
        return cut(self._data[at:], self._at)

    def steps(self, bookmark: Bookmark | None = None, rows_before: int = 0) -> Steps:
        """What each block came to, and the bookmark behind it."""
        options = self.options
        if not bookmark:
            return list(_steps(open_csv(self.name, self.open_at(0), TEXTS, options=options)))
        return list(
            _steps(
                reopen_csv(self.name, self.open_at, TEXTS, bookmark, options=options, rows_before=rows_before)
            )
        )


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
            rows_before = sum(len(texts) for texts in come_to(whole[:n]))
            assert come_to(stored.steps(bookmark, rows_before)) == come_to(whole[n:])
    return count


@given(awkward_texts, delimiters, cuts, st.integers(4, 40), st.sampled_from(sorted(ENCODINGS)), st.booleans())
@example('x,y\n"a\r\nb",c\r\nd,e\nf,g\n', ",", [], 4, "utf-8 with mark", False)
def test_reading_on_gives_the_rest_wherever_it_stopped(
    text: str, delimiter: str, at: list[int], piece: int, encoding: str, gzipped: bool
) -> None:
    data = ENCODINGS[encoding](f"id{delimiter}a{delimiter}b\n{text}")
    packed, name = (gzip.compress(data), "t.csv.gz") if gzipped else (data, "t.csv")
    with limits(piece=piece):
        check(Stored(packed, at, name, ReadOptions(max_row_bytes=60)))


@given(awkward_texts, st.integers(4, 40), st.integers(0, 12), st.integers(10, 200), st.booleans())
def test_reading_on_comes_to_the_same_limit(
    text: str, piece: int, rows: int, size: int, gzipped: bool
) -> None:
    data = f"id,a,b\n{text}".encode()
    packed, name = (gzip.compress(data), "t.csv.gz") if gzipped else (data, "t.csv")
    with limits(piece=piece):
        check(Stored(packed, [], name, ReadOptions(max_rows=rows, max_bytes=size)))


@given(st.binary(max_size=200), st.integers(4, 40))
def test_reading_on_in_whatever_bytes(data: bytes, piece: int) -> None:
    with limits(piece=piece):
        check(Stored(b"id,a,b\n" + data, options=ReadOptions(max_row_bytes=60)))


ROWS = "id,a,b\n" + "".join(f'{n},"x\ny",café{n}\n' for n in range(3_000))


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize(
    "options", [ReadOptions(max_rows=100), ReadOptions(max_bytes=1_500), ReadOptions(max_row_bytes=40)]
)
def test_every_limit_is_the_same_from_any_place(options: ReadOptions, gzipped: bool) -> None:
    rows = (f'{n},"x\ny",{"y" * (50 if n % 50 == 40 else 1)}\n' for n in range(200))
    data = "id,a,b\n" + "".join(rows)
    packed, name = (gzip.compress(data.encode()), "t.csv.gz") if gzipped else (data.encode(), "t.csv")
    with limits(piece=200):
        stored = Stored(packed, name=name, options=options)
        _, rejects = come_to(stored.steps())
        assert rejects
        assert check(stored) > 3


@pytest.mark.parametrize("piece", [1_000, 4_096])
@pytest.mark.parametrize("gzipped", [False, True])
def test_a_file_can_stop_after_almost_every_block(piece: int, gzipped: bool) -> None:
    data = gzip.compress(ROWS.encode()) if gzipped else ROWS.encode()
    with limits(piece=piece):
        stored = Stored(data, name="t.csv.gz" if gzipped else "t.csv")
        whole = stored.steps()
        assert check(stored) >= 0.9 * len(whole) > 5


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("first", ["陈", "x", "é"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_reading_on_decodes_as_the_beginning_tells(first: str, encoding: str, mark: bytes) -> None:
    # What begins with x tells nothing, nor does é: 伟 and 肖 in gbk, and é, are UTF-8 and gbk.
    text = f"id,a,b\n1,{first},x\n" + "x,y,z\n" * 10 + "2,伟,肖\n3,é,x\n4,陈,x\n" * 10
    data = mark + text.encode("gbk" if encoding == "gbk" else encoding)
    with limits(piece=50):
        stored = Stored(data, options=ReadOptions(encoding="gbk"))
        assert check(stored) > 3


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


def test_reading_on_knows_the_header_s_empty_cells() -> None:
    rows = "id,a,b,,\n" + "".join(f"{n},x,y,under it,\n" for n in range(500))
    with limits(piece=1_000):
        stored = Stored(rows.encode())
        assert len(come_to(stored.steps())[0]) == 500
        assert check(stored) > 5


def test_plain_text_is_not_read_from_its_beginning_again() -> None:
    with limits(piece=1_000):
        stored = Stored(ROWS.encode())
        *_, (_, bookmark) = [step for step in stored.steps() if step[1]]
        assert bookmark
        stored.read_from.clear()
        stored.steps(bookmark)
    begins = [at for at in stored.read_from if at]
    assert len(ROWS.encode()) - begins[0] < 5_000
