"""The token in a mail's List-Unsubscribe: whose mail, and of which kind.

Whoever holds it can turn that kind off for that person, and nothing else, so it needs
no sign-in (RFC 8058). It is signed, kept nowhere, and works as long as its mail lies
about.
"""

from django.core import signing

from preceptor.notifications.models import Delivery

_SALT = "preceptor.notifications.unsubscribing"


def token_for(delivery: Delivery) -> str:
    """For `/unsubscribe/TOKEN/`; the same for all mails of a kind to one member."""
    return signing.dumps([delivery.recipient_id, delivery.kind], salt=_SALT)


def read(token: str) -> tuple[int, str]:
    """The id of the Membership, and the kind: a registered one, or `Delivery.DIGEST`.

    Raises `django.core.signing.BadSignature` where we did not make the token.
    """
    member, kind = signing.loads(token, salt=_SALT)
    return member, kind
