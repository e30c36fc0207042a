"""What gunicorn serves. The system checks run first: a portal that is set up wrongly does not start."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from django.core.management import call_command  # noqa: E402 - needs the apps to be ready

call_command("check", deploy=True, fail_level="ERROR")
