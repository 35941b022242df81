"""PostgreSQL as Django speaks to it; a kept connection is looked at for nothing."""

from select import POLLIN, poll

from django.db.backends.postgresql import base
from psycopg import Error
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether a kept connection still stands, as each request begins by asking.

        A server that ends one says so, and then there is something to read. Where there
        is nothing, asking would cost a request more than its session does. Amid a
        transaction, which may have failed, it is asked.
        """
        try:
            is_idle = self.connection.info.transaction_status == TransactionStatus.IDLE
            waiting = poll()
            waiting.register(self.connection.fileno(), POLLIN)
            return (is_idle and not waiting.poll(0)) or super().is_usable()
        except Error:
            return False
