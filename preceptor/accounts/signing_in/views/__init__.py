from preceptor.accounts.signing_in.views.entrance import (
    begin,
    callback,
    enter,
    login,
)
from preceptor.accounts.signing_in.views.federation import acs, back, metadata
from preceptor.accounts.signing_in.views.identities import (
    forget_identity,
    identities,
    take_address,
)
from preceptor.accounts.signing_in.views.sessions import sessions
from preceptor.accounts.signing_in.views.settings import (
    add,
    add_domain,
    check_domain,
    edit,
    remove,
    remove_domain,
    sign_in,
    test,
    turn_off,
    turn_on,
)

__all__ = [
    "acs",
    "add",
    "add_domain",
    "back",
    "begin",
    "callback",
    "check_domain",
    "edit",
    "enter",
    "forget_identity",
    "identities",
    "login",
    "metadata",
    "remove",
    "remove_domain",
    "sessions",
    "sign_in",
    "take_address",
    "test",
    "turn_off",
    "turn_on",
]
