"""Our offers beside those of competitors: quality and price, what is chosen, what a better experience may cost."""
