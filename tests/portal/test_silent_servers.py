"""A database server that falls silent without closing its connections is given up, so that pages can say so.

So is one of our own machines by PostgreSQL, so that others can go on.
"""

import socket
from contextlib import closing

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

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


@pytest.mark.django_db
def test_a_machine_of_ours_that_is_cut_off_holds_nothing_for_hours():
    """R43: the ledger, or the claim of an import. As it comes, PostgreSQL asks after two hours whether it is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, reset_val::int FROM pg_settings WHERE name LIKE 'tcp%%'")
        kept = dict(cursor.fetchall())
    after = kept["tcp_keepalives_idle"] + kept["tcp_keepalives_interval"] * kept["tcp_keepalives_count"]
    assert kept["tcp_keepalives_idle"] > 0
    assert after <= 30
    assert 0 < kept["tcp_user_timeout"] <= 30_000
