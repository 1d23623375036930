"""A transition table that cannot work does not import."""

from __future__ import annotations

import pytest

from shop.base.errors import WrongState
from shop.base.machine import Machine, Step
from shop.budgets import states as package_states
from shop.orders import states as order_states


def test_unreachable_state_does_not_import() -> None:
    with pytest.raises(ValueError, match="unreachable: island"):
        Machine(initial="a", final=("b",), steps=(Step("a", "go", "b", "p"), Step("island", "go", "b", "p")))


def test_dead_end_does_not_import() -> None:
    with pytest.raises(ValueError, match="dead end: b"):
        Machine(initial="a", final=(), steps=(Step("a", "go", "b", "p"),))


def test_final_state_with_a_way_out_does_not_import() -> None:
    with pytest.raises(ValueError, match="final but not: b"):
        Machine(initial="a", final=("b",), steps=(Step("a", "go", "b", "p"), Step("b", "back", "a", "p")))


def test_two_answers_to_one_question_do_not_import() -> None:
    with pytest.raises(ValueError, match="two rows for a/go"):
        Machine(initial="a", final=("b", "c"), steps=(Step("a", "go", "b", "p"), Step("a", "go", "c", "p")))


def test_a_verb_that_the_state_does_not_know_is_refused() -> None:
    with pytest.raises(WrongState):
        order_states.MACHINE.step("closed", "pay")


def test_every_state_and_verb_has_words_for_people() -> None:
    assert set(order_states.LABELS) == order_states.MACHINE.states
    assert set(order_states.VERBS) == {step.verb for step in order_states.MACHINE.steps}
    assert set(package_states.LABELS) == package_states.MACHINE.states


def test_unpaid_ends_and_paid_states_do_not_overlap() -> None:
    assert order_states.PAID <= order_states.COMMITTED
    assert not order_states.UNPAID_END & order_states.COMMITTED
    assert order_states.UNPAID_END | {"closed"} == order_states.MACHINE.final
