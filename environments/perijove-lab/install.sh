#!/usr/bin/env bash
# Installs what shows the hub's notices in JupyterLab into the Python environment DIR. It is files only: nothing is
# built or downloaded, and it may be run as often as one likes.
#
#   environments/perijove-lab/install.sh DIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:?usage: environments/perijove-lab/install.sh DIR}
packages=$("$dir/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
install -D -m 644 "$here/perijove_lab.py" "$packages/perijove_lab.py"
install -D -m 644 "$here/perijove_lab.json" "$dir/etc/jupyter/jupyter_server_config.d/perijove_lab.json"
extension=$dir/share/jupyter/labextensions/perijove-lab
install -D -m 644 "$here/labextension/package.json" "$extension/package.json"
install -D -m 644 "$here/labextension/static/remoteEntry.js" "$extension/static/remoteEntry.js"
