#!/usr/bin/env bash
# Brings deploy/compose/platform up, asks it what a platform asks of its resources, to the letter and with a token where one is
# needed, looks at a server in a browser, and takes it down again. scripts/containers.sh calls it beside an engine that has the
# images. Arguments go to Playwright.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"
stand_in postgres redis
begin platform

quietly resource-jupyterhub manage install
[ "$(stat -c %a .env)" = 600 ] || fail "others can read .env"
set_variable .env DATA_ROOT "$files/kept"
set_variable .env DOCKER_SOCKET "$PERIJOVE_DOCKER_SOCKET"
set_variable .env OAUTH_CLIENT_SECRET a-secret-of-nobody
set_variable .env POSTGRES_IMAGE local/postgres
set_variable .env REDIS_IMAGE local/redis
# The browser comes in without the single sign-on that nobody has here.
sed -i 's|environment = \[|&"JUPYTERHUB_ALLOW_TOKEN_IN_URL=1", |' perijove.toml
quietly resource-jupyterhub manage start
for service in engine postgres redis hub edge; do soon "$service is healthy" healthy "$service"; done
say "the stack is up: PostgreSQL, Redis, the filter before the engine, the hub and the edge are healthy"

timeout 5 curl -sf http://localhost:8000/hub/health
timeout 5 curl -sf -H 'Accept: application/json' http://localhost:8000/hub/health | jq -e '.hub == "ok" and .edge == "ok" and .database.kind == "postgresql"' >/dev/null
say "health: of hub, database and proxy"

resource-jupyterhub help | grep -E "manage|test|content" >/dev/null
! curl -sf http://localhost:8000/hub/api/users >/dev/null || fail "people are told to anybody"
resource-jupyterhub content users >/dev/null
authorization="Authorization: token $(cat .token)"
[ "$(stat -c %a .token)" = 600 ] || fail "others can read the token"
curl -sf -H "$authorization" http://localhost:8000/hub/api/users | jq -e 'map(.name) | index("admin")' >/dev/null
curl -sf -H "$authorization" http://localhost:8001/hub/api/users | jq . >/dev/null
say "users: with a token, at 8000 and at 8001"

curl -sf -H "$authorization" http://localhost:8000/hub/api/proxy | jq -e 'has("/")' >/dev/null
proxy="Authorization: token $(sed -n 's/^CONFIGPROXY_AUTH_TOKEN=//p' .env)"
curl -sf -H "$proxy" http://localhost:8081/api/routes | jq -e 'has("/")' >/dev/null
! curl -sf http://localhost:8081/api/routes >/dev/null || fail "routes are told to anybody"
say "proxy: routes of the hub, and at 8081 with the proxy's own token"

resource-jupyterhub content spawn --user testuser >/dev/null
[ "$(docker inspect --format '{{.State.Running}}' jupyter-testuser)" = true ] || fail "there is no container of testuser"
curl -sf -H "$authorization" http://localhost:8000/hub/api/proxy | jq -e 'has("/user/testuser/")' >/dev/null
curl -sf http://localhost:8000/user/testuser/api | jq -e .version >/dev/null
resource-jupyterhub content spawn --user other --profile large >/dev/null
say "spawn: each has a container, and a route to it"

resource-jupyterhub content limits --user testuser |
  jq -e '.profiles[] | select(.default) | .limits.cpu == 2 and .limits.memory == 4294967296' >/dev/null
held() { docker inspect --format '{{.HostConfig.Memory}} {{.HostConfig.CpuQuota}}' "jupyter-$1"; }
[ "$(held testuser)" = "4294967296 200000" ] || fail "testuser has $(held testuser)"
[ "$(held other)" = "8589934592 400000" ] || fail "other has $(held other)"
say "limits: what is told is what the engine holds each to"

docker exec jupyter-testuser sh -c 'echo {} >saved.ipynb; echo shared >shared/for-all.txt'
[ "$(resource-jupyterhub content list --user testuser)" = saved.ipynb ] || fail "saved.ipynb is not told"
[ "$(docker exec jupyter-other cat shared/for-all.txt)" = shared ] || fail "what is shared is not"
! docker exec jupyter-other touch /srv/extensions/mine 2>/dev/null || fail "extensions can be changed by anybody"
resource-jupyterhub content stop --user testuser
gone() { [ -z "$(docker ps --quiet --filter name=^jupyter-testuser$)" ]; }
soon "testuser's server has stopped" gone
resource-jupyterhub content spawn --user testuser >/dev/null
[ "$(docker exec jupyter-testuser cat saved.ipynb)" = "{}" ] || fail "saved.ipynb is gone"
say "list: notebooks are there after a stop and a start"

PERIJOVE_STACK_TOKEN=$(cat .token) "$source/e2e/containers/browser.sh" datascience.spec.js "$@"
say "a server has what the analysis of data needs, in a browser"

resource-jupyterhub test all
resource-jupyterhub info --json | jq -e '.features.gpu == false' >/dev/null

# A hub that dies leaves servers alone, and finds them again.
running=$(docker inspect --format '{{.Id}}' jupyter-other)
docker kill "$(compose ps -q hub)" >/dev/null
curl -sf http://localhost:8000/user/other/api >/dev/null || fail "a server can't be reached without the hub"
quietly resource-jupyterhub manage start
soon "the hub is healthy" healthy hub
known() { resource-jupyterhub content users | jq -e '.[] | select(.name == "other") | .servers[""].ready' >/dev/null; }
soon "the hub knows its servers" known
[ "$(docker inspect --format '{{.Id}}' jupyter-other)" = "$running" ] || fail "the hub has started other's server again"
say "a hub that was killed has found its servers again"

project=$(docker volume ls --quiet --filter name=_postgres$)
quietly resource-jupyterhub manage uninstall
! docker volume inspect "$project" >/dev/null 2>&1 || fail "the database is still there"
[ -e "$files/kept/users/testuser/saved.ipynb" ] || fail "uninstalling has removed files"
echo "The platform's stack came up, answered what it is asked, and is down again."
