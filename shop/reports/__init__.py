"""The ledger opened: by office tree, account, period, place, producer and evidence, down to one line; what is about to lose its evidence; what could have been bought with TKDN."""
