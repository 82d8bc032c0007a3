from __future__ import annotations

import struct

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vba_reader import opened, streams

from loithe_xl.addin.xlam import compoundfile
from loithe_xl.addin.xlam.compoundfile import compound_file

FREE, END, FAT, DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
NONE = 0xFFFFFFFF
MB = 1_000_000

NAMES = st.text(st.sampled_from("abAB019_ éẾß𐐨"), min_size=1, max_size=12).filter(str.strip)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


def content(size: int, seed: int = 0) -> bytes:
    """Bytes of which every 64 and every 512 differ, so a wrong order is seen."""
    return b"".join(struct.pack("<II", seed, number) for number in range(size // 8 + 1))[:size]


def nested(count: int) -> dict[str, bytes]:
    """Streams of many sizes, in storages up to four deep."""
    folders = ("", "VBA/", "a/bc/", "a/bc/def/Gh/")
    return {f"{folders[i % 4]}stream{i}": content(i * i * 7 % 9001, i) for i in range(count)}


def fat_places(data: bytes) -> list[int]:
    """Where the header and the DIFAT's chain say that the FAT is."""
    start, count = struct.unpack_from("<II", data, 68)
    places = list(struct.unpack_from("<109I", data, 76))
    for _ in range(count):
        *more, start = struct.unpack_from("<128I", data, 512 * (start + 1))
        places += more
    assert start == END
    used = [place for place in places if place != FREE]
    assert places[: len(used)] == used
    return used


def check_sectors(data: bytes) -> None:
    """Every sector of the file belongs to exactly one chain or table, and the FAT says nothing of others."""
    with opened(data) as ole:
        fat, count = list(ole.fat), len(data) // 512 - 1
        entries = [entry for entry in ole.direntries if entry is not None]
        starts = [ole.first_dir_sector, ole.first_mini_fat_sector, ole.root.isectStart]
        starts += [e.isectStart for e in entries if e.entry_type == olefile.STGTY_STREAM and e.size >= 4096]
        in_chains = [n for n in (*starts, *fat[:count]) if n not in (END, FAT, DIFAT)]

        assert len(data) % 512 == 0
        assert set(fat[count:]) <= {FREE}
        assert fat[:count].count(FAT) == ole.num_fat_sectors
        assert fat[:count].count(DIFAT) == ole.num_difat_sectors
        assert fat_places(data) == [n for n in range(count) if fat[n] == FAT]
        assert sorted(in_chains) == [n for n in range(count) if fat[n] not in (FAT, DIFAT)]


def check_tree(data: bytes) -> int:
    """Each storage's members are a red-black tree in the specified order; the number of entries."""
    with opened(data) as ole:
        entries = ole.direntries

        def upper(unit: int) -> int:
            return ord(chr(unit).upper()) if len(chr(unit).upper()) == 1 else unit

        def rank(entry: olefile.olefile.OleDirectoryEntry) -> tuple[int, list[int]]:
            units = struct.unpack(f"<{(entry.namelength - 2) // 2}H", entry.name_raw[: entry.namelength - 2])
            return entry.namelength, [upper(unit) for unit in units]

        def walk(number: int, parent_is_red: bool) -> tuple[list[int], int]:
            if number == NONE:
                return [], 1
            entry = entries[number]
            red = entry.color == 0
            assert not (red and parent_is_red), "a red entry below a red one"
            left, left_black = walk(entry.sid_left, red)
            right, right_black = walk(entry.sid_right, red)
            assert left_black == right_black, "unequally many black entries"
            return [*left, number, *right], left_black + (not red)

        seen, storages = [0], [0]
        while storages:
            number = storages.pop()
            members, _ = walk(entries[number].sid_child, True)  # the topmost is black
            ranks = [rank(entries[member]) for member in members]
            assert ranks == sorted(ranks)
            assert len({str(one) for one in ranks}) == len(ranks)
            seen += members
            storages += [m for m in members if entries[m].entry_type == olefile.STGTY_STORAGE]
        assert len(seen) == len(set(seen))
        return len(seen)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 4095, 4096, 4097, 8192, 200_000, 7 * MB])
