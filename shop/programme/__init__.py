"""Floor 8: the Jakpreneur programme: facilities P1-P7, mentors, partners, events, help, and where people get stuck."""
