"""Scenarios run against workflow files: all that came otherwise than was expected, and what of the
workflows was touched.

Scenarios that begin alike are played together: what they have in common is done once, and undone
behind each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lifecycle import places
from lifecycle.callers import file_named
from lifecycle.errors import InvalidError, Location, Problem, WorkflowError, faults_among
from lifecycle.office.administration.choices import lacking, lists_in
from lifecycle.office.administration.definitions import examine_whole
from lifecycle.office.administration.publication import shipped_templates
from lifecycle.office.administration.workflow_files import (
    parents_beside,
    read_workflow_file,
    workflows_in,
)
from lifecycle.office.scenarios.cast import cast_of
from lifecycle.office.scenarios.coverage import Coverage, CoverageReport, note, note_cases
from lifecycle.office.scenarios.expecting import Difference, differences
from lifecycle.office.scenarios.names import NameJudge
from lifecycle.office.scenarios.playing import ScenarioPlayer, Standpoint
from lifecycle.office.scenarios.reading import ScenarioReader, is_workflow
from lifecycle.office.scenarios.trial_office import founded
from lifecycle.template.template import Template, read_template

if TYPE_CHECKING:
    from lifecycle.office.administration.publication import Definition
    from lifecycle.office.scenarios.scenario import Scenario, ScenarioStep
    from lifecycle.office.scenarios.trial_office import TrialOffice
    from lifecycle.workflow.model import Workflow

__all__ = ["CoverageReport", "FailedStep", "ScenarioReport", "ScenarioResult", "run_scenarios"]

K = TypeVar("K", bound=Hashable)
_YAML = ("*.yaml", "*.yml")


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step that came otherwise than was expected, and the titles of the scenarios with it."""

    difference: Difference
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """A scenario that was played: where it is written, and whether all came as expected."""

    title: str
    location: Location
    passed: bool


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """What came of a run: the faults of the files (then nothing was played), the scenarios, the
    steps that failed, and what was touched.
    """

    files: int
    problems: tuple[Problem, ...]
    results: tuple[ScenarioResult, ...] = ()
    failed: tuple[FailedStep, ...] = ()
    coverage: tuple[CoverageReport, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether there is no fault, and all came as expected."""
        return not faults_among(self.problems) and not self.failed


def run_scenarios(given: Sequence[str], workflow_files: Sequence[str] = ()) -> ScenarioReport:
    """Play the scenarios of files and folders against workflow files: those that a scenario names
    itself, else those given, else those of the folder `workflows` here, else the shipped ones.

    Raises InvalidError where there are no scenarios.
    """
    paths = list(_scenario_files(given))
    scenarios, problems = _read(paths)
    if not scenarios and not problems:
        raise InvalidError("没有找到情景", "情景文件里写 scenario: 和 steps:，见 docs/language.md")
    if problems:
        return ScenarioReport(len(paths), tuple(problems))
    run = _Run(_default_files(workflow_files))
    groups = [(run.rules(files), those) for files, those in _by(scenarios, lambda s: s.files)]
    problems = [problem for rules, _ in groups for problem in faults_among(rules.problems)]
    if problems:
        return ScenarioReport(len(paths), tuple(problems))
    for rules, those in groups:
        problems += _name_faults(rules, those)
    if problems:
        return ScenarioReport(len(paths), tuple(problems))
    for rules, those in groups:
        run.play(rules, those)
    results = tuple(
        ScenarioResult(one.title, one.at, id(one) not in run.failing) for one in scenarios
    )
    covered = (one for rules, _ in groups for one in rules.coverage.values() if one.states)
    coverage = tuple(one.report() for one in covered)
    return ScenarioReport(len(paths), (), results, tuple(run.told()), coverage)


def _scenario_files(given: Iterable[str]) -> Iterator[Path]:
    """Find the scenario files that are named, and those of folders with all below them; workflows
    that lie among them are none.
    """
    for text in given:
        path = file_named(text)
        if not path.is_dir():
            yield path
            continue
        found = sorted({one for ending in _YAML for one in path.rglob(ending)})
        yield from (one for one in found if not is_workflow(one))


def _read(paths: Iterable[Path]) -> tuple[list[Scenario], list[Problem]]:
    """Read all files; the faults of each that is faulty."""
    reader = ScenarioReader()
    scenarios: list[Scenario] = []
    problems: dict[Problem, None] = {}
    for path in paths:
        try:
            scenarios += reader.read(path)
        except WorkflowError as error:
            problems |= dict.fromkeys(error.problems)
    return scenarios, list(problems)


def _default_files(given: Sequence[str]) -> tuple[Path, ...]:
    """Find the workflow files for scenarios that name none."""
    if given:
        return tuple(file_named(text) for text in given)
    here = Path("workflows")
    folder = here if here.is_dir() else places.workflows()
    return tuple(places.workflow_files(folder))


def _name_faults(rules: _Rules, scenarios: Iterable[Scenario]) -> Iterator[Problem]:
    """Tell names that there are not, and scenarios that do not say which of several workflows."""
    those = list(scenarios)
    yield from NameJudge(rules.workflows.values()).judge(those)
    if len(rules.workflows) > 1:
        for one in those:
            if not one.workflow:
                listed = "、".join(rules.workflows)
                message = f"情景“{one.title}”没有写是哪个流程"
                yield Problem("missing-key", one.at, message, f"补上 workflow: …，可写：{listed}")


@dataclass(slots=True)
class _Rules:
    """Workflow files read and judged, what an office needs to have them in force, and what is
    touched of them.
    """

    workflows: dict[str, Workflow]
    definitions: list[Definition]
    problems: list[Problem]
    coverage: dict[str, Coverage]

    def named(self, scenario: Scenario) -> str:
        """Give the name of the workflow that a scenario opens."""
        for workflow in self.workflows.values():
            if scenario.workflow in (workflow.name, workflow.title):
                return workflow.name
        return next(iter(self.workflows))


def _rules(files: Sequence[Path]) -> _Rules:
    """Read and judge workflow files with their letters, as `workflow check` does."""
    if not files:
        raise InvalidError("没有流程文件", "用 --workflow 文件 指明要试的流程")
    found = _Rules({}, [], [], {})
    used: dict[str, bytes] = {}
    given = {path: read_workflow_file(path) for path in files}
    parents = parents_beside(given.values())
    near = {one: read_workflow_file(one) for path in files for one in _beside(path)}
    others = workflows_in([*near.values(), *given.values()], parents)
    read: dict[Path | None, dict[str, Template]] = {}
    for path in files:
        folder = _notices(path)
        bodies = shipped_templates(folder)
        if folder not in read:
            read[folder] = _templates(bodies)
        shared = lists_in(path.resolve().parent)
        workflow, problems, _ = examine_whole(
            given[path].body,
            str(path),
            read[folder],
            folder,
            others=others,
            lists={name: one for name, (one, _body) in shared.items()},
            parents=parents,
        )
        found.problems += problems
        if workflow is None or faults_among(problems):
            continue
        found.workflows[workflow.name] = workflow
        found.coverage[workflow.name] = Coverage(workflow)
        wanted = {rule.template for way in workflow.transitions for rule in way.notices}
        used |= {name: bodies[name] for name in sorted(wanted & bodies.keys())}
        bodies_of_lists = {name: body for name, (_one, body) in shared.items()}
        new = (one for one in lacking(workflow, bodies_of_lists) if one not in found.definitions)
        found.definitions += new
        body = given[path].whole(parents).body
        found.definitions.append(("workflow", workflow.name, body))
    templates: list[Definition] = [("template", name, body) for name, body in used.items()]
    found.definitions = [*templates, *found.definitions]
    return found


def _beside(path: Path) -> list[Path]:
    """Give the workflow files beside one, to which its links may lead."""
    return places.workflow_files(path.resolve().parent)


def _notices(path: Path) -> Path | None:
    """Give the folder of the letters that belong to a workflow file, None for the shipped ones."""
    beside = path.resolve().parent.parent / "notices"
    return beside if beside.is_dir() else None


def _templates(bodies: dict[str, bytes]) -> dict[str, Template]:
    """Read templates for a check; a faulty one counts as missing, `notice lint` says why."""
    found: dict[str, Template] = {}
    for name, body in bodies.items():
        try:
            found[name] = read_template(name, body, f"notices/{name}.j2")
        except WorkflowError:
            continue
    return found


@dataclass(slots=True)
class _Branch:
    """A step that scenarios have in common, what follows it in each, and those that end with it."""

    step: ScenarioStep | None
    following: list[_Branch] = field(default_factory=list)
    ends: list[Scenario] = field(default_factory=list)

    def add(self, scenario: Scenario) -> None:
        """Put a scenario into the tree, along what others have in common with it."""
        here = self
        for step in scenario.steps:
            below = next((one for one in here.following if one.step == step), None)
            if below is None:
                below = _Branch(step)
                here.following.append(below)
            here = below
        here.ends.append(scenario)

    def all(self) -> Iterator[Scenario]:
        """Give all scenarios that go through here."""
        left = [self]
        while left:
            branch = left.pop()
            yield from branch.ends
            left += reversed(branch.following)


class _Run:
    """One run: what failed, and the scenarios in which it did."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self.files = files
        self.failing: set[int] = set()
        self._failed: list[tuple[Difference, tuple[Scenario, ...]]] = []

    def rules(self, files: tuple[Path, ...]) -> _Rules:
        """Read the workflow files of some scenarios."""
        return _rules(files or self.files)

    def told(self) -> Iterator[FailedStep]:
        """Give the steps that failed, in the order of their places."""

        def key(one: tuple[Difference, tuple[Scenario, ...]]) -> tuple[str, int, int]:
            place = one[0].location
            return place.file, place.line, place.column

        for difference, scenarios in sorted(self._failed, key=key):
            yield FailedStep(difference, tuple(one.title for one in scenarios))

    def play(self, rules: _Rules, scenarios: Iterable[Scenario]) -> None:
        """Play scenarios, one office for those that begin on the same day in the same one."""
        for (start, directory), those in _by(scenarios, lambda s: (s.start, s.office)):
            changes = cast_of(rules.workflows.values(), directory)
            day = date.fromisoformat(start)
            with founded(changes, rules.definitions, day) as trial:
                for name, ours in _by(those, rules.named):
                    root = _Branch(None)
                    for scenario in ours:
                        root.add(scenario)
                    playing = _Playing(self, rules, trial, ScenarioPlayer(trial, name))
                    with trial.undone():
                        playing.follow(root, Standpoint(day))

    def fail(self, branch: _Branch, found: Iterable[Difference]) -> None:
        """Note what came otherwise in all scenarios that go through a step."""
        scenarios = tuple(branch.all())
        for difference in found:
            self._failed.append((difference, scenarios))
            self.failing |= {id(scenario) for scenario in scenarios}


@dataclass(frozen=True, slots=True)
class _Playing:
    """The scenarios of one workflow, played in one office."""

    run: _Run
    rules: _Rules
    trial: TrialOffice
    player: ScenarioPlayer

    def follow(self, branch: _Branch, at: Standpoint) -> None:
        """Play what follows a step; where it parts, each way is undone behind it."""
        while True:
            if branch.ends:
                note_cases(self.rules.coverage, self.trial)
            if len(branch.following) != 1:
                break
            branch = branch.following[0]
            after = self._step(branch, at)
            if after is None:
                return
            at = after
        for below in branch.following:
            with self.trial.undone():
                after = self._step(below, at)
                if after is not None:
                    self.follow(below, after)

    def _step(self, branch: _Branch, at: Standpoint) -> Standpoint | None:
        """Play a step; None where nothing can follow it."""
        step = branch.step
        assert step is not None, "only what is above all steps has none"
        came = self.player.play(step, at)
        note(self.rules.coverage, self.trial, step, came)
        found = differences(self.trial, step, came)
        self.run.fail(branch, found)
        return None if any(one.ends for one in found) else came.after


def _by(
    scenarios: Iterable[Scenario], key: Callable[[Scenario], K]
) -> list[tuple[K, list[Scenario]]]:
    """Put those together for which a key is the same, in the order in which they come first."""
    found: dict[K, list[Scenario]] = {}
    for scenario in scenarios:
        found.setdefault(key(scenario), []).append(scenario)
    return list(found.items())
