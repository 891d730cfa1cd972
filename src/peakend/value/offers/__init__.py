"""Our offers beside those of competitors: quality and price, what is chosen, what better ratings go with."""
