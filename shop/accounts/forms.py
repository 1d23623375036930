"""Forms of the account pages: what is asked, in which words. The rules themselves are in the verbs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

_NOT_ONE = _l("Pilih salah satu dari daftar.")
BIGGEST_ID = 2**63 - 1
"""No row has a larger number; SQLite and PostgreSQL refuse larger ones with an error of their own."""


def _row_id(_form: FlaskForm, field: IntegerField) -> None:
    # NumberRange asks isnan() first, which overflows on a number of 400 digits.
    if not 1 <= (field.data or 0) <= BIGGEST_ID:
        raise ValidationError(_NOT_ONE)


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Sign-in by NRK or e-mail."""

    identifier = StringField(
        _l("NRK atau e-mail"),
        [
            InputRequired(_l("Isi NRK atau e-mail Anda.")),
            Length(max=254, message=_l("NRK atau e-mail ini terlalu panjang.")),
        ],
    )
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Isi kata sandi Anda."))])
    next = HiddenField()


class HatForm(FlaskForm):  # type: ignore[misc]
    """Switching the hat."""

    hat_id = IntegerField(validators=[InputRequired(), _row_id])
    next = HiddenField()


class RingForm(FlaskForm):  # type: ignore[misc]
    """What rings when a mail stays unread."""

    phone = StringField(_l("Nomor HP"), [Length(max=30, message=_l("Nomor ini terlalu panjang."))])
    notify_by = SelectField(
        _l("Hubungi saya lewat"),
        choices=[
            SelectChoice(code, label)
            for code, label in (("", _l("E-mail saja")), ("sms", _l("SMS")), ("whatsapp", _l("WhatsApp")))
        ],
    )


class NipForm(FlaskForm):  # type: ignore[misc]
    """One's own NIP."""

    nip = StringField(_l("NIP"), [Length(max=30, message=_l("NIP terdiri dari 18 angka."))])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """Changing the password."""

    old_password = PasswordField(_l("Kata sandi saat ini"), [InputRequired(_l("Isi kata sandi saat ini."))])
    new_password = PasswordField(_l("Kata sandi baru"), [InputRequired(_l("Isi kata sandi baru."))])
    repeated = PasswordField(
        _l("Ulangi kata sandi baru"),
        [
            InputRequired(_l("Ulangi kata sandi baru.")),
            EqualTo("new_password", _l("Kedua kata sandi baru tidak sama.")),
        ],
    )


class LanguageForm(FlaskForm):  # type: ignore[misc]
    """Language of pages and mail."""

    locale = SelectField(
        _l("Bahasa"),
        [InputRequired(_NOT_ONE)],
        invalid_choice_message=_NOT_ONE,
        choices=[SelectChoice("id", "Bahasa Indonesia"), SelectChoice("en", "English")],
    )


class SignOutForm(FlaskForm):  # type: ignore[misc]
    """Signing out everywhere."""

    tokens_too = BooleanField(_l("Cabut juga semua token akses saya"))


class TokenForm(FlaskForm):  # type: ignore[misc]
    """A new access token."""

    name = StringField(
        _l("Nama token"),
        [
            InputRequired(_l("Beri nama token, misalnya nama program pemakainya.")),
            Length(max=80, message=_l("Nama token paling panjang 80 karakter.")),
        ],
    )
    hat_id = SelectField(
        _l("Berlaku untuk"), coerce=int, invalid_choice_message=_NOT_ONE, invalid_value_message=_NOT_ONE
    )
    days = SelectField(
        _l("Masa berlaku"),
        coerce=int,
        default=90,
        invalid_choice_message=_NOT_ONE,
        invalid_value_message=_NOT_ONE,
        choices=[SelectChoice(30, _l("30 hari")), SelectChoice(90, _l("90 hari")), SelectChoice(366, _l("1 tahun"))],
    )

    def offer(self, choices: list[tuple[int, str]]) -> None:
        """Fill the choice of hats; 0 stands for any of them."""
        self.hat_id.choices = [SelectChoice(value, label) for value, label in choices]


class LimitForm(FlaskForm):  # type: ignore[misc]
    """Above how many rupiah an order needs a yes; `seen` is the limit on the screen."""

    amount = StringField(_l("Perlu persetujuan di atas"))
    seen = HiddenField()


class RelaxForm(FlaskForm):  # type: ignore[misc]
    """Relaxing the separation of duties."""

    reason = TextAreaField(_l("Alasan"), [InputRequired(_l("Tulis alasannya."))])
