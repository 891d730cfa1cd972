"""Share of wallet: what customers spend with us of all they spend in the category."""
