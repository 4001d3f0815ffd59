"""What a story is known by, for every stage that compares stories: its terms and its direction of meaning.

`making` reduces a wording to its profile; `lexicon` knows what words mean, `background` how much a term
tells, `centres` what stories of a kind mean in common.
"""

from monitor.profiles.background import Scale, counted, learned
from monitor.profiles.making import profile, profiles, stem

__all__ = ["Scale", "counted", "learned", "profile", "profiles", "stem"]
