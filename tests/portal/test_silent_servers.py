"""A database server that falls silent without closing its connections is given up, so that pages can say so."""

import socket
from contextlib import closing

import psycopg2
import pytest
from django.conf import settings

LONGEST = 10  # seconds that a server may leave unanswered what was sent to it


@pytest.mark.parametrize("name", sorted(settings.DATABASES))
def test_a_server_that_is_cut_off_is_not_waited_for_for_ever(name):
    options = settings.DATABASES[name]["OPTIONS"]
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:  # takes connections and says nothing
        there = {"host": "127.0.0.1", "port": silent.getsockname()[1], "async_": 1}
        with closing(psycopg2.connect(**options | there)) as begun:
            begun.poll()
            with closing(socket.socket(fileno=socket.dup(begun.fileno()))) as wire:
                unanswered = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
                idle = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
                assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert 0 < unanswered <= LONGEST * 1000
    assert idle <= LONGEST
    assert options["connect_timeout"] <= LONGEST
