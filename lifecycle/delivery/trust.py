"""Whom a sender trusts: certificates, secrets of the environment, and the machine itself."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

from lifecycle.delivery.sending import DeliveryError


def trust(ca: Path | None) -> ssl.SSLContext:
    """Make a TLS context that verifies certificate and host name, by the system's certificates and
    those in `ca`.
    """
    context = ssl.create_default_context()
    if ca is not None:
        try:
            context.load_verify_locations(cafile=ca)
        except OSError as error:  # ssl.SSLError, of a file without certificates, is one
            message = f"证书文件 {ca} 读不了"
            raise DeliveryError(
                message, "应为 PEM 格式的证书，请核对文件和权限", True, shared=True
            ) from error
    return context


def secret_of(environ: Mapping[str, str], name: str) -> str:
    """Give a secret from the environment; raises DeliveryError where there is none."""
    value = environ.get(name, "")
    if not value:
        raise DeliveryError(
            f"环境变量 {name} 没有设置", f"发送前先设置：export {name}=…", True, shared=True
        )
    return value


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, so that nobody between can read along."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
