"""Taxes on what government offices buy from small producers: one pure function over dated rules."""
