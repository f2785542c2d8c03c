#!/bin/bash
# The server: a hub's where a hub started it, JupyterLab by itself otherwise.
set -e
if [ -n "${JUPYTERHUB_API_TOKEN:-}" ]; then
  exec jupyterhub-singleuser "$@"
fi
exec jupyter "${DOCKER_STACKS_JUPYTER_CMD:-lab}" --ip=0.0.0.0 "$@"
