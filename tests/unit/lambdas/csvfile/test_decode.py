import codecs
import contextlib
import gzip
import itertools
import random
import zlib
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csvfile.decode import PIECE_BYTES, SourceError, utf8_pieces

from ...helpers.csv_files import cut, cuts, limits

UTF16 = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
texts = st.text(st.characters(codec="utf-8"), max_size=80)


def read(data: bytes | Iterable[bytes], *, gzipped: bool = False) -> bytes:
    return b"".join(utf8_pieces([data] if isinstance(data, bytes) else data, gzipped=gzipped))


def read_until_error(data: Iterable[bytes], *, gzipped: bool = True) -> tuple[bytes, str]:
    """What could be read before it broke off, and why it did."""
    return until_error(utf8_pieces(data, gzipped=gzipped))


def until_error(pieces: Iterable[bytes]) -> tuple[bytes, str]:
    got: list[bytes] = []
    with pytest.raises(SourceError) as error:
        got.extend(pieces)
    return b"".join(got), str(error.value)


@given(texts, cuts, st.integers(2, 40))
def test_utf8_passes_as_it_is_without_its_mark(text: str, at: list[int], piece: int) -> None:
    data = text.removeprefix("\ufeff").encode()
    with limits(piece=piece):
        assert read(cut(data, at)) == data
        assert read(cut(codecs.BOM_UTF8 + data, at)) == data


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, *UTF16.values()])
@pytest.mark.parametrize("gzipped", [False, True])
def test_a_mark_is_known_once_a_piece_was_taken(mark: bytes, gzipped: bool) -> None:
    data = mark + ("ab" if mark in UTF16.values() else "abc").encode()
    pieces = utf8_pieces([gzip.compress(data) if gzipped else data], gzipped=gzipped)
    assert next(pieces)
    assert pieces.marked == bool(mark)


@given(texts, cuts, st.sampled_from(sorted(UTF16)), st.integers(2, 40))
def test_utf16_becomes_utf8(text: str, at: list[int], encoding: str, piece: int) -> None:
    with limits(piece=piece):
        assert read(cut(UTF16[encoding] + text.encode(encoding), at)) == text.encode()


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4), cuts, st.integers(2, 40), st.booleans())
def test_gzip_of_one_or_several_members_is_decompressed(
    members: list[bytes], at: list[int], piece: int, padded: bool
) -> None:
    data = b"".join(map(gzip.compress, members)) + bytes(513 if padded else 0)
    text = b"x" + b"".join(members)  # no byte order mark by accident
    with limits(piece=piece):
        assert read(cut(gzip.compress(b"x") + data, at), gzipped=True) == text


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a"]), max_size=40), cuts, st.integers(2, 9))
def test_pieces_never_end_inside_of_a_line_end_nor_grow_past_their_size(
    parts: list[bytes], at: list[int], piece: int
) -> None:
    data = b"".join(parts)
    with limits(piece=piece):
        pieces = list(utf8_pieces(cut(data, at), gzipped=False))
    assert b"".join(pieces) == data
    assert all(0 < len(each) <= piece for each in pieces)
    assert not any(a.endswith(b"\r") and b.startswith(b"\n") for a, b in itertools.pairwise(pieces))


@given(st.binary(max_size=200), cuts, cuts)
def test_where_a_piece_ends_does_not_depend_on_how_the_bytes_arrive(
    data: bytes, at: list[int], otherwise: list[int]
) -> None:
    data = b"." + data  # no other kind of file by accident
    with limits(piece=16):
        pieces = list(utf8_pieces(cut(data, at), gzipped=False))
        assert pieces == list(utf8_pieces(cut(data, otherwise), gzipped=False))


