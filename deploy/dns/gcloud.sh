#!/bin/sh
# DNS hook for Google Cloud DNS, through its own command line (gcloud). Set DNS_ZONE (the zone's name), DNS_HOME and
# DNS_MIRRORS (IPv4 addresses, separated by commas) in /etc/dgos/dns.conf.
set -eu
[ -f /etc/dgos/dns.conf ] && . /etc/dgos/dns.conf
: "${DNS_ZONE:?}" "${DNS_HOME:?}" "${DNS_MIRRORS:?}" "${DNS_TTL:=60}"
case "$DGOS_EVENT" in declare) addresses=$DNS_MIRRORS ;; lift) addresses=$DNS_HOME ;; *) exit 2 ;; esac
exec gcloud dns record-sets update "$DGOS_HOST." --zone="$DNS_ZONE" --type=A --ttl="$DNS_TTL" --rrdatas="$addresses"
