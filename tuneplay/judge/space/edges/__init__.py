"""Is the optimum of a hyperparameter at or beyond the edge of its range?

Nothing here knows of rounds or trials: points of the unit cube and values in, evidence out.
"""
