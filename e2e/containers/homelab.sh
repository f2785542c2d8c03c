#!/usr/bin/env bash
# Brings deploy/compose/homelab up, comes in as its Traefik would, starts a server, and takes it down again. scripts/containers.sh
# calls it beside an engine that has the images.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"
stand_in postgres
begin homelab

quietly ./secrets.sh
set_variable stack.env JUPYTER_DOMAIN jupyter.example.org
set_variable stack.env DOCKER_SOCKET "$PERIJOVE_DOCKER_SOCKET"
set_variable stack.env POSTGRES_IMAGE local/postgres
[ "$(stat -c %a stack.env)" = 600 ] || fail "others can read stack.env"
secret() { sed -n "s/^$1=//p" stack.env; }
stack_of() { compose --env-file stack.env "$@"; }
docker network create traefik >/dev/null
quietly stack_of up -d
# `ps` and `down` want the variables, too.
set -a
# shellcheck disable=SC1091 # it is made above
. ./stack.env
set +a
for service in engine postgres hub edge; do soon "$service is healthy" healthy "$service"; done
say "the stack is up, with a network of Traefik's and the example's variables"

labels=$(docker inspect --format '{{json .Config.Labels}}' "$(compose ps -q edge)")
jq -e '."traefik.http.routers.jupyter.rule" == "Host(`jupyter.example.org`)" and ."traefik.docker.network" == "traefik"
  and ."traefik.http.services.jupyter.loadbalancer.server.port" == "8000"' <<<"$labels" >/dev/null || fail "Traefik is told $labels"
edge=$(docker inspect --format '{{.NetworkSettings.Networks.traefik.IPAddress}}' "$(compose ps -q edge)")
# As Traefik asks: it has taken TLS off.
ask() { curl -s --max-time 60 -H "Host: jupyter.example.org" -H "X-Forwarded-Proto: https" "$@"; }
[ "$(ask -o /dev/null -w '%{http_code}' "http://$edge:8000/hub/health")" = 200 ] || fail "the edge does not answer Traefik"
for closed in "$edge:8001/api/routes" localhost:8000/hub/health localhost:8081/hub/api/; do
  ! curl -sf --max-time 5 "http://$closed" >/dev/null || fail "$closed is open"
done
say "it is told what it needs, and nothing is open but through it"

# sign_in NAME PASSWORD: the status, and in $cookies what the browser would keep.
cookies=''
sign_in() {
  local page form
  page=$(ask -i "http://$edge:8000/hub/login")
  cookies=$(sed -n 's/^set-cookie: \([^;]*\).*/\1/Ip' <<<"$page" | paste -sd ';')
  form=$(sed -n 's/.*name="_xsrf"[^>]*value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)
  page=$(ask -i -H "Cookie: $cookies" --data-urlencode "username=$1" --data-urlencode "password=$2" --data-urlencode "_xsrf=$form" \
    "http://$edge:8000/hub/login")
  status=$(head -n 1 <<<"$page" | cut -d ' ' -f 2)
  cookies+=";$(sed -n 's/^set-cookie: \([^;]*\).*/\1/Ip' <<<"$page" | paste -sd ';')"
  ! grep -i '^set-cookie:' <<<"$page" | grep -qiv secure || fail "a cookie would go where no TLS is"
}
sign_in ada "$(secret JUPYTER_PASSWORD)"
[ "$status" = 302 ] || fail "ada can't sign in: $status"
sign_in admin "$(secret JUPYTER_PASSWORD)"
[ "$status" != 302 ] || fail "the household's password makes an administrator"
sign_in admin "$(secret JUPYTER_ADMIN_PASSWORD)"
[ "$status" = 302 ] || fail "the administrator can't sign in: $status"
[ "$(ask -o /dev/null -w '%{http_code}' -H "Cookie: $cookies" "http://$edge:8000/hub/admin")" = 200 ] || fail "the administration is closed"
say "the household's password and the administrator's let in whom they should"

authorization="Authorization: token $(compose exec -T hub perijove token admin | tr -d '\r')"
api() { # api METHOD PATH: the answer, or why there is none
  local said
  said=$(ask -S --fail-with-body -H "$authorization" -X "$1" "http://$edge:8000/hub/api$2" 2>&1) || fail "$1 $2: $said"
  printf '%s' "$said"
}
api POST /users/ada/server >/dev/null
ready() { api GET /users/ada | jq -e '.servers[""].ready'; }
soon "ada's server is ready" ready
[ "$(docker exec jupyter-ada sh -c 'echo "$JUPYTERHUB_USER"')" = ada ] || fail "it is not ada's"
ask -f "http://$edge:8000/user/ada/api" | jq -e .version >/dev/null
[ "$(docker inspect --format '{{range .Mounts}}{{.Name}}:{{.Destination}}{{end}}' jupyter-ada)" = jupyterhub-user-ada:/home/jovyan ] || fail "ada's files are elsewhere"
[ "$(docker inspect --format '{{index .HostConfig.LogConfig.Config "max-size"}}' jupyter-ada "$(compose ps -q hub)" | sort -u)" = 10m ] || fail "a log may grow for ever"
say "a server starts, with a volume, and with a log that does not grow for ever"

# As who comes with images like those of quay.io/jupyter: they begin as root, call what they have before the start, and become NB_UID.
docker build --quiet --tag local/hooked - >/dev/null <<'IMAGE'
FROM local/perijove-datascience:latest
USER root
RUN echo 'echo "$NB_USER $NB_UID" >/tmp/hooked' >/usr/local/bin/before-notebook.d/hooked.sh
IMAGE
sed -i -e 's|^image = "local/perijove-datascience:latest"|image = "local/hooked"|' -e '/^home_target/a \
capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]\
create_config = { user = "root", environment = ["NB_USER=olga", "NB_UID=1234", "CHOWN_HOME=yes"] }' perijove.toml
quietly compose restart hub
soon "the hub is healthy" healthy hub
api POST /users/olga >/dev/null
api POST /users/olga/server >/dev/null
olga_is_ready() { api GET /users/olga | jq -e '.servers[""].ready'; }
soon "olga's server is ready" olga_is_ready
[ "$(docker exec jupyter-olga cat /tmp/hooked)" = "olga 1234" ] || fail "the image's own steps before the start were not taken"
[ "$(docker exec jupyter-olga stat -c %u /home/jovyan)" = 1234 ] || fail "olga's files are not hers"
docker top jupyter-olga -eo pid,uid,args | grep -E ' 1234 .*jupyterhub-singleuser' >/dev/null || fail "her server is not hers"
say "an image that begins as root becomes who it is told to be"

remove_servers
quietly compose down
docker volume inspect homelab_postgres >/dev/null || fail "down has removed the database"
quietly compose down -v
! docker volume inspect homelab_postgres >/dev/null 2>&1 || fail "down -v has left the database"
docker volume inspect jupyterhub-user-ada >/dev/null || fail "down -v has removed somebody's files"
docker network rm traefik >/dev/null
echo "The stack for a home came up, let people in and is down again."