def test_one_huge_piece_is_given_in_small_ones() -> None:
    sizes = [len(piece) for piece in utf8_pieces([b"x" * (3 * PIECE_BYTES + 1)], gzipped=False)]
    assert sizes == [PIECE_BYTES] * 3 + [1]


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, *UTF16.values()])
def test_nothing_and_a_mark_alone_are_nothing(data: bytes) -> None:
    assert read(data) == b""
    assert read(gzip.compress(data), gzipped=True) == b""


def test_an_empty_object_is_no_damaged_gzip() -> None:
    assert read([], gzipped=True) == b""


@pytest.mark.parametrize("encoding", UTF16)
@pytest.mark.parametrize("rest", [b"\x61", b"\xd8", b"\x00"])
def test_an_odd_byte_at_the_end_of_utf16_is_marked_as_no_text(encoding: str, rest: bytes) -> None:
    got = read(UTF16[encoding] + "a\nb\n".encode(encoding) + rest)
    assert got[:4] == b"a\nb\n"
    with pytest.raises(UnicodeDecodeError):
        got.decode()


@pytest.mark.parametrize("encoding", UTF16)
@pytest.mark.parametrize("half", [0xD83D, 0xDE00])
@pytest.mark.parametrize(("text", "hurt"), [("a{}\nb", [True, False]), ("a\nb{}", [False, True])])
def test_half_a_utf16_character_is_no_utf8_and_spares_what_is_around_it(
    encoding: str, half: int, text: str, hurt: list[bool]
) -> None:
    got = read(UTF16[encoding] + text.format(chr(half)).encode(encoding, "surrogatepass"))
    assert ["\ufffd" in line.decode("utf-8", "replace") for line in got.split(b"\n")] == hurt


def what_can_be_read(data: Iterable[bytes]) -> Iterator[bytes]:
    """What can be read of gzip, damaged or not."""
    with contextlib.suppress(SourceError):
        yield from utf8_pieces(data, gzipped=True)


DATA = b"".join(b"row %d,caf\xc3\xa9\r\n" % n for n in range(2000))
PACKED = gzip.compress(DATA)


@given(st.integers(1, len(PACKED) - 1), cuts)
def test_gzip_that_breaks_off_gives_what_was_there_and_says_so(length: int, at: list[int]) -> None:
    got, why = read_until_error(cut(PACKED[:length], at))
    assert DATA.startswith(got)
    assert "breaks off" in why


@given(st.integers(80, 400), st.integers(2, 40), cuts)  # by 80 bytes the first three are out
def test_of_gzip_that_breaks_off_all_is_given_that_zlib_can_make_of_it(
    length: int, piece: int, at: list[int]
) -> None:
    packed = gzip.compress(DATA[:1_000] + b"same " * 200)[:length]
    with limits(piece=piece):
        got = b"".join(what_can_be_read(cut(packed, at)))
    assert got == zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed)


@given(st.integers(0, len(PACKED) - 1), st.integers(0, 7), cuts)
def test_one_wrong_bit_in_gzip_is_noticed_or_harmless(at: int, bit: int, cut_at: list[int]) -> None:
    damaged = bytearray(PACKED)
    damaged[at] ^= 1 << bit
    try:
        got = read(cut(bytes(damaged), cut_at), gzipped=True)
    except SourceError:
        return
    assert got == DATA


@given(cuts, cuts)
def test_what_is_read_of_damaged_gzip_does_not_depend_on_how_it_arrives(
    at: list[int], otherwise: list[int]
) -> None:
    middle = len(PACKED) // 2
    damaged = PACKED[:middle] + b"\xff\xff\xff" + PACKED[middle:]
    assert read_until_error(cut(damaged, at)) == read_until_error(cut(damaged, otherwise))


def test_a_wrong_checksum_is_found_after_all_was_given() -> None:
    wrong = PACKED[:-8] + (zlib.crc32(DATA) ^ 1).to_bytes(4, "little") + PACKED[-4:]
    got, why = read_until_error([wrong])
    assert got == DATA
    assert "damaged" in why
    assert "check" in why


