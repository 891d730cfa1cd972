"""Purchase histories: frequency, recency, age and spend of every customer, and what did not fit."""
