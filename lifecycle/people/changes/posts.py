"""Posts: a new one, and who holds it."""

from __future__ import annotations

from typing import Any, Self

from lifecycle.errors import InvalidError, UnknownError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.appointments import Appointed
from lifecycle.people.changes.change import DatedChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, given, optional_text, text
from lifecycle.people.codes import is_code
from lifecycle.people.directory import Directory, Post


@dataclass(frozen=True, slots=True)
class AddPost(DatedChange):
    """Add a post of a unit: a position that stays when its holder changes."""

    post: str
    title: str
    unit: str
    since: str | None = None

    entry_type = "post_added"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator adds it to a unit, under a code and a name of its own."""
        role = docket.administrator()
        directory = docket.directory
        if self.post in directory.posts:
            raise InvalidError(f"岗位 {self.post} 已有", "换人请用 lifecycle post hold")
        if not is_code(self.post) or not self.title:
            message = f"岗位代码“{self.post}”不合规"
            raise InvalidError(message, "用字母、数字、点、横线，最多 40 个，并写明名称")
        same = [code for code, post in directory.posts.items() if post.title == self.title]
        if same:
            message = f"岗位名称“{self.title}”已是 {same[0]} 的名称"
            raise InvalidError(message, "两个岗位不能同名，写上单位或分管的事")
        if self.unit not in directory.units:
            raise UnknownError("单位", self.unit, directory.units)
        docket.check_days(self.since)
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the post, which nobody holds yet."""
        if self.unit not in directory.units:
            return directory
        post = Post(self.post, self.title, self.unit, entry.span(self.since))
        return replace(directory, posts={**directory.posts, post.code: post})

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"post": self.post, "title": self.title, "unit": self.unit}
        return wire(data | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        since = optional_text(data, "since")
        return cls(text(data, "post"), text(data, "title"), text(data, "unit"), since)


@dataclass(frozen=True, slots=True)
class HoldPost(DatedChange):
    """Say who holds a post from a day on; `officer` "": nobody."""

    post: str
    officer: str
    since: str | None = None

    entry_type = "post_held"

    @property
    def appointed(self) -> Appointed | None:
        """Say that the officer has the post from then on; that nobody has it gives no authority."""
        return Appointed("岗位", self.officer, self.since) if self.officer else None

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator gives it to somebody who has not left, and that this is
        new.
        """
        role = docket.administrator()
        directory = docket.directory
        if self.post not in directory.posts:
            raise UnknownError("岗位", self.post, directory.posts)
        if self.officer and docket.person(self.officer).left:
            message = f"经办人 {self.officer} 已登记离任，不能任岗位"
            raise InvalidError(message, "请写在岗的人")
        docket.check_days(self.since)
        docket.check_beginning(self.appointed)
        post, on = directory.posts[self.post], self.since or docket.on.isoformat()
        if post.holder(on, directory.seq) == self.officer:
            now = f"已由 {self.officer} 担任" if self.officer else "没有人担任"
            raise InvalidError(f"{post.title} 在 {on} {now}", "用 lifecycle post list 查看")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office with the new holder."""
        post = directory.posts.get(self.post)
        if post is None or (self.officer and self.officer not in directory.people):
            return directory
        holders = (*post.holders, (self.officer, entry.span(self.since)))
        return replace(
            directory, posts={**directory.posts, self.post: replace(post, holders=holders)}
        )

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"post": self.post, "officer": self.officer} | given(since=self.since))

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(text(data, "post"), text(data, "officer"), optional_text(data, "since"))
