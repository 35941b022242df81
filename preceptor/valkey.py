"""How Valkey is asked: briefly, and once more where a connection was closed meanwhile.

A server that keeps silent is not asked again: it would only take as long once more.
"""

from typing import Any

from redis import ConnectionError as Closed
from redis.backoff import NoBackoff
from redis.retry import Retry

BRIEFLY: dict[str, Any] = {
    "socket_timeout": 1.0,
    "socket_connect_timeout": 1.0,
    "retry": Retry(NoBackoff(), 1, (Closed,)),
}
