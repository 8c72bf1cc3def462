#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make-scenario-pki.sh DIRECTORY: what the scenario authenticates with, as NAME.crt (DER)
# and NAME.key (PEM). alice and bob are certified by authority, and mallory by stranger, whom nobody
# trusts.
set -eu

cd "$1"
umask 077

# make NAME OPTION...: a key and its certificate.
make () {
  name=$1
  shift
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 3650 \
    -subj "/CN=$name" -keyout "$name.key" -out "$name.pem" "$@" 2> errors ||
    { cat errors >&2; exit 1; }
  openssl x509 -in "$name.pem" -outform DER -out "$name.crt"
}

authority () {
  make "$1" -addext "keyUsage = critical, keyCertSign, cRLSign"
}

# end NAME AUTHORITY
end () {
  make "$1" -CA "$2.pem" -CAkey "$2.key" -addext "subjectAltName = DNS:$1.example.org" \
    -addext "basicConstraints = critical, CA:FALSE"
}

authority authority
authority stranger
end alice authority
end bob authority
end mallory stranger
rm errors
