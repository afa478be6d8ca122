"""What README and the handbook show is what happens: every console example runs, in order, in a
fresh HOME.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import postgres_server
import pytest

from lifecycle.errors import UnavailableError
from lifecycle.letter.fonts import Fonts

ROOT = Path(__file__).parent.parent
ABOUT_CODE = ("architecture.md", "files.md", "json.md")
"""The pages without commands; `test_architecture` and `test_json` check them."""
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", *(page for page in DOCS if page.name not in ABOUT_CODE)]
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"\s+# 退出码 (\d)$")
_EXPORT = re.compile(r"export (\w+)=(\S+)")
NEED_FONTS = ("letters.md",)
"""The pages whose examples print letters."""
NEED_SERVER = ("postgresql.md",)
"""The pages whose examples are typed by the administrator of a PostgreSQL server."""


@dataclass
class Example:
    """One command of a page: its line, the exit code it should give, and the lines of output shown
    below it.
    """

    line: int
    command: str
    code: int
    shown: list[str] = field(default_factory=list)


def examples(page: Path) -> list[Example]:
    """Read a page's console blocks: `$ command` (with `# 退出码 1` where it is refused), then what
    it prints.
    """
    text = page.read_text(encoding="utf-8")
    found: list[Example] = []
    for block in _BLOCK.finditer(text):
        first = text[: block.start(1)].count("\n") + 1
        for number, line in enumerate(block[1].splitlines(), first):
            if line.startswith("$ "):
                code = _CODE.search(line)
                found.append(Example(number, _CODE.sub("", line[2:]), int(code[1]) if code else 0))
            elif line.strip() not in ("", "…"):
                found[-1].shown.append(line.rstrip())
    return found


def missing(shown: list[str], printed: str) -> str | None:
    """Give the first shown line that was not printed, in order; `…` stands for anything within a
    line.
    """
    lines = iter([line.rstrip() for line in printed.splitlines()])
    for want in shown:
        pattern = re.compile(".*".join(map(re.escape, want.split("…"))) + "$")
        if not any(pattern.match(line) for line in lines):
            return want
    return None


def has_fonts() -> bool:
    """Tell whether the fonts that letters are printed with are at hand."""
    try:
        Fonts.find()
    except UnavailableError:
        return False
    return True


def at_a_server(request: pytest.FixtureRequest) -> dict[str, str]:
    """Run a server for a page; give the variables that lead there, or skip with the reason."""
    programs = postgres_server.programs()
    if programs is None:
        pytest.skip(postgres_server.NO_SERVER)
    if not (programs / "psql").exists():
        pytest.skip("这里的 PostgreSQL 没有 psql 和 createdb")
    running = postgres_server.running()
    server = running.__enter__()
    request.addfinalizer(lambda: running.__exit__(None, None, None))
    path = f"{Path(sys.executable).parent}{os.pathsep}{programs}{os.pathsep}{os.environ['PATH']}"
    where = {"PGHOST": str(server.folder), "PGPORT": str(server.port), "PGUSER": "root"}
    return {"PATH": path, **where}


def end_service(folder: Path) -> None:
    """End the service that a page began, where an example after it failed."""
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((folder / "serve.pid").read_text("ascii")), signal.SIGTERM)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_does_what_the_page_shows(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each console example of a page gives the exit code and, in order, the lines that the page
    shows.
    """
    if page.name in NEED_FONTS and not has_fonts():
        pytest.skip("字体未安装（make fonts）")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    for folder in ("demo", "workflows", "notices"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    if page.name in NEED_SERVER:
        environment |= at_a_server(request)
    request.addfinalizer(lambda: end_service(tmp_path))
    for example in examples(page):
        export = _EXPORT.fullmatch(example.command)
        if export:
            environment[export[1]] = export[2]
            continue
        done = subprocess.run(
            ["bash", "-c", example.command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        where = f"{page.name}:{example.line}: {example.command}\n{done.stdout}{done.stderr}"
        assert done.returncode == example.code, where
        assert missing(example.shown, done.stdout + done.stderr) is None, where


def test_the_pages_have_examples() -> None:
    """The README and the handbook show commands, so that the test above tests something."""
    assert all(len(examples(page)) >= 5 for page in PAGES)
