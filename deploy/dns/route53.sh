#!/bin/sh
# DNS hook for Amazon Route 53, through its own command line (aws). Set DNS_ZONE (hosted zone id), DNS_HOME and DNS_MIRRORS
# (one IPv4 address each, or several separated by blanks) in /etc/dgos/dns.conf.
set -eu
[ -f /etc/dgos/dns.conf ] && . /etc/dgos/dns.conf
: "${DNS_ZONE:?}" "${DNS_HOME:?}" "${DNS_MIRRORS:?}" "${DNS_TTL:=60}"
case "$DGOS_EVENT" in declare) addresses=$DNS_MIRRORS ;; lift) addresses=$DNS_HOME ;; *) exit 2 ;; esac
records=
for address in $addresses; do records="$records${records:+,}{\"Value\":\"$address\"}"; done
exec aws route53 change-resource-record-sets --hosted-zone-id "$DNS_ZONE" --change-batch \
  "{\"Changes\":[{\"Action\":\"UPSERT\",\"ResourceRecordSet\":{\"Name\":\"$DGOS_HOST.\",\"Type\":\"A\",\"TTL\":$DNS_TTL,\"ResourceRecords\":[$records]}}]}"
