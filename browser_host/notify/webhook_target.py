"""An alert's webhook: signed as Standard Webhooks says, by its own library."""

import asyncio
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx
from standardwebhooks import Webhook

from browser_host.config import secret_files
from browser_host.notify.message import NotDelivered, NoticeMessage
from browser_host.secrets import Secret
from browser_host.upscope.proxies import route

WITHIN_S = 15.0
"""Seconds for one attempt, as Standard Webhooks recommends."""


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """A webhook.

    Args:
        url: a secret, because it may contain a token.
        secret_file: signing secrets, read again for each attempt: each of them signs, so that a new one can
            be added before an old one is removed. None: what is sent is not signed.
    """

    url: Secret
    secret_file: Path | None = None

    async def send(self, message: NoticeMessage) -> None:
        """Make one attempt.

        Raises:
            NotDelivered: the receiver did not accept it, or the secrets can't be read.
        """
        try:
            async with asyncio.timeout(WITHIN_S):
                headers, client = await asyncio.to_thread(self._prepared, message)
                async with (
                    client,
                    client.stream(
                        "POST",
                        self.url.reveal(),
                        content=message.body.encode("utf-8", "replace"),
                        headers=headers,
                    ) as answer,
                ):
                    status = answer.status_code  # its body is not read
        except TimeoutError:
            raise NotDelivered(f"no answer within {WITHIN_S:g} s") from None
        except httpx.HTTPError as error:  # its text may quote the address
            raise NotDelivered(f"it can't be reached ({type(error).__name__})") from None
        except ValueError as error:
            raise NotDelivered(str(error)) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotDelivered(f"it answered with HTTP status {status}", is_final=status == HTTPStatus.GONE)

    def _prepared(self, message: NoticeMessage) -> tuple[dict[str, str], httpx.AsyncClient]:
        """The headers, and a client: in a thread, because reading the authorities takes 20 ms and more."""
        at = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "user-agent": "watchdeck",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
        }
        if self.secret_file is not None:
            secrets = secret_files.signing_secrets(self.secret_file)
            signed = (Webhook(one.reveal()).sign(message.id, at, message.body) for one in secrets)
            headers["webhook-signature"] = " ".join(signed)
        client = httpx.AsyncClient(
            verify=_authorities(self.url),
            proxy=route(self.url.reveal(), os.environ).address(),
            timeout=WITHIN_S,
            trust_env=False,
        )
        return headers, client


def _authorities(url: Secret) -> ssl.SSLContext:
    if url.reveal().startswith("https"):
        return ssl.create_default_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not used, and made without reading any authority
