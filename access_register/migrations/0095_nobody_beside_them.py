"""Breaches, orders and leaving the protocol as they are now (P6, P7, P17, R18, R41). Functions alone: no table is held."""

from django.db import migrations

from access_register.breaches import roles_sql, sanctions_sql, steps_sql
from access_register.casework import order_sql
from access_register.officers import second_officer_sql
from access_register.participation import participation_sql

FUNCTIONS = (
    order_sql.AUTHORISE,
    roles_sql.MANAGERS,
    roles_sql.ROLES,
    steps_sql.SEAT,
    steps_sql.PEOPLE,
    sanctions_sql.SHUT_OUT,
    sanctions_sql.PAUSE,
    sanctions_sql.END_BY_SANCTION,
    participation_sql.LEAVE,
    participation_sql.JOIN,
    second_officer_sql.CHOOSES,
)


class Migration(migrations.Migration):
    dependencies = [("access_register", "0076_participation"), ("sharing", "0095_named_with_an_authoriser")]

    operations = [
        migrations.RunSQL("".join(FUNCTIONS), migrations.RunSQL.noop),
        migrations.RunSQL(
            "REVOKE EXECUTE ON FUNCTION access_register_may_sit FROM portal_app;", migrations.RunSQL.noop
        ),
    ]
