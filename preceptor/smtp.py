"""Mail by SMTP with fewer answers to wait for: sender, recipients and DATA in one go.

Where the server says that it takes commands together (RFC 2920), a mail waits for two
answers instead of four, which over a network is most of what it takes. A server that
takes long over each answer is given up on as one that takes long over the first.
"""

import re
import smtplib
import socket
import time
from collections.abc import Sequence
from typing import Any

from django.core.mail.backends import smtp

_LINE_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)

Reply = tuple[int, bytes]

PATIENCE = 2
"""How many timeouts a server may take over a connection, and over a mail, in all."""


class _Pipelining(smtplib.SMTP):
    sock: socket.socket
    timeout: float
    _patient_until: float

    def _be_patient(self) -> None:
        self._patient_until = time.monotonic() + PATIENCE * self.timeout

    def connect(
        self,
        host: str = "localhost",
        port: int = 0,
        source_address: Any = None,
    ) -> Reply:
        self._be_patient()
        return super().connect(host, port, source_address)

    def quit(self) -> Reply:
        self._be_patient()
        return super().quit()

    def getreply(self) -> Reply:
        """Raises SMTPServerDisconnected when the patience has come to its end."""
        left = self._patient_until - time.monotonic()
        if left <= 0:
            self.close()
            raise smtplib.SMTPServerDisconnected("The server takes too long")
        self.sock.settimeout(min(self.timeout, left))
        return super().getreply()

    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Sequence[str],
        msg: Any,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> dict[str, Reply]:
        """As smtplib's: raises for a mail that nobody gets, and gives who does not."""
        self._be_patient()
        self.ehlo_or_helo_if_needed()
        is_plain = isinstance(msg, bytes) and not mail_options and not rcpt_options
        if not is_plain or not self.has_extn("pipelining"):
            return super().sendmail(
                from_addr, to_addrs, msg, mail_options, rcpt_options
            )
        recipients = [to_addrs] if isinstance(to_addrs, str) else list(to_addrs)
        size = f" size={len(msg)}" if self.has_extn("size") else ""
        commands = [f"MAIL FROM:{smtplib.quoteaddr(from_addr)}{size}"]
        commands += [f"RCPT TO:{smtplib.quoteaddr(one)}" for one in recipients]
        self.send("".join(f"{command}\r\n" for command in [*commands, "DATA"]))
        of_sender = self.getreply()
        of_each = {one: self.getreply() for one in recipients}
        of_data = self.getreply()
        refused = {one: got for one, got in of_each.items() if got[0] not in (250, 251)}
        is_wanted = of_sender[0] == 250 and len(refused) < len(recipients)
        if of_data[0] == 354:
            # A server that goes on although nobody gets it is given nothing.
            self.send(_dotted(msg) if is_wanted else b".\r\n")
            of_data = self.getreply()
        if is_wanted and of_data[0] == 250:
            return refused
        raise self._refusal(from_addr, of_sender, {} if is_wanted else refused, of_data)

    def _refusal(
        self,
        sender: str,
        of_sender: Reply,
        refused: dict[str, Reply],
        of_data: Reply,
    ) -> smtplib.SMTPException:
        """Ready for the next mail, or closed where the server is about to close."""
        codes = [of_sender[0], of_data[0], *(got[0] for got in refused.values())]
        if 421 in codes:
            self.close()
        else:
            self.rset()
        if of_sender[0] != 250:
            return smtplib.SMTPSenderRefused(*of_sender, sender)
        if refused:
            return smtplib.SMTPRecipientsRefused(refused)
        return smtplib.SMTPDataError(*of_data)


def _dotted(message: bytes) -> bytes:
    """The message and its end; what looks like the end in it does so no longer."""
    end = b"" if message.endswith(b"\r\n") else b"\r\n"
    return _LINE_WITH_DOT.sub(b"..", message) + end + b".\r\n"


class _PipeliningTls(_Pipelining, smtplib.SMTP_SSL):
    """The same where the connection begins with TLS."""


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _PipeliningTls if self.use_ssl else _Pipelining
