"""One worker process of the deliverer: `python -m bench.outbox DATABASE PORT MOMENT`.

It says when it is ready, waits for a line, delivers as of that moment, and says how
many mails were accepted, how much memory it held at most, in MB, and its processor time
in seconds.
"""

import resource
import sys
import time
from datetime import datetime, timedelta

import django


def main() -> None:
    django.setup()
    from django.conf import settings  # noqa: PLC0415 # after the set-up
    from django.db import connection  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from preceptor.notifications.deliverer import deliver  # noqa: PLC0415

    database, port, moment = sys.argv[1:]
    connection.settings_dict["NAME"] = database
    settings.EMAIL_BACKEND = "preceptor.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    begins = datetime.fromisoformat(moment)
    connection.ensure_connection()
    reverse("home")  # as a worker has done that runs for longer than a minute
    _say("ready")
    sys.stdin.readline()
    started, spent = time.monotonic(), time.process_time()
    number = deliver(lambda: begins + timedelta(seconds=time.monotonic() - started))
    spent = time.process_time() - spent
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(f"{number} {megabytes:.0f} {spent:.3f}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
