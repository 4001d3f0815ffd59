"""What is counted for Prometheus; no label has more values than a handful."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from monitor.model.polls import Polled


class Metrics:
    """The counters of one daemon."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = Counter("monitor_polls", "Polls by status.", ["status"], registry=self.registry)
        self.failures = Counter(
            "monitor_poll_failures", "Failed polls by reason.", ["reason"], registry=self.registry
        )
        self.items = Counter(
            "monitor_items", "Items by what they were judged.", ["kind"], registry=self.registry
        )
        self.bytes = Counter("monitor_document_bytes", "Decoded bytes of documents.", registry=self.registry)
        self.seconds = Histogram(
            "monitor_poll_seconds", "Seconds from asking to judging.", registry=self.registry
        )
        self.messages = Counter(
            "monitor_messages", "Messages by outcome.", ["status"], registry=self.registry
        )
        self.feeds = Gauge("monitor_feeds", "Feeds by state.", ["state"], registry=self.registry)
        self.gaps = Gauge(
            "monitor_feed_gaps", "Polls that found no known item, of all feeds.", registry=self.registry
        )
        self.stopped = Gauge(
            "monitor_sending_stopped", "1 while nothing is sent at a person's word.", registry=self.registry
        )
        self.incidents = Gauge(
            "monitor_feed_incidents", "Incidents on record by kind.", ["kind"], registry=self.registry
        )
        self.last_poll = Gauge(
            "monitor_last_poll_timestamp_seconds", "When a poll last completed.", registry=self.registry
        )

    def polled(self, polled: Polled, now: datetime) -> None:
        """Count one poll."""
        self.polls.labels(polled.status).inc()
        if polled.error:
            self.failures.labels(polled.error.partition(":")[0]).inc()
        for kind, number in (("new", polled.new), ("copy", polled.copies), ("revision", polled.revisions)):
            self.items.labels(kind).inc(number)
        self.bytes.inc(polled.bytes)
        self.seconds.observe(polled.seconds)
        self.last_poll.set(now.timestamp())

    def text(self) -> bytes:
        """Return the counters in Prometheus' text format."""
        return generate_latest(self.registry)
