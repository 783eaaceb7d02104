"""tuneplay: rounds of trainings that answer "does this change help?".

In a training script, `tuneplay.log(epoch=3, val_error=0.2)` reports a measurement. Importing it
loads only the standard library. Outside of a round it does nothing.
"""

from tuneplay._client import log

__all__ = ["log"]
