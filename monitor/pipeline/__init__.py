"""The product's sentence: poll feeds and judge what they bring; send digests of what is new.

    polling    due feeds -> fetch -> parse -> mark -> judge and tag, one lane -> stories
    sending    untold news -> compose -> render -> reserve -> send -> settle

This is where the stages meet; it decides nothing itself.
"""

from monitor.pipeline.polling import Poller, Rules
from monitor.pipeline.sending import Sender, Sent

__all__ = ["Poller", "Rules", "Sender", "Sent"]
