"""What clients, accounts, files and signals do wrong to a service, and what it does then."""

from __future__ import annotations

import encodings
import errno
import os
import pkgutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import COMMAND, LIMITS, ME, Served, question, serving

from lifecycle.service.socket_file import allow_files
from lifecycle.wire import PATH, head

FIND_OUT = (
    "  改法：只是查看的，重来即可；要写入的，可能已经写入："
    "用 lifecycle log --request-id many-1 查明"
    "（成批的各件编号为 many-1:1、many-1:2……），"
    "或加 --request-id many-1 重发同一指令，只生效一次\n"
)
"""What is told of a command of which nobody knows what became, by the request id of `bulk`."""
OPEN = ("open", "visit", "--set", "name=某项目")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve one office to the tests that leave it running."""
    with serving(tmp_path_factory.mktemp("served"), receive_seconds=1, request_mb=2) as made:
        yield made


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """Serve an office to one test that ends its service."""
    with serving(tmp_path) as made:
        yield made


def connected(served: Served) -> socket.socket:
    """Connect to the service."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    connection.connect(str(served.socket))
    return connection


def whole_answer(connection: socket.socket) -> bytes:
    """Read an answer up to where the service hangs up: its head and its body may come apart."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def entries(served: Served) -> int:
    """Count the entries, on the file itself."""
    office = served.tiny.office()
    try:
        return office.store.last_index()
    finally:
        office.close()


def clean(served: Served) -> bool:
    """Audit the file itself."""
    return served.on_the_file("audit").returncode == 0


def test_half_a_request_does_nothing(served: Served) -> None:
    """A client that sends half a request and goes away has done nothing; the next one is served."""
    before = entries(served)
    whole = question(*OPEN)
    for sent in (whole[: len(whole) // 2], b""):
        with connected(served) as connection:
            first = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(whole)}\r\n\r\n"
            connection.sendall(first.encode() + sent)
    with connected(served) as connection:
        connection.sendall(b"POST /v1/comm")
    assert served.do("list") == "没有符合条件的事项\n"
    assert entries(served) == before


def test_a_request_that_does_not_end_is_ended(served: Served) -> None:
    """Half a body, and half a head, are waited for as long as the settings say."""
    with connected(served) as slow, connected(served) as silent:
        slow.sendall(b"POST /v1/command HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        silent.sendall(b"POST /v1")
        answer = whole_answer(slow)
        assert answer.startswith(b"HTTP/1.1 408")
        assert "没有送完，没有办理" in answer.split(b"\r\n\r\n")[1].decode("unicode_escape")
        assert whole_answer(silent) == b""


def test_a_request_of_a_gigabyte_is_turned_away_unread(served: Served) -> None:
    """It is refused by its length, before its bytes are read; the officer is told the bound."""
    status, answer = served.raw(b"", length=1 << 30)
    assert (status, answer["message"]) == (413, "请求有 1024 MB，超过 2 MB，没有办理")
    served.do(*OPEN)
    huge = served.desk / "huge.bin"
    with huge.open("wb") as handle:
        handle.truncate(1 << 30)
    done = served.call("attach", "某项目", "report", "huge.bin")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("请求有 1024 MB，超过 2 MB，没有办理\n  改法：")


def failed(name: str, error: int) -> bytes:
    """Write a question of a client that could not read a file."""
    document = {
        "argv": ["open", "visit", "--from", name],
        "request_id": "q-1",
        "environment": {},
        "streams": [["utf-8", False], ["utf-8", False]],
        "files": [{"name": name, "error": error}],
    }
    return head(document, [0])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b'{"blobs": []}\n',
        b"\xff\xfe\n",
        question("list")[:-2],
        question("list", files={"a": b"1234"})[:-1],
        question("list") + b"more",
        question("list", argv="list"),
        question("list", argv=[1]),
        question("list", argv=["a\0b"]),
        question("list", environment={"LD_PRELOAD": "x"}),
        question("list", environment={"TERM": 1}),
        question("list", streams=[["utf-8", False]]),
        question("list", streams=[["no-such", False], ["utf-8", False]]),
        question("list", streams=[["idna", False], ["utf-8", False]]),
        question("list", streams=[["utf-8", False], ["punycode", False]]),
        question("list", streams=[["undefined", False], ["utf-8", False]]),
        question("list", streams=[["utf-16", False], ["utf-8", False]]),
        question("list", environment=[]),
        question("list", environment={"TERM": "\ud800"}),
        question("show", "\ud800"),
        question("list", request_id="\ud800"),
        question("list").replace(b'"files": []', b'"files": [{"name": "a", "error": 0}]'),
        failed("f.csv", 10**30),
        failed("f.csv", -7),
        failed("f.csv", True),
        failed("-", errno.EISDIR),
        head({"argv": ["x"]}, [10**30]),
        head({"argv": ["x"]}, []).replace(b"[]", b"[" + b"9" * 5000 + b"]"),
        head({"argv": []}, [-1]),
        head({"argv": ["x"]}, [1 << 60]),
        b"[" * 60_000,
    ],
)
def test_a_message_that_is_none_is_refused(served: Served, body: bytes) -> None:
    """Whatever bytes come, they are answered with a refusal; no worker ends by them."""
    status, answer = served.raw(body)
    assert (status, answer["message"]) == (400, "服务看不懂这个请求，没有办理")
    assert served.call("list").returncode == 0


def test_every_encoding_of_python_is_answered(served: Served) -> None:
    """Whatever encoding a stream is said to have, the command is done in it or refused as a message
    that is none: it does not fail in the middle.
    """
    known = sorted(module.name for module in pkgutil.iter_modules(encodings.__path__))
    answers = {}
    for name in known:
        body = question("list", "--where", "没有 > 1", streams=[[name, True], [name, False]])
        status, answer = served.raw(body)
        answers[name] = answer["exit"] if status == 200 else status
    assert set(answers.values()) == {1, 400}
    done = {name for name, found in answers.items() if found == 1}
    assert {"utf_8", "ascii", "latin_1", "gbk", "gb18030", "big5"} <= done
    assert not {"idna", "punycode", "undefined", "hex_codec", "utf_16"} & done


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000, "-" + "9" * 30])
def test_an_absurd_number_is_the_officers_mistake(served: Served, number: str) -> None:
    """A number that no database holds is refused as an argument, not as a fault of the program."""
    for words in (
        ("list", "--page", number),
        ("todo", "--page", number),
        ("log", "--after", number),
    ):
        done = served.raw(question(*words))
        assert (done[0], done[1]["exit"], words) == (200, 2, words)
    columns = question("list", environment={"COLUMNS": number}, streams=[["utf-8", True]] * 2)
    assert served.raw(columns)[1]["exit"] == 0


def test_an_address_that_there_is_not_is_refused(served: Served) -> None:
    """Only commands are taken in."""
    with connected(served) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 404")


def test_a_path_in_place_of_bytes_is_a_name(served: Served) -> None:
    """A name without bytes, though a file of that name is there for the service, leads to nothing:
    the service asks for the bytes, and takes what comes as the file.
    """
    path = str(served.tiny.path)
    words = ("attach", "某项目", "report", path)
    assert served.raw(question(*words))[1]["need"] == [path]
    before = entries(served)
    _status, answer = served.raw(question(*words, files={path: b""}))
    assert (answer["exit"], entries(served)) == (1, before)


def test_two_thousand_connections_keep_nobody_out(served: Served) -> None:
    """One account holds no more connections than the settings say; the others are turned away, and
    those that ask nothing are ended, so that everything is as before.
    """
    allow_files(2000)
    connections: list[socket.socket] = []
    try:
        for _ in range(2000):
            connection = socket.socket(socket.AF_UNIX)
            connections.append(connection)
            connection.connect(str(served.socket))
        answers = []
        for connection in connections:
            connection.settimeout(30)
            answers.append(connection.recv(12))
    finally:
        for connection in connections:
            connection.close()
    assert set(answers) == {b"HTTP/1.1 503", b""}
    assert answers.count(b"") >= LIMITS["per_account"]
    assert answers.count(b"HTTP/1.1 503") > 1000
    assert served.call("list").returncode == 0
    assert served.process is not None
    assert served.process.poll() is None


def test_a_busy_service_is_asked_again(served: Served) -> None:
    """A command that is turned away because too much is connected waits and is done."""
    held = [connected(served) for _ in range(LIMITS["per_account"])]

    def let_go() -> None:
        for connection in held:
            connection.close()

    timer = threading.Timer(0.5, let_go)
    timer.start()
    assert served.call("list").returncode == 0
    timer.join()


def test_an_account_without_an_officer_reads_nothing(own: Served) -> None:
    """An account that is nobody's, or whose officer has left, is refused whatever it asks."""
    own.tiny.do("officer", "leave", "bureau01", by="admin")
    left = own.call("list")
    assert (left.returncode, left.stdout, "不在岗" in left.stderr) == (1, "", True)
    own.tiny.do("officer", "account", "bureau01", ME, "--remove", by="admin")
    nobody = own.call("list")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert nobody.stderr.startswith(f"您的操作系统账户 {ME} 没有登记为经办人，不能使用这个库\n")


