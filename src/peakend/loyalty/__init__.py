"""Who stays and why: attitude × behaviour, retention, holdings, churn. Not built yet."""
