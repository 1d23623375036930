"""QRIS codes by the standard: every trap of the field, every vector, and properties that hold for any right code."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.base.errors import Invalid, NotFound
from shop.qris.building import Merchant, Tip, build, dynamic
from shop.qris.checking import check
from shop.qris.codec import Node, crc, read, seal, write
from shop.qris.limits import fee, limit_on
from shop.reference import files
from shop.reference.policy import RuleValue, pick
from tests.makers import make_qris

LIMIT = 10_000_000
HEAD = (
    "690017ID.CO.EXAMPLE.WWW011893600000000000000002150000000000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI"
    "520458115303360"
)
TAIL = "5802ID5920DAPUR UJI JAKPRENEUR6013JAKARTA PUSAT610510110"
SYN_1 = f"00020101021126{HEAD}{TAIL}62070703A0163046386"
SYN_2 = f"00020101021226{HEAD}54072625000{TAIL}62230112SP-0001/20260703A016304CE15"
SYN_5 = f"00020101021226{HEAD}540575000550203570155802ID{TAIL[6:]}62070703A016304E44D"


def resealed(text):
    """The text with the right checksum, so that only what was changed is wrong."""
    return text[:-4] + crc(text[:-4])


def faults(text, limit=LIMIT):
    return {fault.field for fault in check(text, limit).faults}


def test_the_vectors_are_read_made_and_built_to_the_letter():
    assert crc("123456789") == "29B1"
    report = check(SYN_1, LIMIT)
    assert (report.valid, report.initiation, report.amount, report.name) == (
        True,
        "static",
        None,
        "DAPUR UJI JAKPRENEUR",
    )
    assert (report.nmid, report.criteria, report.terminal) == ("ID1020000000001", "UMI", "A01")
    assert make_qris() == SYN_1
    assert dynamic(SYN_1, 2_625_000, LIMIT, bill="SP-0001/2026") == SYN_2
    assert dynamic(SYN_2, 75_000, LIMIT, tip=Tip("percent", 500)) != SYN_5  # the bill number stays
    assert dynamic(SYN_1, 75_000, LIMIT, tip=Tip("percent", 500)) == SYN_5
    assert (check(SYN_2).initiation, check(SYN_2).amount, check(SYN_2).bill) == ("dynamic", 2_625_000, "SP-0001/2026")
    assert faults(f"{SYN_2[:-4]}0000") == {"63"}
    assert faults(resealed(SYN_1.replace("5802", "5408100000015802"))) == {"54"}  # above the limit of the day
    assert check(resealed(SYN_1.replace("5802", "540515.005802"))).amount == 15
    for made, kept in ((Tip("fixed", 2_000), ("02", "2000", None)), (Tip("ask"), ("01", None, None)),
                       (Tip("percent", 525), ("03", None, "5.25"))):  # fmt: skip
        values = {n.tag: n.value for n in read(dynamic(SYN_5, 10_000, LIMIT, tip=made))}
        assert tuple(values.get(tag) for tag in ("55", "56", "57")) == kept


def test_texts_that_look_like_parts_may_stand_inside_a_name_and_a_checksum_may_begin_with_zero():
    for name in ("WARUNG 5802ID 010211", "6304ABCD", "5405100006304"):
        made = dynamic(make_qris(name=name), 15_000, LIMIT, bill="010211")
        report = check(made, LIMIT)
        assert (report.valid, report.name, report.amount, report.bill) == (True, name, 15_000, "010211")
    zeros = next(code for n in range(400) if (code := make_qris(name=f"WARUNG {n}"))[-4] == "0")
    assert check(zeros).valid
    assert faults(zeros[:-4] + zeros[-3:]) == {"63"}  # the zero lost: cut off
    lower = next(code for n in range(50) if (code := make_qris(name=f"WARUNG {n}"))[-4:].lower() != code[-4:])
    told = check(lower[:-4] + lower[-4:].lower()).faults
    assert [(f.field, "huruf besar" in f.message) for f in told] == [("63", True)]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", {"payload"}),
        ("   ", {"payload"}),
        ("https://contoh.id/bayar", {"payload"}),
        (SYN_1[:-1], {"63"}),
        (SYN_1[:60], {"26"}),
        (f"{SYN_1}\n", {"payload"}),
        (f"{SYN_1}9902OK", {"63"}),
        (f"{SYN_1}x", {"payload"}),
        (resealed(SYN_1.replace("5920DAPUR", "5921DAPUR")), {"payload"}),
        (resealed(SYN_1.replace("62070703A01", "62070704A01")), {"62.07"}),
        (resealed(SYN_1.replace("62070703A01", "62070703A0162070703A02")), {"62"}),
        (resealed(SYN_1.replace("62070703A01", "62140703A010703A02")), {"62.07"}),
        (resealed(SYN_1.replace("000201", "")), {"00"}),
        (resealed(SYN_1.replace("010211", "010213")), {"01"}),
        (resealed(SYN_1.replace("010211", "010212")), {"54"}),
        (resealed(SYN_1.replace("5303360", "5303840").replace("5802ID", "5802SG")), {"53", "58"}),
        (resealed(SYN_1.replace("0215ID1020000000001", "0215ID10200000000AB").replace("0303UMI5204", "0303ABC5204")),
         {"51.02", "51.03"}),
        (resealed(SYN_1.replace("5204", "540400.05204").replace("5303", "550203570155303")), {"54"}),
        (resealed(SYN_1.replace("5802", "5406100.505802")), {"54"}),
        (resealed(SYN_1.replace("5802", "5404Rp105802")), {"54"}),
        (resealed(SYN_1.replace("5802", "540105802")), {"54"}),
        (resealed(SYN_1.replace("5802", "56041000570201" + "5802")), {"56", "57"}),
        (resealed(SYN_1.replace("5920DAPUR UJI JAKPRENEUR", "5920DAPUR UJI JAKPRENE\u00dcR")), {"59"}),
        (resealed(SYN_1.replace("5920DAPUR UJI JAKPRENEUR", "5920DAPUR UJI JAKPREN\U0001f35c\U0001f35cR")), {"59"}),
        (resealed(SYN_1.replace("DAPUR UJI", "DAPUR\0UJI")), {"59"}),
        (resealed(SYN_1.replace("DAPUR UJI", "DAPUR\ud83cUJI")), {"59"}),
        ("\u0662" * 40, {"payload"}),
        ("9" * 513, {"payload"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_at_its_part_and_never_mended_silently(text, at):
    assert faults(text) == at
    with pytest.raises(Invalid) as refused:
        dynamic(text, 1_000, LIMIT)
    assert {fault.field for fault in refused.value.faults} == {"payload"}


def test_lengths_are_of_characters_and_another_script_is_allowed_where_the_standard_has_it():
    other = "0002id0105饭馆🍜あい"
    code = seal([*read(SYN_1)[:-1], Node("64", other)])
    assert check(code).valid
    assert f"64{len(other):02d}" in code
    assert write(read(code)) == code
    by_bytes = code.replace(f"64{len(other):02d}", f"64{len(other.encode()):02d}")  # as some makers count
    assert faults(by_bytes) >= {"payload"}
    emoji = SYN_1.replace(
        "5920DAPUR UJI JAKPRENEUR", "5924DAPUR UJI JAKPRENEUR\U0001f35c"
    )  # four bytes told, one character there
    assert not check(resealed(emoji)).valid


def test_every_fault_of_what_was_asked_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        dynamic(SYN_1[:-4] + "0000", LIMIT + 1, LIMIT, bill="x" * 26, terminal="kasir\n1", tip=Tip("percent", 10_000))
    assert [fault.field for fault in refused.value.faults] == ["payload", "amount", "bill", "terminal", "tip"]
    full = build(Merchant("A", "B", "1", "ID1020000000001", "9" * 18, "1", "UMI", "5811", "ID.X",
                          {"02": "a" * 25, "03": "b" * 25, "04": "c" * 25}))  # fmt: skip
    with pytest.raises(Invalid) as refused:
        dynamic(full, 1_000, LIMIT, bill="0123456789")
    assert [fault.field for fault in refused.value.faults] == ["bill"]


def rule_on(key, day):
    rows = [
        RuleValue(r.key, r.value, r.source, r.confidence, r.valid_from, r.valid_to)
        for r in files.rules()
        if r.key == key
    ]
    return pick(rows, key, day)


def test_limits_and_fees_are_those_of_the_day():
    now = date(2026, 11, 20)
    limits = [
        limit_on(rule_on, day).value
        for day in (date(2021, 4, 30), date(2021, 5, 1), date(2022, 2, 28), date(2022, 3, 1))
    ]
    assert limits == [2_000_000, 5_000_000, 5_000_000, 10_000_000]
    asked = [
        ("UMI", 500_000, now, 0), ("UMI", 500_001, now, 1_500), ("UMI", 1_000_000, now, 3_000),
        ("UMI", 100_000, date(2024, 11, 30), 0), ("UMI", 100_001, date(2024, 11, 30), 300),
        ("UMI", 100_000, date(2023, 8, 31), 300), ("UKE", 500_000, now, 3_500), ("UBE", 10_000_000, now, 70_000),
        ("SPBU", 100_000, now, 400), ("PSO", 100_000, date(2024, 1, 1), 400), ("PSO", 100_000, now, 0),
        ("UMI", 167, date(2023, 8, 1), 1), ("UMI", 166, date(2023, 8, 1), 0),
    ]  # fmt: skip
    assert [fee(rule_on, *facts[:3]).amount for facts in asked] == [facts[3] for facts in asked]
    assert fee(rule_on, "UKE", 100_000, now, "8220").amount == 600
    assert fee(rule_on, "UME", 100_000, now, "8661").amount == 0
    assert fee(rule_on, "PSO", 1, now).rule.is_unsure
    for criteria, amount, day, error in (
        ("UMI", 10_000_001, now, Invalid),
        ("XXX", 1, now, Invalid),
        ("UMI", 1, date(2019, 1, 1), NotFound),
    ):
        with pytest.raises(error):
            fee(rule_on, criteria, amount, day)


PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
VALUES = st.text(PRINTABLE, min_size=1, max_size=99)
PLAIN = st.text(PRINTABLE, min_size=1, max_size=25)
DIGITS = st.text("0123456789", min_size=13, max_size=13)
TAGS = st.integers(0, 99).map("{:02d}".format)
STATIC = st.builds(
    lambda name, city, digits, criteria, extra, free: seal(
        sorted([*read(make_qris(name=name, city=city, nmid=f"ID{digits}", criteria=criteria, extra=extra))[:-1], *free],
               key=lambda node: (node.tag != "00", node.tag))
    ),
    PLAIN, PLAIN, DIGITS, st.sampled_from(["UMI", "UKE", "UME", "UBE"]), st.dictionaries(st.sampled_from(["01", "05", "07"]), PLAIN, max_size=2),
    st.dictionaries(st.integers(80, 99).map(str), PLAIN, max_size=2).map(lambda found: [Node(*pair) for pair in found.items()]),
)  # fmt: skip


@given(st.lists(st.builds(Node, TAGS, st.text(min_size=1, max_size=99)), max_size=12), st.text(max_size=80))
def test_reading_and_writing_are_each_others_inverse_and_nothing_breaks_the_reader(nodes, rubbish):
    text = write(nodes)
    assert read(text) == tuple(nodes)
    assert write(read(text)) == text
    assert not check(rubbish).valid
    check(SYN_1[:70] + rubbish, LIMIT)


@given(
    STATIC,
    st.integers(1, LIMIT),
    st.one_of(st.just(""), st.from_regex(re.compile(r"[!-~]{1,25}", re.ASCII), fullmatch=True)),
)
def test_a_code_for_one_sale_of_any_right_code_is_right_and_keeps_all_else(static, amount, bill):
    before = check(static)
    assert before.valid, before.faults
    made = dynamic(static, amount, LIMIT, bill=bill)
    after = check(made, LIMIT)
    assert (after.valid, after.initiation, after.amount) == (True, "dynamic", amount)
    assert after.bill == (bill or before.bill)
    changed = {"01", "54", "63", *(("62",) if bill else ())}
    kept = [node for node in after.nodes if node.tag not in changed]
    assert kept == [node for node in before.nodes if node.tag not in changed]
    assert len([node for node in after.nodes if node.tag == "54"]) == 1
    assert dynamic(made, amount, LIMIT, bill=bill) == made
