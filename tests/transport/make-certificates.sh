#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make-certificates.sh DIRECTORY: certificates and keys of an authority, of those it
# knows, and of strangers, as NAME.pem and NAME.key.
set -eu

cd "$1"
umask 077
touch index
cat > config <<'END'
[ca]
default_ca = authority
[authority]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
organizationName = optional
[authority_extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth
[elsewhere]
subjectAltName = DNS:charon.example.org
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
[request]
distinguished_name = name
[name]
END

past="-startdate 20200101000000Z -enddate 20210101000000Z"
now="-startdate 20200101000000Z -enddate 20990101000000Z"
future="-startdate 20980101000000Z -enddate 20990101000000Z"

# sign NAME SUBJECT EXTENSIONS DATES [AUTHORITY]: without one, by itself.
sign () {
  openssl req -new -config config -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc \
    -subj "$2" -keyout "$1.key" -out "$1.request" 2> /dev/null
  if [ $# -eq 5 ]; then
    set -- "$1" "$2" "$3" "$4" "-cert $5.pem -keyfile $5.key"
  else
    set -- "$1" "$2" "$3" "$4" "-selfsign -keyfile $1.key"
  fi
  # shellcheck disable=SC2086
  openssl ca -batch -notext -config config -extensions "$3" $4 $5 -in "$1.request" -out "$1.pem" \
    2> errors || { cat errors >&2; exit 1; }
}

sign ca "/CN=Test CA" authority_extensions "$now"
sign other-ca "/CN=Other CA" authority_extensions "$now"

sign server "/CN=localhost" server "$now" ca
sign elsewhere "/CN=charon.example.org" elsewhere "$now" ca
sign expired-server "/CN=localhost" server "$past" ca
sign future-server "/CN=localhost" server "$future" ca
sign other-server "/CN=localhost" server "$now" other-ca
cat server.pem server.key > server-both.pem

sign client "/O=Tests/CN=client" client "$now" ca
sign friend "/O=Tests/CN=friend" client "$now" ca
sign expired-client "/O=Tests/CN=client" client "$past" ca
sign other-client "/O=Tests/CN=client" client "$now" other-ca
sign pinned "/CN=pinned" client "$now"
sign expired-pinned "/CN=pinned" client "$past"
sign future-pinned "/CN=pinned" client "$future"

for name in client friend pinned expired-pinned future-pinned; do
  openssl x509 -in "$name.pem" -noout -fingerprint -sha256 | sed 's/.*=//' > "$name.sha256"
done
