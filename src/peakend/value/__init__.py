"""What customers are worth: revenue and its concentration; lifetime value and profit to come."""
