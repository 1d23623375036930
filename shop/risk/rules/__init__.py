"""One rule a file: what it says of itself, and a pure judgement over one purchase."""
