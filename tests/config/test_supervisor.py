import fcntl
import http.client
import json
import os
import signal
import socket
import time

import pytest

from tests.config.running import Supervisor, children_of, is_alive, wait_for


@pytest.fixture
def supervisor(tmp_path, free_port):
    supervisor = Supervisor(tmp_path, free_port)
    yield supervisor
    supervisor.end()


def get(port, path, **headers):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.request("GET", path, headers=headers)
    answer = link.getresponse().read().decode()
    link.close()
    return answer


def test_a_year_of_starts_and_stops(supervisor, free_port):
    """One story, because each start takes seconds: start, Ctrl-C, start again, crash."""
    said = supervisor.start()
    children = children_of(supervisor.process.pid)

    assert f"Waymark is ready at http://127.0.0.1:{free_port}" in said
    assert get(free_port, "/healthz", Host="elsewhere.example") == "ok"
    ready = json.loads(get(free_port, "/readyz"))
    assert set(ready["checks"]) == {"database", "database role", "redis", "migrations", "worker"}
    assert set(ready["checks"].values()) == {"ok"}
    assert len(children) >= 5

    supervisor.process.send_signal(signal.SIGINT)
    code, words = supervisor.ended()

    assert (code, words.strip()) == (0, "Stopped.")
    assert [pid for pid in children if is_alive(pid)] == []

    began = time.monotonic()
    supervisor.start()
    seconds = time.monotonic() - began
    children = children_of(supervisor.process.pid)
    os.kill(supervisor.pid_of("gunicorn"), signal.SIGKILL)
    code, words = supervisor.ended()

    assert code == 1
    assert "web was ended by SIGKILL. Its last words:" in words
    assert "Everything else was stopped." in words
    assert wait_for(lambda: not [pid for pid in children if is_alive(pid)])
    assert "Applying" not in supervisor.log.read_text(), f"made afresh in {seconds:.1f} s"


def test_a_busy_port_is_said_in_one_sentence_before_anything_starts(supervisor, free_port):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", free_port))
        busy.listen()

        answer = supervisor.call("run")

    sentence = f"Port {free_port} is in use. Type `make run PORT={free_port + 1}` to use another.\n"
    assert (answer.returncode, answer.stdout, answer.stderr) == (1, "", sentence)
    assert not supervisor.log.exists()


def test_given_servers_are_used_and_nothing_embedded_starts(tmp_path, free_port):
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    supervisor = Supervisor(tmp_path, free_port, **given)

    answer = supervisor.call("with-servers", "sh", "-c", "echo $DATABASE_URL $REDIS_URL; exit 7")

    assert given, "make test and the environment of developers both name their servers"
    assert answer.returncode == 7
    assert answer.stdout.split() == [given["DATABASE_URL"], given["REDIS_URL"]]
    assert supervisor.log.read_text() == ""


def test_a_second_supervisor_and_a_reset_leave_the_first_alone(supervisor):
    lock = (supervisor.log.parents[1] / "lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)

    run, reset = supervisor.call("run"), supervisor.call("reset")
    lock.close()

    for answer in (run, reset):
        assert answer.returncode == 1
        assert answer.stderr.startswith("Waymark is already running on the data in ")


def test_a_reset_removes_the_data_and_keeps_the_key(supervisor):
    answer = supervisor.call("with-servers", "true")
    data_dir = supervisor.log.parents[1]
    key = (data_dir / "secret_key").read_text()

    reset = supervisor.call("reset")

    assert (answer.returncode, reset.returncode) == (0, 0)
    assert sorted(path.name for path in data_dir.iterdir()) == [
        "equality_key",
        "lock",
        "secret_key",
    ]
    assert (data_dir / "secret_key").read_text() == key
