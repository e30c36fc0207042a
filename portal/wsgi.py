"""What gunicorn serves. A portal that is set up wrongly, or not bound by row-level security, does not start."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from portal.plainly import BOOT_FAILED, said_plainly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
with said_plainly(BOOT_FAILED):
    application = get_wsgi_application()

    from django.db import connection  # this needs the apps to be ready

    from sharing.roles import refuse_all_but_the_application
    from sharing.service.starting import refuse_to_serve

    call_command("check", deploy=True, fail_level="ERROR")
    refuse_all_but_the_application()
    refuse_to_serve()
    connection.close()  # the processes that gunicorn forks must not share one
