"""Put the free fonts that letters are printed with into .venv/fonts, from this system or from Debian.

`make fonts` runs it. It needs no root and changes nothing outside this checkout: packages are
fetched by apt-get with lists and cache of its own, verified by apt's signatures, and each file by the SHA-256 below.
"""  # noqa: E501, INP001

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent
TARGET = CHECKOUT / ".venv" / "fonts"


class Source(NamedTuple):
    """Where a file comes from: its folder on a system, the Debian package, its licence and its
    SHA-256.
    """

    folder: str
    package: str
    licence: str
    digest: str


_NOTO = ("usr/share/fonts/opentype/noto", "fonts-noto-cjk", "OFL-1.1")
SOURCES = {
    "FandolFang-Regular.otf": Source(
        "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
        "texlive-lang-chinese",
        "GPL-3，带字体嵌入例外",
        "d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9",
    ),
    "LXGWWenKai-Regular.ttf": Source(
        "usr/share/fonts/truetype/lxgw-wenkai",
        "fonts-lxgw-wenkai",
        "OFL-1.1",
        "bbf534b0ca093928f94d1782855e65a19a32cde82b075d495d072025521953c8",
    ),
    "NotoSerifCJK-Bold.ttc": Source(
        *_NOTO, "a5d4b046c127da3d7c72f98b46c41489cd29bf52abfdf18aba920903e920d4ac"
    ),
    "NotoSerifCJK-Regular.ttc": Source(
        *_NOTO, "a04178ec485dffdff7cc0c0c20e1fce9202d7e2160d805e8e44a4c8841c58481"
    ),
    "NotoSansCJK-Regular.ttc": Source(
        *_NOTO, "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a"
    ),
    "BabelStoneHan.ttf": Source(
        "usr/share/fonts/truetype/babelstone",
        "fonts-babelstone-han",
        "Arphic Public License",
        "a2027ca3606907f6a628e9cd869605e3879beaaa38b37c7fec95b372130628c8",
    ),
}
"""The files as Debian 12 (bookworm) has them."""
LICENCES = {
    "fonts-lxgw-wenkai": ("usr/share/doc/fonts-lxgw-wenkai/copyright",),
    "fonts-noto-cjk": ("usr/share/doc/fonts-noto-cjk/copyright",),
    "fonts-babelstone-han": ("usr/share/doc/fonts-babelstone-han/copyright",),
    "texlive-lang-chinese": (
        "usr/share/doc/texlive-doc/fonts/fandol/README",
        "usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz",
    ),
}
"""The texts that go with the fonts."""


class Refusal(Exception):  # noqa: N818 - a sentence for the user, not a fault of the program
    """Why the fonts could not be put there, and what to do."""


def main() -> int:
    """Obtain what is missing; exit with 3 if something still is."""
    parser = argparse.ArgumentParser(description="把排印公文的字体放进 .venv/fonts")
    parser.add_argument(
        "--any-version", action="store_true", help="也接受与登记的 SHA-256 不同的版本"
    )
    parser.add_argument(
        "--from", dest="folder", type=Path, help="已下载的字体文件或 .deb 所在的文件夹，不联网"
    )
    options = parser.parse_args()
    try:
        obtain(TARGET, folder=options.folder, any_version=options.any_version)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 3
    print(f"字体齐备：{TARGET}")
    return 0


def obtain(target: Path, *, folder: Path | None = None, any_version: bool = False) -> None:
    """Fill the target from a folder, else from the system, else from Debian; raise Refusal if a
    file is not to be had.

    A file of another version than the table's is not used, unless `any_version` allows it: a letter
    set with it has other bytes.
    """
    target.mkdir(parents=True, exist_ok=True)
    missing = [name for name in SOURCES if not (target / name).is_file()]
    if missing:
        _copy_from(folder or Path("/"), missing, target, any_version=any_version)
        missing = [name for name in missing if not (target / name).is_file()]
    if missing:
        with tempfile.TemporaryDirectory() as scratch:
            packages = sorted({SOURCES[name].package for name in missing})
            debs = sorted(folder.glob("*.deb")) if folder else download(packages, Path(scratch))
            for deb in debs:
                _unpack(deb, missing, target, any_version=any_version)
    missing = [name for name in missing if not (target / name).is_file()]
    if missing:
        raise Refusal(_by_hand(missing, target))


def _copy_from(root: Path, names: list[str], target: Path, *, any_version: bool) -> None:
    """Copy what a system, or a folder, already has."""
    for name in names:
        source = SOURCES[name]
        for file in (root / source.folder / name, root / name):
            if file.is_file() and _known(
                name, file.read_bytes(), any_version=any_version, where=str(file)
            ):
                _write(target / name, file.read_bytes())
                _licences(
                    source.package,
                    ((path, root / path) for path in LICENCES[source.package]),
                    target,
                )
                break


