#!/bin/sh
# DNS hook for Azure DNS, through its own command line (az). Set DNS_GROUP (resource group), DNS_ZONE ("example.org"),
# DNS_HOME and DNS_MIRRORS (one IPv4 address each) in /etc/dgos/dns.conf.
set -eu
[ -f /etc/dgos/dns.conf ] && . /etc/dgos/dns.conf
: "${DNS_GROUP:?}" "${DNS_ZONE:?}" "${DNS_HOME:?}" "${DNS_MIRRORS:?}" "${DNS_TTL:=60}"
case "$DGOS_EVENT" in declare) address=$DNS_MIRRORS ;; lift) address=$DNS_HOME ;; *) exit 2 ;; esac
name=${DGOS_HOST%".$DNS_ZONE"}
[ "$name" = "$DGOS_HOST" ] && name=@
exec az network dns record-set a update --resource-group "$DNS_GROUP" --zone-name "$DNS_ZONE" --name "$name" \
  --set "ttl=$DNS_TTL" --set "aRecords[0].ipv4Address=$address"
