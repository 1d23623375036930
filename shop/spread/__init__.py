"""How orders are spread over producers: who never sells, who sells first, how unequal it is."""
