#!/bin/sh
# A server for tests, as crates/spawn/src/suite/server.py is one.
echo "server began"
case $1 in
  fail) echo "it is about to fail"; exit "$2" ;;
  chatty)
    line=0
    while [ $line -lt "$2" ]; do echo "line $line"; line=$((line + 1)); done
    echo "the last line"
    ;;
  hungry) tail /dev/zero; exit $? ;;
esac
if [ "$1" = deaf ]; then trap '' TERM INT; else trap 'exit 0' TERM INT; fi
nc -ll -p 8888 -e /answer &
wait
