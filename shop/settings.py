"""Settings, read once from the environment (prefix SHOP_); every fault is reported in one message."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""The project folder: templates, static files, translations and migrations lie below it."""

DEMO_MARK: Final = "demo.txt"
"""Name of the file in `var` that says its data is a demo, and which; the data decides, not the environment."""


Demo = Literal["none", "small", "city"]
_GATEWAY: Final = (
    r"^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?/?)?$"
)


class SettingsFault(Exception):  # noqa: N818 - read by people at start-up
    """The environment is not usable; the message names every variable at once."""


class Settings(BaseSettings):
    """What an operator may choose. Defaults give the embedded shop: SQLite, Whoosh, no server."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", extra="ignore")

    var: Path = ROOT / "var"
    database_url: str = ""
    secret_key: str = ""
    search: Literal["whoosh", "null"] = "whoosh"
    demo: Demo = "none"
    https_only: bool = False
    worker: bool = True
    """Whether this process drains the outbox and watches deadlines in a background thread."""
    verify_nightly: bool = True
    """Whether the figures are proved every night in the background; needs `worker`."""
    testing: bool = False
    max_upload_mb: int = Field(default=12, ge=1, le=100)
    login_attempts: int = Field(default=5, ge=3, le=20)
    login_lock_minutes: int = Field(default=15, ge=1, le=1440)
    session_hours: int = Field(default=12, ge=1, le=72)
    mail_from: str = "e-Order Jakpreneur <tidak-dibalas@localhost>"
    smtp_url: str = ""
    """`smtp://user:password@host:587`; empty writes each mail as a file under var/mail."""
    message_url: str = ""
    """Where SMS and WhatsApp go, as JSON by POST; empty writes each as a file under var/messages."""
    message_token: str = ""
    """Bearer token for `message_url`; never logged."""
    message_console: bool = False
    """Write messages to the log instead of files."""
    stripe_api_base: str = Field(default="", pattern=_GATEWAY)
    """The Stripe-compatible gateway: https, or http on this machine; empty means the official one. Also `STRIPE_API_BASE`."""
    stripe_secret_key: str = Field(default="", repr=False)
    """Our key there; empty means that no payment through a gateway is offered. Never logged."""
    stripe_webhook_secrets: str = Field(default="", repr=False)
    """Secrets of webhooks, separated by commas: two while one takes the place of the other."""
    stripe_test_method: str = Field(default="", pattern=r"^(pm_[A-Za-z0-9_]{1,80})?$")
    """DEVELOPMENT only: the test means of paying that each payment is confirmed with; taken with a test key alone."""
    metrics_token: str = ""
    """Bearer token that may read /metrics; empty allows loopback only."""
    trusted_proxies: int = Field(default=0, ge=0, le=3)
    public_url: str = Field(default="", pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?)?/?$")
    """Base of links that leave the shop (share cards, posters, feeds): `https://host`; empty means the host that was asked."""

    ocid_prefix: str = Field(default="local-eorder-jakpreneur", pattern=r"^[A-Za-z0-9-]{3,40}$")
    """Begins every OCDS process id. The default is ours and not registered; one that is looks like `ocds-` and six letters."""

    @model_validator(mode="before")
    @classmethod
    def _plain_name(cls, given: dict[str, object]) -> dict[str, object]:
        """Take the gateway's address by the name other tools know it by."""
        return {"stripe_api_base": os.environ.get("STRIPE_API_BASE", ""), **given}

    @field_validator("stripe_test_method")
    @classmethod
    def _only_in_tests(cls, method: str, told: ValidationInfo) -> str:
        if method and not str(told.data.get("stripe_secret_key", "")).startswith("sk_test_"):
            raise ValueError("only with a test key (sk_test_...): every payment would be charged to it")
        return method

    @property
    def url(self) -> str:
        """The database URL: what was given, or SQLite under `var`."""
        return self.database_url or f"sqlite:///{self.var / 'shop.sqlite3'}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is in use."""
        return self.url.startswith("sqlite")


def load_settings() -> Settings:
    """Read the environment; make `var` and a lasting secret key when none is given.

    Raises SettingsFault with one line per faulty variable.
    """
    try:
        settings = Settings()
    except ValidationError as fault:
        lines = [f"  SHOP_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in fault.errors()]
        raise SettingsFault("Pengaturan tidak dapat dipakai / settings cannot be used:\n" + "\n".join(lines)) from None
    settings.var = settings.var.expanduser().resolve()
    settings.var.mkdir(parents=True, exist_ok=True)
    settings.public_url = settings.public_url.rstrip("/")
    settings.demo = marked_demo(settings.var) or settings.demo
    if not settings.secret_key:
        settings.secret_key = _kept_secret(settings.var / "secret_key")
    return settings


def marked_demo(var: Path) -> Demo | None:
    """Return which demo the data in `var` is marked as, or None when it carries no mark."""
    try:
        word = (var / DEMO_MARK).read_text().split()[0]
    except (FileNotFoundError, IndexError):
        return None
    return next((known for known in get_args(Demo) if known == word), None)


def _kept_secret(path: Path) -> str:
    """Return the installation's key, made on first use and readable by its owner only."""
    try:
        handle = path.open("x")
    except FileExistsError:
        return path.read_text().strip()
    with handle:
        path.chmod(0o600)
        key = secrets.token_hex(32)
        handle.write(key)
    return key