def test_a_stream_of_any_size_comes_back(size: int):
    given = {"VBA/stream": content(size), "small": b"x", "large": content(5000)}
    data = compound_file(given)

    assert streams(data) == given
    check_sectors(data)


@pytest.mark.parametrize("count", range(61))
def test_any_number_of_streams_in_nested_storages_comes_back(count: int):
    data = compound_file(nested(count))

    assert streams(data) == nested(count)
    check_sectors(data)
    storages = {path.rsplit("/", depth)[0] for path in nested(count) for depth in range(1, path.count("/") + 1)}
    assert check_tree(data) == 1 + count + len(storages)


# On both sides of the header's 109 FAT sectors, and of the 127 more that the first DIFAT sector lists.
@pytest.mark.parametrize(
    ("sectors", "tables"),
    [(13842, (109, 0)), (13843, (110, 1)), (13844, (110, 1)), (29970, (236, 1)), (29971, (237, 2)), (29972, (237, 2))],
)
def test_tables_beyond_the_header_come_back(sectors: int, tables: tuple[int, int]):
    given = {"huge": content(sectors * 512)}
    data = compound_file(given)

    assert streams(data) == given
    check_sectors(data)
    with opened(data) as ole:
        assert (ole.num_fat_sectors, ole.num_difat_sectors) == tables


@given(st.dictionaries(PATHS, st.binary(max_size=200) | st.integers(4000, 5000).map(content), max_size=12))
def test_whatever_is_accepted_comes_back(given: dict[str, bytes]):
    try:
        data = compound_file(given)
    except ValueError:
        return
    assert streams(data) == given
    check_sectors(data)
    check_tree(data)


def test_members_stand_by_length_then_by_upper_case_units():
    ordered = ["z", "Ba", "bB", "bß", "bŸ", "aaa", "b𐐨"]
    data = compound_file(dict.fromkeys(reversed(ordered), b""))

    with opened(data) as ole:
        tree = ole.direntries

        def names(number: int) -> list[str]:
            if number == NONE:
                return []
            return [*names(tree[number].sid_left), tree[number].name, *names(tree[number].sid_right)]

        assert names(ole.root.sid_child) == ordered


def test_equal_streams_make_equal_bytes_in_any_order():
    given = nested(25)

    assert compound_file(given) == compound_file(dict(reversed(given.items())))


def test_it_is_version_3_without_class_ids_and_times():
    data = compound_file(nested(9))

    assert data[:8] == bytes.fromhex("D0CF11E0A1B11AE1")
    assert struct.unpack_from("<HHHHH", data, 24) == (0x3E, 3, 0xFFFE, 9, 6)
    with opened(data) as ole:
        entries = [entry for entry in ole.direntries if entry is not None]
        assert {(entry.clsid, entry.createTime, entry.modifyTime, entry.dwUserFlags) for entry in entries} == {
            ("", 0, 0, 0)
        }
        assert ole.root.name == "Root Entry"


def test_a_name_of_31_units_is_the_longest():
    given = {"é" * 31: b"1", "𐐨" * 15 + "/" + "b" * 31: b"2"}

    assert streams(compound_file(given)) == given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["a" * 32], "no name"),
        (["𐐨" * 16], "no name"),
        *[([path], "no name") for path in ("", "/a", "a/", "a//b", "a\\b", "a:b", "VBA/a!b", "a\0b")],
        (["Name", "nAME"], "one name"),
        (["VBA/a", "vba/b"], "one name"),
        (["É", "é"], "one name"),
        (["a", "a/b"], "a stream and a storage"),
        (["a/b", "a"], "a stream and a storage"),
        (["\ud800"], "surrogates"),
    ],
)
def test_a_programmer_hears_of_impossible_paths(given: list[str], said: str):
    with pytest.raises(ValueError, match=said):
        compound_file(dict.fromkeys(given, b""))


def test_a_stream_has_a_largest_size(monkeypatch: pytest.MonkeyPatch):
    assert compoundfile.LARGEST_STREAM == 2**31
    monkeypatch.setattr(compoundfile, "LARGEST_STREAM", 100)

    assert streams(compound_file({"a": bytes(100)})) == {"a": bytes(100)}
    with pytest.raises(ValueError, match="'VBA/a': 101 bytes"):
        compound_file({"VBA/a": bytes(101)})
