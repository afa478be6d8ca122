"""A new workflow to begin with: a file that explains each key, and scenarios that it passes."""

from __future__ import annotations

from pathlib import Path

from lifecycle.callers import file_named
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.outfile import check_target, make_folder, write_file
from lifecycle.workflow.yaml.fields import IDENT

HERE = Path(__file__).parent
TESTS = "tests"
"""The folder beside workflow files in which their scenarios lie."""
_KINDS = ("流程文件", "情景文件")
_STRANGE = "\"'#:{}[]|>&*!%@`,\n"
"""What a title in a YAML file would have to be quoted for."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The files that were written: a workflow, and its scenarios."""

    workflow: str
    scenarios: str


def new_workflow(name: str, title: str | None, into: str) -> Scaffold:
    """Write a workflow and scenarios for it into a folder; raises InvalidError for a name that is
    none, and where one of the files is there already.
    """
    if not IDENT.fullmatch(name):
        mend = "以小写英文字母开头，只用小写英文字母、数字和下划线，不超过 64 字"
        raise InvalidError(f"“{name}”不是合格的流程标识", mend)
    said = (title or name).strip()
    if not said or any(sign in said for sign in _STRANGE):
        raise InvalidError(f"“{title}”不能作流程的名称", "只写文字，不用引号、冒号和括号")
    folder = file_named(into)
    tests = file_named(f"{into}/{TESTS}")
    files = folder / f"{name}.yaml", tests / f"{name}.test.yaml"
    words = {
        "{title}": said,
        "{name}": name,
        "{file}": str(files[0]),
        "{test}": str(files[1]),
        "{back}": f"../{name}.yaml",
        "{prefix}": name.upper().replace("_", "-"),
    }
    for one in (folder, tests):
        make_folder(one)
    for path, kind in zip(files, _KINDS, strict=True):
        check_target(path, kind, once=True)
    for path, kind, shape in zip(
        files, _KINDS, ("scaffold.yaml", "scaffold.test.yaml"), strict=True
    ):
        text = (HERE / shape).read_text(encoding="utf-8")
        for word, meant in words.items():
            text = text.replace(word, meant)
        write_file(path, text.encode(), kind, once=True)
    return Scaffold(str(files[0]), str(files[1]))
