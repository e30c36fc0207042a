"""What gunicorn serves. A portal set up wrongly, or not bound by row-level security, does not start."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from django.core.management import call_command  # noqa: E402 - needs the apps to be ready
from django.db import connection  # noqa: E402

from sharing.retention.replaying import refuse_until_replayed  # noqa: E402
from sharing.roles import refuse_all_but_the_application  # noqa: E402

call_command("check", deploy=True, fail_level="ERROR")
refuse_all_but_the_application()
refuse_until_replayed()
connection.close()  # none is shared with what gunicorn forks
