"""The books of money: what is due, paid, withheld, remitted and refunded, in double entry, append-only. Knows no order."""
