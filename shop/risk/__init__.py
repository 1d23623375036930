"""What an auditor would ask about, one rule per file, told before and after."""
