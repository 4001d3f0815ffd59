"""Send alerts through notification services: the only owner of apprise (extra `notify`)."""

from dataclasses import dataclass, field
from importlib.util import find_spec

from monitor.digest.excerpt import one_line
from monitor.model.alerts import Alert, AlertRule
from monitor.model.digests import Delivered

AVAILABLE = find_spec("apprise") is not None


@dataclass(frozen=True, slots=True)
class Service:
    """A service as apprise names it, such as slack://… or ntfy://…; whatever it does is a value."""

    url: str = field(repr=False)

    async def send(self, rule: AlertRule, alert: Alert) -> Delivered:
        """Send an alert."""
        if not AVAILABLE:
            return Delivered(accepted=False, detail="apprise is missing: pip install 'monitor[notify]'")
        import apprise

        service = apprise.Apprise()
        if not service.add(self.url):
            return Delivered(accepted=False, detail="apprise does not know this address", permanent=True)
        body = f"{alert.text}\n{alert.url}" if alert.url else alert.text
        sent = await service.async_notify(title=f"{one_line(rule.title)}: {alert.title}", body=body)
        return Delivered(bool(sent), "" if sent else "the service did not take it")
