#!/bin/sh
# DNS hook for any server that takes RFC 2136 updates (BIND, Knot, PowerDNS): points the blog's name at mirrors while it is
# down, and back when it answers again. Set these in the environment of the hook, or here:
#
#   DNS_SERVER   the name server, "ns1.example.org" or "127.0.0.1 5353"
#   DNS_KEYFILE  a TSIG key file (tsig-keygen -a hmac-sha256 dgos)
#   DNS_HOME     where the blog lives: its own IP addresses, IPv4 and IPv6, separated by blanks
#   DNS_MIRRORS  addresses of the members that serve the name (named in the root as trusted)
#   DNS_TTL      seconds (60)
set -eu
[ -f /etc/dgos/dns.conf ] && . /etc/dgos/dns.conf
: "${DNS_SERVER:?}" "${DNS_KEYFILE:?}" "${DNS_HOME:?}" "${DNS_MIRRORS:?}" "${DNS_TTL:=60}"

case "$DGOS_EVENT" in
  declare) addresses=$DNS_MIRRORS ;;
  lift) addresses=$DNS_HOME ;;
  *) echo "unknown event $DGOS_EVENT" >&2; exit 2 ;;
esac

{
  echo "server $DNS_SERVER"
  echo "update delete $DGOS_HOST. A"
  echo "update delete $DGOS_HOST. AAAA"
  for address in $addresses; do
    case "$address" in
      *:*) echo "update add $DGOS_HOST. $DNS_TTL AAAA $address" ;;
      *) echo "update add $DGOS_HOST. $DNS_TTL A $address" ;;
    esac
  done
  echo send
} | nsupdate -t 20 -k "$DNS_KEYFILE"
