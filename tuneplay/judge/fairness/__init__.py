"""Was the comparison fair? Equal chances, dense enough sampling, isolation."""
