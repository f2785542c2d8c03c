"""What JupyterHub's own code says of metrics and events: `metrics` prints all it has, `events FILE` checks each line."""

import json
import pathlib
import sys

import jupyterhub


def metrics():
    from jupyterhub.metrics import LOGIN_DURATION_SECONDS, REQUEST_DURATION_SECONDS, LoginStatus
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

    REQUEST_DURATION_SECONDS.labels(method="GET", handler="x", code=200).observe(1)
    for status in LoginStatus:
        LOGIN_DURATION_SECONDS.labels(status=status).observe(1)
    print(CONTENT_TYPE_LATEST)
    print(generate_latest(REGISTRY).decode())


def events(file):
    from jupyter_events.logger import EventLogger

    logger = EventLogger()
    schemas = pathlib.Path(jupyterhub.__file__).parent / "event-schemas"
    logger.register_event_schema(schemas / "server-actions" / "v1.yaml")
    for line in pathlib.Path(file).read_text().splitlines():
        event = json.loads(line)
        keys = [key for key in event if key.startswith("__")]
        capsule = {key: event.pop(key) for key in keys}
        assert set(capsule) == {"__timestamp__", "__schema__", "__schema_version__", "__metadata_version__"}, capsule
        logger.schemas.validate_event(capsule["__schema__"], event)
        assert logger.schemas.get(capsule["__schema__"]).version == capsule["__schema_version__"]
        print(event["action"])


{"metrics": metrics, "events": events}[sys.argv[1]](*sys.argv[2:])
