"""Reruns with new seeds: is a difference larger than random variation?

Nothing here knows of rounds or trials: values in, comparisons out.
"""
