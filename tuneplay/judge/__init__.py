"""The judgement: trials in, findings and comparisons out. Pure: no I/O, no printing, no clock."""