def test_damage_in_data_that_does_not_compress_is_found_quickly() -> None:
    noise = random.Random(1).randbytes(PIECE_BYTES)
    packed = gzip.compress(noise)
    got, why = read_until_error([packed[:-8] + b"\0\0\0\0" + packed[-4:]])
    assert got == noise
    assert "damaged" in why


@pytest.mark.parametrize("garbage", [b"garbage", b"\0\0garbage", b"\x1f\x8b\x08 but no member"])
def test_garbage_after_the_last_member_is_reported_after_the_data(garbage: bytes) -> None:
    got, why = read_until_error([PACKED + garbage])
    assert got == DATA
    assert "damaged" in why or "breaks off" in why


@pytest.mark.parametrize("data", [b"email,first_name\n", b"PK\x03", b"\0", b"\x1fx"])
def test_what_is_no_gzip_by_its_first_bytes_is_told_so(data: bytes) -> None:
    got, why = read_until_error([data])
    assert got == b""
    assert "the data is not" in why


def test_what_is_no_gzip_is_found_when_it_comes_byte_by_byte() -> None:
    got, why = read_until_error([b"\x1f", b"x", b"y"])
    assert got == b""
    assert "the data is not" in why


def packed(data: bytes) -> bytes:
    """As gzip, the same at any time: the test's name has it."""
    return gzip.compress(data, mtime=0)


ZIP = b"PK\x03\x04\x14\0\x06\0\x08\0"


@pytest.mark.parametrize(
    ("data", "gzipped", "what"),
    [
        (ZIP, False, "a zip archive,"),
        (ZIP, True, "a zip archive,"),
        (packed(ZIP), True, "a zip archive in gzip,"),
        (packed(b"a,b\n"), False, "a gzip file,"),
        (packed(packed(b"a,b\n")), True, "a gzip file in gzip,"),
        (packed(codecs.BOM_UTF32_LE + "a,b".encode("utf-32-le")), True, "text in UTF-32 in gzip,"),
    ],
)
@given(at=cuts)
def test_another_kind_of_file_is_named_however_it_arrives(
    data: bytes, gzipped: bool, what: str, at: list[int]
) -> None:
    got, why = read_until_error(cut(data, at), gzipped=gzipped)
    assert got == b""
    assert why.startswith(what)


@given(st.integers(0, 300), st.integers(2, 40), cuts, st.booleans())
def test_no_more_bytes_are_read_than_the_most_a_file_may_have(
    most: int, piece: int, at: list[int], gzipped: bool
) -> None:
    data = DATA[:200]
    pieces = cut(gzip.compress(data) if gzipped else data, at)
    with limits(piece=piece):
        if most < len(data):
            got, why = until_error(utf8_pieces(pieces, gzipped=gzipped, max_bytes=most))
            assert f"larger than max_bytes ({most:,}; setting maxBytes)" in why
        else:
            got = b"".join(utf8_pieces(pieces, gzipped=gzipped, max_bytes=most))
    assert got == data[:most]


def test_a_bomb_is_decompressed_as_far_as_the_limit_and_its_rest_not_read() -> None:
    packer, read_bytes = zlib.compressobj(wbits=zlib.MAX_WBITS | 16), 0

    def bomb() -> Iterator[bytes]:
        nonlocal read_bytes
        for _ in range(1_000):
            piece = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_SYNC_FLUSH)
            read_bytes += 1_000_000
            yield piece

    got, why = until_error(utf8_pieces(bomb(), gzipped=True, max_bytes=5_000_000))
    assert got == bytes(5_000_000)
    assert "max_bytes" in why
    assert read_bytes <= 6_000_000


def test_the_source_s_own_error_comes_after_what_it_gave() -> None:
    def source() -> Iterable[bytes]:
        yield b"a,b\r"
        raise SourceError("gone")

    assert read_until_error(source(), gzipped=False) == (b"a,b\r", "gone")
