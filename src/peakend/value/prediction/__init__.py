"""Lifetime value: the model chosen, judged on later data, and every customer's score."""
