import os

from django.core.wsgi import get_wsgi_application

from preceptor.limits import limit_web

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preceptor.settings")
limit_web()
application = get_wsgi_application()
