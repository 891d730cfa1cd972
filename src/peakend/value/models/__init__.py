"""Models of lifetime value: how often customers buy, when they stop, what they spend, how long they stay."""
