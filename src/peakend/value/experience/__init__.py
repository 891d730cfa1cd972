"""Experience and money: what promoters are worth, and whose satisfaction pays."""