def _licences(package: str, texts: Iterable[tuple[str, Path]], target: Path) -> None:
    for path, file in texts:
        if file.is_file():
            _licence(package, path, file.read_bytes(), target)


def _licence(package: str, path: str, data: bytes, target: Path) -> None:
    folder = target / "licences"
    folder.mkdir(exist_ok=True)
    name = path.rpartition("/")[2]
    _write(
        folder / f"{package}.{name.removesuffix('.gz')}",
        gzip.decompress(data) if name.endswith(".gz") else data,
    )


def _known(name: str, data: bytes, *, any_version: bool, where: str) -> bool:
    """Tell whether a file may be used; say so if it is of another version."""
    digest = hashlib.sha256(data).hexdigest()
    if digest == SOURCES[name].digest:
        return True
    print(
        f"{where} 的版本与登记的不同（SHA-256 {digest}）"
        f"{'，按 --any-version 采用' if any_version else '，未采用'}"
    )
    return any_version


def download(packages: list[str], scratch: Path) -> list[Path]:
    """Fetch packages into a folder by apt-get with a state of its own; raise Refusal where that
    does not work.
    """
    apt = shutil.which("apt-get")
    if not apt:
        raise Refusal(
            _by_hand(
                [name for name, source in SOURCES.items() if source.package in packages], TARGET
            )
        )
    for name in ("lists/partial", "archives/partial", "debs"):
        (scratch / name).mkdir(parents=True)
    (scratch / "status").touch()
    settings = {
        "Dir::State": scratch,
        "Dir::State::lists": scratch / "lists",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch,
        "Dir::Cache::archives": scratch / "archives",
        "Dir::Log": scratch,
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
    }
    command = [
        apt,
        "-q",
        *(part for key, value in settings.items() for part in ("-o", f"{key}={value}")),
    ]
    for action in (["update"], ["download", *packages]):
        print(f"正在运行 apt-get {' '.join(action)} ……", flush=True)
        done = subprocess.run(
            [*command, *action],
            cwd=scratch / "debs",
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Refusal(
                f"apt-get {action[0]} 未成功："
                f"{said[-1] if said else done.returncode}\n"
                f"{_by_hand(SOURCES, TARGET)}"
            )
    return sorted((scratch / "debs").glob("*.deb"))


def _unpack(deb: Path, names: list[str], target: Path, *, any_version: bool) -> None:
    """Take the fonts and their licences out of a Debian package."""
    wanted = {f"{SOURCES[name].folder}/{name}": name for name in names}
    texts = {path: package for package, paths in LICENCES.items() for path in paths}
    for path, data in contents(deb, {*wanted, *texts}):
        if path in texts:
            _licence(texts[path], path, data, target)
        elif _known(wanted[path], data, any_version=any_version, where=deb.name):
            _write(target / wanted[path], data)


def contents(deb: Path, paths: set[str]) -> Iterator[tuple[str, bytes]]:
    """Give those of the files that a Debian package holds (deb(5): an ar archive with a tar archive
    in it).
    """
    with tarfile.open(fileobj=io.BytesIO(_data(deb))) as archive:
        for member in archive:
            path = member.name.removeprefix("./")
            file = archive.extractfile(member) if path in paths and member.isfile() else None
            if file:
                yield path, file.read()


def _data(deb: Path) -> bytes:
    """Give the tar archive of a package's files, as tarfile can open it."""
    raw = deb.read_bytes()
    at = len(b"!<arch>\n")
    while at < len(raw):
        name, size = raw[at : at + 16].decode().strip().rstrip("/"), int(raw[at + 48 : at + 58])
        if name.startswith("data.tar") and not name.endswith(".zst"):
            return raw[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    tool = shutil.which("dpkg-deb")
    if not tool:
        raise Refusal(f"{deb.name} 用 zstd 压缩，要有 dpkg-deb 才能打开")
    return subprocess.run([tool, "--fsys-tarfile", deb], capture_output=True, check=True).stdout


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _by_hand(names: Iterable[str], target: Path) -> str:
    """Say which files are to be put where by hand."""
    lines = [
        f"  {name}  Debian 12 软件包 {SOURCES[name].package}  许可 {SOURCES[name].licence}"
        for name in names
    ]
    return "\n".join(
        [
            f"请自行取得下列字体，放进 {target}（或任一文件夹，用环境变量 LIFECYCLE_FONTS 指明）：",
            *lines,
            (
                "也可把下载好的 .deb 放在一个文件夹里，运行 fonts/obtain.py --from 文件夹；"
                "版本不同的，加 "
                "--any-version。"
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
