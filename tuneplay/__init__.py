"""tuneplay: rounds of trainings that answer "does this change help?".

Inside a training script, `tuneplay.log(epoch=3, val_error=0.2)` reports a measurement; importing
it loads nothing but the standard library, and outside of a round it does nothing.
"""

from tuneplay._client import log

__all__ = ["log"]
