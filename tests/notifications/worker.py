from preceptor.notifications import kinds
from tests.notifications.conftest import KIND

for kind in kinds.registered():
    kinds.unregister(kind.name)
kinds.register(KIND)
