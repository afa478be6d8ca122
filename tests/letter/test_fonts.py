"""Fonts are found, obtained and fallen back on character by character."""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from fontset import FOLDERS, fonts, needs_fonts
from letters import sample_letter

from lifecycle.errors import UnavailableError
from lifecycle.letter.fonts import (
    BOLD,
    CHAINS,
    FANG,
    FILES,
    KAI,
    RARE,
    SANS,
    SERIF,
    Fonts,
    MissingGlyph,
    locate,
)
from lifecycle.letter.model import Paragraph
from lifecycle.letter.pdf.press import missing_glyphs
from lifecycle.places import fonts as folders

SCRIPT = Path(__file__).parents[2] / "fonts" / "obtain.py"
PLACES = "垟峃漈堃喆祎𡶴"
"""Characters of place and personal names of Lishui, none of which a usual 仿宋 has."""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = spec_from_file_location("obtain", SCRIPT)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules["obtain"] = module
    spec.loader.exec_module(module)
    return module


def test_missing_files_are_named_with_the_mend(tmp_path: Path) -> None:
    """What is not there is named, and how to get it."""
    (tmp_path / FANG).touch()
    (tmp_path / KAI).touch()
    with pytest.raises(UnavailableError) as caught:
        locate([tmp_path])
    assert caught.value.message == f"排印公文的字体不全，缺 {BOLD}、{SERIF}、{SANS}、{RARE}"
    assert "make fonts" in caught.value.mend
    assert "LIFECYCLE_FONTS" in caught.value.mend


def test_the_first_folder_that_has_a_file_gives_it(tmp_path: Path) -> None:
    """Each file comes from the first folder that has it."""
    for folder, names in (("a", (FANG,)), ("b", FILES)):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).touch()
    found = locate([tmp_path / "a", tmp_path / "none", tmp_path / "b"])
    assert found == {name: tmp_path / ("a" if name == FANG else "b") / name for name in FILES}


def test_the_user_s_folders_come_before_the_system_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolated: Path
) -> None:
    """LIFECYCLE_FONTS comes first, then the data folder, then the checkout's own."""
    monkeypatch.setenv("LIFECYCLE_FONTS", str(tmp_path))
    first, second, third, *_ = folders()
    assert (first, second.name, third) == (
        tmp_path,
        "fonts",
        SCRIPT.parent.parent / ".venv" / "fonts",
    )
    assert second.is_relative_to(isolated)


def test_the_script_knows_the_files_that_the_chains_need(script: ModuleType) -> None:
    """Every file of every chain is one that can be obtained, and no other is."""
    assert (
        set(script.SOURCES) == set(FILES) == {name for chain in CHAINS.values() for name in chain}
    )


