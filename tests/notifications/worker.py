from preceptor.notifications import kinds
from tests.notifications.conftest import KIND

kinds._kinds.clear()
kinds.register(KIND)