def bulk(served: Served, lines: int) -> subprocess.Popen[bytes]:
    """Begin a command of many lines, and wait until the first are recorded."""
    (served.desk / "many.csv").write_text(
        "name\n" + "".join(f"项目{number}\n" for number in range(lines)), "utf-8"
    )
    before = entries(served)
    process = subprocess.Popen(
        [*COMMAND, "open", "visit", "--from", "many.csv", "--request-id", "many-1"],
        env={**os.environ, "LIFECYCLE_DB": served.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=served.desk,
    )
    end = time.monotonic() + 60
    while entries(served) < before + 3:
        assert time.monotonic() < end
        time.sleep(0.01)
    return process


def test_a_service_that_is_killed_loses_nothing_acknowledged(own: Served) -> None:
    """Killed in the middle of a command, it leaves a sound ledger with all that was acknowledged;
    the client says that it does not know, and how to find out; sent again, each line has one
    effect.
    """
    number = own.do(*OPEN).strip()
    process = bulk(own, 60)
    own.kill()
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 3
    told = err.decode()
    assert told.startswith("服务没有答复就断开了，不知道办了没有\n")
    assert "lifecycle log --request-id many-1 查明" in told
    assert clean(own)
    assert own.on_the_file("log", "--request-id", "many-1:1").returncode == 0
    own.start()
    assert own.do("show", number)
    again = own.do("open", "visit", "--from", "many.csv", "--request-id", "many-1")
    assert again.splitlines()[-1] == "已办理 60 件，未办理 0 件"
    pages = [own.asks("list", "--page", page)["cases"] for page in ("1", "2")]
    titles = [row["title"] for page in pages for row in page]
    assert len(titles) == len(set(titles)) == 61
    assert clean(own)


def test_a_stop_waits_for_what_is_being_done(own: Served) -> None:
    """At SIGTERM the running command is done and answered, then the service ends with code 0 and
    takes its socket away.
    """
    process = bulk(own, 30)
    assert own.stop() == 0
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.decode().splitlines()[-1] == "已办理 30 件，未办理 0 件"
    assert not own.socket.exists()
    gone = own.call("list")
    assert (gone.returncode, gone.stdout) == (3, "")
    assert gone.stderr.startswith(f"服务没有在运行：没有套接字 {own.socket}\n")


def test_a_worker_that_ends_takes_one_command_with_it(own: Served) -> None:
    """Where a worker is killed, its client is told that nobody knows, and by which request id to
    find out; the service goes on with a new worker.
    """
    process = bulk(own, 60)
    for pid in own.workers():
        os.kill(pid, signal.SIGKILL)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert err.decode() == f"服务在办理中出错，不知道办了没有\n{FIND_OUT}"
    assert own.call("list").returncode == 0
    assert clean(own)


def test_a_command_without_end_is_ended(tmp_path: Path) -> None:
    """A command that takes longer than the settings allow is ended, and the client is told that
    nobody knows, and by which request id to find out.
    """
    with serving(tmp_path, command_seconds=1) as served:
        process = bulk(served, 3000)
        _out, err = process.communicate(timeout=60)
        assert process.returncode == 3
        assert err.decode() == f"命令超过 1 秒，已中止，不知道办了没有\n{FIND_OUT}"
        assert served.call("board").returncode == 0
        assert clean(served)


def serve(served: Served, *more: str) -> tuple[int, str]:
    """Try to start a service; give its exit code and what it says."""
    words = [*COMMAND, "serve", "--db", str(served.tiny.path), *more]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


def test_a_second_service_is_refused(served: Served) -> None:
    """Where one runs, another is not started in its place."""
    code, told = serve(served, "--socket", str(served.socket))
    assert (code, told.splitlines()[0]) == (3, f"{served.socket} 上已有服务在运行")
    assert served.call("list").returncode == 0


def test_wrong_modes_are_refused(tmp_path: Path) -> None:
    """A socket in a folder that others may write, a file in its place, and a database that others
    may open are refused with the command that mends it.
    """
    with pytest.MonkeyPatch.context() as patch:
        served = Served(tmp_path, patch)
        served.tiny.founded()
    where = ("--socket", str(served.socket))
    served.run.chmod(0o777)
    code, told = serve(served, *where)
    assert (code, f"chmod 755 {served.run}" in told) == (1, True)
    served.run.chmod(0o755)
    served.socket.write_text("mine", "utf-8")
    code, told = serve(served, *where)
    assert (code, "不是套接字，不会覆盖" in told) == (1, True)
    assert served.socket.read_text("utf-8") == "mine"
    served.socket.unlink()
    for place in (served.tiny.path, served.data):
        before = place.stat().st_mode
        place.chmod(before | 0o040)
        code, told = serve(served, *where)
        assert (code, f"chmod -R go= {served.data}" in told) == (1, True)
        place.chmod(before)
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(served.socket))
    dead.close()
    served.start()  # a socket that a service left behind is replaced
    assert served.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="只有 root 能把文件给别的账户")