def test_another_version_is_used_only_if_allowed(
    script: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file whose SHA-256 is not the table's is refused and told of, unless --any-version allows
    it.
    """
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for name in FILES:
        (source / name).write_bytes(b"other")
    with pytest.raises(script.Refusal) as caught:
        script.obtain(target, folder=source)
    assert all(name in str(caught.value) for name in FILES)
    assert capsys.readouterr().out.count("未采用") == len(FILES)
    script.obtain(target, folder=source, any_version=True)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == dict.fromkeys(
        FILES, b"other"
    )


def test_a_debian_package_is_unpacked_without_dpkg(script: ModuleType, tmp_path: Path) -> None:
    """Fonts and licence texts are taken out of a .deb by the script itself."""
    licence = "usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz"
    files = {
        f"{script.SOURCES[FANG].folder}/{FANG}": b"font",
        licence: gzip.compress(b"GPL"),
        "usr/other": b"",
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as archive:
        for path, data in files.items():
            member = tarfile.TarInfo(f"./{path}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    deb = tmp_path / "debs" / "x.deb"
    deb.parent.mkdir()
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": b"odd",
        "data.tar.xz": packed.getvalue(),
    }
    deb.write_bytes(
        b"!<arch>\n"
        + b"".join(
            f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
            + data
            + b"\n" * (len(data) % 2)
            for name, data in members.items()
        )
    )
    assert dict(script.contents(deb, {licence})) == {licence: files[licence]}
    with pytest.raises(script.Refusal):
        script.obtain(tmp_path / "target", folder=deb.parent, any_version=True)
    assert (tmp_path / "target" / FANG).read_bytes() == b"font"
    assert (
        tmp_path / "target" / "licences" / "texlive-lang-chinese.COPYING"
    ).read_bytes() == b"GPL"


def test_without_apt_the_script_says_what_to_fetch(script: ModuleType, tmp_path: Path) -> None:
    """Where there is no apt-get, one message lists files, packages and licences; the exit code is
    3.
    """
    here = tmp_path / "checkout" / "fonts"
    here.mkdir(parents=True)
    copy = here / "obtain.py"
    copy.write_bytes(SCRIPT.read_bytes().replace(b'Path("/")', b'Path("/nowhere")'))
    done = subprocess.run(
        [sys.executable, copy],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    for name, source in script.SOURCES.items():
        assert f"{name}  Debian 12 软件包 {source.package}  许可 {source.licence}" in done.stderr
    assert str(tmp_path / "checkout" / ".venv" / "fonts") in done.stderr


@needs_fonts
@pytest.mark.parametrize("char", PLACES)
def test_a_character_that_no_font_has_is_named(char: str) -> None:
    """With 仿宋 alone each rare character is missing; with the whole chain none is."""
    letter = replace(sample_letter("consultation"), body=(Paragraph(0, f"请{char}头村予以支持。"),))
    files = locate(FOLDERS)
    alone = Fonts.of({FANG: files[FANG], BOLD: files[BOLD], SERIF: files[SERIF], SANS: files[SANS]})
    bare = Fonts({**alone.chains, "fang": alone.chains["fang"][:1]})
    (missing,) = missing_glyphs(letter, bare)
    assert missing == MissingGlyph(char, "fang", f"请{char}头村予以支持。")
    assert str(missing) == f"仿宋没有“{char}”（U+{ord(char):04X}），见“请{char}头村予以支持。”"
    assert missing_glyphs(letter, fonts()) == []


@needs_fonts
def test_a_character_falls_back_alone() -> None:
    """What 仿宋 lacks is taken from 楷体, then 宋体, then the font of rare characters; its
    neighbours stay.
    """
    used = {
        char: found.typeface.file.name
        for char in "丽垟𡶴"
        if (found := fonts().glyph("fang", char))
    }
    assert used == {"丽": FANG, "垟": KAI, "𡶴": RARE}


@needs_fonts
def test_full_width_punctuation_is_taken_where_it_is_full_width() -> None:
    """楷体 has narrow quotation marks, so the next font's are used, as wide as a character."""
    found = fonts().glyph("kai", "“")
    assert found
    assert (found.typeface.file.name, found.advance) == (SERIF, 1.0)


@needs_fonts
def test_fonts_are_opened_once_until_a_file_changes(tmp_path: Path) -> None:
    """Asked for again the same fonts are given; a file that has been replaced since is
    opened anew.
    """
    for name, path in locate(FOLDERS).items():
        (tmp_path / name).symlink_to(path)
    first = Fonts.find([tmp_path])
    assert Fonts.find([tmp_path]) is first
    copy = (tmp_path / FANG).resolve().read_bytes()
    (tmp_path / FANG).unlink()
    (tmp_path / FANG).write_bytes(copy)
    assert Fonts.find([tmp_path]) is not first


@needs_fonts
def test_private_use_is_refused() -> None:
    """A character of private use is missing though a font draws it: elsewhere it says something
    else.
    """
    assert fonts().chains["fang"][-1].glyph("\ue000")
    assert fonts().glyph("fang", "\ue000") is None


@needs_fonts
def test_digests_are_the_files_own(script: ModuleType) -> None:
    """The digests of the fonts are the SHA-256 of their files."""
    files = locate(FOLDERS)
    assert fonts().digests == {
        name: hashlib.sha256(files[name].read_bytes()).hexdigest() for name in sorted(FILES)
    }
