"""`lifecycle completion`: the script that teaches a shell to complete commands."""

from __future__ import annotations

import click

from lifecycle.cli.terminal.chinese import Choice, argument, command
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.translation import shell_completion

_INSTALL = {
    "bash": '# 用法：在 ~/.bashrc 中加一行　eval "$(lifecycle completion bash)"',
    "zsh": '# 用法：在 ~/.zshrc 中加一行　eval "$(lifecycle completion zsh)"',
    "fish": "# 用法：lifecycle completion fish > ~/.config/fish/completions/lifecycle.fish",
}


@command(
    "completion",
    help="输出命令补全脚本，供 bash、zsh 或 fish 使用。",
    examples=['eval "$(lifecycle completion bash)"'],
)
@argument("shell", type=Choice(list(_INSTALL)), metavar="bash|zsh|fish", help="bash、zsh 或 fish")
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script."""
    made = shell_completion().get_completion_class(shell)
    assert made is not None, "the choice above names only shells that click knows"
    say(_INSTALL[shell])
    say(made(ctx.find_root().command, {}, "lifecycle", "_LIFECYCLE_COMPLETE").source().strip())
