"""Numbers are checked for their form, in the words of the paper they stand on, and never shown whole."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.base.errors import Invalid
from shop.base.numbers import mask
from shop.vendors import identity, taxpaying

TODAY = date(2026, 11, 20)


@given(
    st.dates(date(1930, 1, 1), TODAY),
    st.booleans(),
    st.sampled_from(("317205", "310101", "120101")),
    st.integers(1, 9999),
)
def test_every_nik_that_a_person_can_have_is_taken(born, woman, region, serial):
    day = born.day + (40 if woman else 0)
    nik = f"{region}{day:02d}{born:%m%y}{serial:04d}"
    assert identity.clean_nik(f" {nik[:6]} {nik[6:12]}.{nik[12:]}", TODAY) == nik


@pytest.mark.parametrize(
    "nik",
    [
        "317205010190000",  # 15 digits
        "3172050101900000",  # serial 0000
        "0072050101900001",  # no province
        "3100050101900001",  # no city
        "3172003101900001",  # no kecamatan
        "3172053202900001",  # 32 February
        "3172057202900001",  # 32 February of a woman
        "31720501019O0001",  # a letter
        "٣١٧٢٠٥٠١٠١٩٠٠٠٠١",  # digits of another script
    ],
)
def test_a_nik_that_nobody_can_have_is_refused_with_how_to_mend_it(nik):
    with pytest.raises(Invalid) as error:
        identity.clean_nik(nik, TODAY)
    assert "KTP" in error.value.message
    assert error.value.faults[0].field == "nik"


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_of_the_right_length_or_refused(text):
    for clean, lengths in (
        (identity.clean_nib, {13}),
        (identity.clean_npwp, {15, 16}),
        (identity.clean_account, set(range(6, 21))),
    ):
        try:
            found = clean(text)
        except Invalid:
            continue
        assert found.isascii()
        assert found.isdigit()
        assert len(found) in lengths


def test_npwp_may_be_typed_as_it_is_printed_and_old_and_new_are_both_taken():
    assert identity.clean_npwp("01.234.567.8-901.000") == "012345678901000"
    assert identity.clean_npwp("3172 0501 0190 0001") == "3172050101900001"
    with pytest.raises(Invalid):
        identity.clean_npwp("0" * 15)


@given(st.text("0123456789", min_size=1, max_size=20))
def test_a_masked_number_shows_four_digits_at_most(number):
    shown = mask(number)
    assert number not in shown
    assert sum(letter.isdigit() for letter in shown) <= 4


def test_final_tax_papers_fit_only_whom_the_law_names():
    forms = ["individual", "pt_perorangan", "koperasi"]
    taxpaying.check_paper("sk_pp55", "koperasi", "to_4800m", forms)
    taxpaying.check_paper("decl_500m", "individual", "to_500m", forms)
    for wrong in (
        ("sk_pp55", "cv", "to_2b"),
        ("sk_pp55", "individual", "to_15b"),
        ("decl_500m", "pt_perorangan", "to_500m"),
        ("decl_500m", "individual", "to_2b"),
        ("lain", "individual", "to_500m"),
    ):
        with pytest.raises(Invalid):
            taxpaying.check_paper(*wrong, forms)
