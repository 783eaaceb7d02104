"""Which study is better, and how sure is that? Reruns with new seeds."""
