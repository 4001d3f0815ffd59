"""The demo: invented outlets and a small publisher that serves their feeds on loopback.

outlets/    the sample text, one TOML file an outlet
samples     the files -> outlets and their articles
render      an outlet at a moment -> RSS, Atom, a page
publisher   serves them on 127.0.0.1
"""

from monitor.demo.publisher import DemoPublisher

__all__ = ["DemoPublisher"]
