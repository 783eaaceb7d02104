"""Was the search space right? Edges, infeasible regions, what matters in it."""
