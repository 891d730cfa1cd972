"""Did it pay: experiments, quasi-experiments, linkage, benchmarks. Not built yet."""
