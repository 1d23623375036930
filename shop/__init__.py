"""e-Order Jakpreneur: one Flask process, few rooms, one direction. See docs/house.md."""
