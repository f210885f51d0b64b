"""Listens to the logs and the queue of the whole run, and fails it when a value came through."""

import logging

import pytest
from celery.signals import before_task_publish

from tests.canaries.sinks import LogSink, Sink, listen_to_the_queue
from tests.canaries.tokens import ON_PURPOSE

_LISTENING = pytest.StashKey[tuple[Sink, ...]]()
_OPEN = pytest.StashKey[tuple]()


def pytest_configure(config):
    logs, queue = Sink("the log"), Sink("the queue")
    handler = LogSink(logs)
    logging.getLogger().addHandler(handler)
    config.stash[_LISTENING] = (logs, queue)
    config.stash[_OPEN] = (handler, listen_to_the_queue(queue))


def pytest_unconfigure(config):
    handler, listener = config.stash[_OPEN]
    logging.getLogger().removeHandler(handler)
    before_task_publish.disconnect(listener)


def _found(config):
    """What came through, but for what a test leaked on purpose to see that it is found."""
    said = (said for sink in config.stash[_LISTENING] for said in sink.found)
    return [sentence for sentence in said if str(ON_PURPOSE) not in sentence]


def pytest_sessionfinish(session, exitstatus):
    found = _found(session.config)
    if found and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    found = _found(config)
    if found:
        terminalreporter.section("values that came out where none may", red=True)
        for said in sorted(set(found))[:50]:
            terminalreporter.write_line(said)