def test_what_is_another_accounts_is_not_served(tmp_path: Path) -> None:
    """A database in a folder of another account, and one that is another account's, are refused;
    nobody is told to take the folder from its owner, which may be everybody's.
    """
    with pytest.MonkeyPatch.context() as patch:
        served = Served(tmp_path, patch)
        served.tiny.founded()
    where = ("--socket", str(served.socket))
    os.chown(served.tiny.path, 65534, 65534)
    code, told = serve(served, *where)
    assert (code, told.splitlines()[0]) == (1, f"{served.tiny.path} 不是本账户的，服务不能独占它")
    assert f"chown -R {ME}: {served.tiny.path}\n" in told
    os.chown(served.tiny.path, 0, 0)
    os.chown(served.data, 65534, 65534)
    code, told = serve(served, *where)
    assert code == 1
    assert told.startswith(f"文件夹 {served.data} 不是本账户的，服务不能独占里面的库\n")
    assert "chown" not in told


def test_a_client_trusts_no_socket_that_anybody_could_have_put_there(served: Served) -> None:
    """A socket in a folder that others may write, and a file, are not talked to."""
    served.run.chmod(0o777)
    try:
        done = served.call("list")
    finally:
        served.run.chmod(0o755)
    assert (done.returncode, "别人也能改动，不能认定那里是服务" in done.stderr) == (3, True)
    (served.run / "file").touch()
    done = served.call("list", "--db", f"unix:{served.run}/file")
    assert (done.returncode, "不是套接字" in done.stderr) == (3, True)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (head({"need": ["/etc/passwd"]}, []), "服务要用命令里没有写的文件 /etc/passwd，没有照办"),
        (
            head(
                {
                    "exit": 0,
                    "folders": [],
                    "files": [{"name": "x/.profile", "kind": "清单", "once": False}],
                    "pieces": [],
                },
                [1],
            )
            + b"x",
            "服务要用命令里没有写的文件 x/.profile，没有照办",
        ),
        (b"nonsense\n", "服务没有答复就断开了，不知道办了没有"),
        (head({"exit": 0, "folders": [], "files": [], "pieces": [1]}, [9]), "服务没有答复就断开了"),
    ],
    ids=["read", "write", "nonsense", "cut off"],
)
def test_a_service_gets_no_file_that_was_not_named(
    tmp_path: Path, answer: bytes, told: str
) -> None:
    """A client reads and writes what its own command line names, whatever a service asks; an answer
    that is none or is cut off is told as such.
    """
    path = tmp_path / "s"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def speak() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1 << 16)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + answer)

    thread = threading.Thread(target=speak)
    thread.start()
    done = subprocess.run(
        [*COMMAND, "list", "--csv", "y.csv"],
        env={**os.environ, "LIFECYCLE_DB": f"unix://{path}"},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    thread.join()
    listener.close()
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(told)
    assert [found.name for found in tmp_path.iterdir()] == ["s"]


@pytest.mark.slow
def test_memory_does_not_grow(tmp_path: Path) -> None:
    """After four hundred requests the service and its workers hold what they held after a
    hundred, within a tenth.
    """

    def held(served: Served) -> int:
        assert served.process is not None
        pids = {served.process.pid, *served.workers()}
        total = 0
        for pid in pids:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
                if line.startswith("Private_"):
                    total += int(line.split()[1])
        return total

    with serving(tmp_path) as served:
        served.do(*OPEN)
        for number in range(400):
            status, answer = served.raw(question("show", "某项目", request_id=f"r-{number}"))
            assert (status, answer["exit"]) == (200, 0)
            if number == 100:
                before = held(served)
        assert held(served) <= before * 1.1


@pytest.mark.slow
def test_eight_clients_starve_nobody(tmp_path: Path) -> None:
    """Eight clients that record for twenty seconds are all served, within one and a half of each
    other's share; the audit is clean.
    """
    with serving(tmp_path, workers=4) as served:
        number = served.do(*OPEN).strip()
        end = time.monotonic() + 20
        done = [0] * 8

        def record(who: int) -> None:
            while time.monotonic() < end:
                words = ("set", number, f"area={who + 1}", "--request-id", f"c{who}-{done[who]}")
                status, answer = served.raw(question(*words))
                assert (status, answer["exit"]) == (200, 0)
                done[who] += 1

        threads = [threading.Thread(target=record, args=(who,)) for who in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert entries_of(served, number) == 1 + sum(done)
        assert min(done) * 1.5 >= max(done) > 20
        assert clean(served)


def entries_of(served: Served, number: str) -> int:
    """Count the entries of a case."""
    found = served.asks("show", number)["seq"]
    assert isinstance(found, int)
    return found
