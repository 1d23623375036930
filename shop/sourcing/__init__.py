"""From the need to the choice: who can deliver it, side by side, and why this one."""
