#!/bin/bash
# Whether something answers PATH at PORT of this container with 200: healthy.sh PORT PATH
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
read -r -t 4 line <&3 && [[ $line = *" 200 "* ]]
