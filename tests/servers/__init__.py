"""Real servers on loopback sockets that the tests talk to."""
