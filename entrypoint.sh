#!/bin/sh
# A volume may be mounted as root's (Fly does); the product itself never runs as root.
set -eu
if [ "$(id -u)" = 0 ]; then
    chown -R ringback:ringback /data
    exec setpriv --reuid ringback --regid ringback --init-groups "$@"
fi
exec "$@"
