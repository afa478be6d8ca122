"""The limits of the service and its unit for systemd."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from serving import LIMITS

from lifecycle.cli.root import root
from lifecycle.errors import WorkflowError
from lifecycle.office.session import Session
from lifecycle.service.limits import NAMES, Limits, read_limits
from lifecycle.wire import REQUEST_MB


def test_the_shipped_limits() -> None:
    """What may be changed is what the settings say, each with its basis above it."""
    assert read_limits() == Limits(
        workers=4,
        waiting=200,
        connections=800,
        per_account=64,
        request_mb=200,
        answer_mb=400,
        scratch_mb=1000,
        receive_seconds=60,
        command_seconds=900,
        stop_seconds=80,
        tick_seconds=60,
        recycle_requests=2000,
        recycle_mb=600,
    )
    assert tuple(LIMITS) == NAMES
    assert read_limits().request_mb == REQUEST_MB, "what a client reads of a pipe"


def test_wrong_limits_are_told_all_at_once(tmp_path: Path) -> None:
    """A missing key, an unknown one and a value that is no number are named with their lines."""
    file = tmp_path / "limits.yaml"
    lines = [f"{name}: {value}" for name, value in LIMITS.items()]
    lines[0], lines[1] = "workers: many", "wating: 3"
    file.write_text("\n".join(lines), "utf-8")
    with pytest.raises(WorkflowError) as caught:
        read_limits(file)
    found = [(p.location.line, p.rule) for p in caught.value.problems]
    assert found == [(1, "wrong-number"), (2, "unknown-key")]


def test_the_unit_runs_this_program_for_an_account_of_its_own() -> None:
    """`serve --print-unit` needs no database; the unit names program, database and socket."""
    words = ["serve", "--print-unit", "--socket", "/run/x/y.sock"]
    done = CliRunner().invoke(root, words, prog_name="lifecycle", obj=Session())
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    [start] = [line for line in lines if line.startswith("ExecStart=")]
    assert start.endswith(
        " serve --db sqlite:////var/lib/lifecycle/lifecycle.db --socket /run/x/y.sock"
    )
    wanted = {"User=lifecycle", "StateDirectoryMode=0700", "KillMode=mixed", "ProtectHome=yes"}
    assert wanted <= set(lines)
    assert "{" not in done.stdout


def test_the_largest_request_must_find_room(tmp_path: Path) -> None:
    """Room for less than one request of the largest size is told as a fault of the settings."""
    file = tmp_path / "limits.yaml"
    values = {**LIMITS, "request_mb": 30, "scratch_mb": 29}
    file.write_text("".join(f"{name}: {value}\n" for name, value in values.items()), "utf-8")
    with pytest.raises(WorkflowError) as caught:
        read_limits(file)
    [problem] = caught.value.problems
    assert (problem.rule, "30 以上的整数" in problem.message) == ("wrong-number", True)
