from preceptor.notifications import kinds
from tests.notifications.conftest import KIND

kinds.register(KIND)
