"""Push as a newsroom meets it: a feed with a hub, the daemon on its own, and a hub that falls silent."""

import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model.entries import Entry
from tests.e2e.program import ended, started, until
from tests.e2e.scene import Scene, item
from tests.newswire import free_port, naming
from tests.servers.hub import Hub, Manner
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.processes

_MORE = """
[daemon]
tick = "1s"
[web]
listen = "127.0.0.1:{port}"
"""


def test_push_brings_news_and_polls_find_what_it_misses(tmp_path: Path) -> None:
    """Subscribed, pushed, stored once, polled for nothing, renewed; a missed item brings polling back."""
    scene, port, log = Scene(tmp_path), free_port(), tmp_path / "log"
    with Hub() as hub, Publisher() as publisher:
        topic = publisher.url("/feed")
        hub.manner = Manner(lease="8")
        items = [item(1, "Ferry resumes")]

        def publish(*new: Entry) -> bytes:
            items[:0] = new
            body = naming((hub.url(),), topic, *items)
            publisher.serve("/feed", body)
            return body

        publish()
        scene.configure([topic], _MORE.format(port=port))
        file = scene.config.read_text("utf-8")
        scene.config.write_text(f'public_url = "http://127.0.0.1:{port}"\n{file}', "utf-8")
        with started("--config", scene.config, "run", log=log) as process:
            until(lambda: hub.subscribers, "the subscription")
            assert hub.deliver(topic, publish(item(2, "Bridge closes"))) == [202]
            assert scene.titles() == ["Bridge closes", "Ferry resumes"]
            assert _polled(scene, topic)["status"] == "unchanged"
            assert hub.deliver(topic, publish(item(3, "Bakery opens"))) == [202]
            assert _polled(scene, topic)["status"] == "unchanged"
            trusted = _wait(scene)
            until(lambda: len(hub.asked) > 1, "the renewal of the lease")
            assert hub.asked[1] == hub.asked[0]
            publish(item(4, "Harbour reopens"))
            assert _polled(scene, topic)["new"] == 1
            push = _feed(scene)["push"]
            assert (push["state"], push["pushes"], push["missed"], push["refused"]) == ("active", 2, 1, 0)
            assert _wait(scene) < trusted / 2
            assert hub.deliver(topic, b"") == [202]
            publish(item(5, "Tram returns"))
            scene.monitor("feeds", "pause", topic)
            until(lambda: not hub.subscribers, "the unsubscription")
            assert ended(process, signal.SIGTERM).code == 0
        _keeps_its_secrets(scene, hub, log.read_text("utf-8"))


def _polled(scene: Scene, topic: str) -> dict[str, Any]:
    return scene.monitor("poll", topic, "--json").records[0]


def _feed(scene: Scene) -> dict[str, Any]:
    (record,) = scene.monitor("feeds", "list", "--json").records
    return record


def _wait(scene: Scene) -> timedelta:
    record = _feed(scene)
    return datetime.fromisoformat(record["next_poll"]) - datetime.fromisoformat(record["last_poll"])


def _keeps_its_secrets(scene: Scene, hub: Hub, log: str) -> None:
    """Prove that neither log nor listing holds a secret or a callback, and that nothing failed."""
    shown = scene.monitor("feeds", "list", "--json").out + log
    for form in hub.asked:
        assert form["hub.callback"].rpartition("/")[2] not in shown
        assert form.get("hub.secret", "none of it") not in shown
    assert "Traceback" not in log
