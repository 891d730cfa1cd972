"""Which touchpoints an outcome goes with: removal, Shapley, last touch; and what comes next."""
