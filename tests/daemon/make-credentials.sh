#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make-credentials.sh DIRECTORY: keys and certificates in all the forms that files of
# them have. What is encrypted has the password "correct horse", where it has one.
set -eu

cd "$1"
umask 077
export PASSWORD="correct horse"
out="-passout env:PASSWORD"

# Says what a command said only when it failed.
quietly () {
  "$@" > log 2>&1 || { echo "$*" >&2; cat log >&2; exit 1; }
}

# key NAME OPTION...: as plain PKCS#8 in NAME.key, and its certificate in NAME.pem.
key () {
  name=$1
  shift
  quietly openssl genpkey "$@" -out "$name.key"
  quietly openssl req -new -key "$name.key" -subj "/O=Tests/CN=$name" -out request
  quietly openssl x509 -req -in request -CA ca.pem -CAkey ca.key -days 3650 -out "$name.pem"
}

quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 3650 \
  -subj "/O=Tests/CN=authority" -addext "keyUsage = critical, keyCertSign" \
  -keyout ca.key -out ca.pem
key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
key ec -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1
key ed25519 -algorithm ED25519
key ed448 -algorithm ED448
key brainpool -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1

# What each private key is, for comparison.
for name in rsa ec ed25519 ed448; do
  quietly openssl pkcs8 -topk8 -nocrypt -in $name.key -outform DER -out $name.der
  quietly openssl x509 -in $name.pem -outform DER -out $name.crt
done
quietly openssl x509 -in ca.pem -outform DER -out ca.crt

# Plain, in older forms.
quietly openssl rsa -in rsa.key -traditional -out rsa-pkcs1.key
quietly openssl rsa -in rsa.key -traditional -outform DER -out rsa-pkcs1.der
quietly openssl ecparam -name prime256v1 -out ec-sec1.key
openssl ec -in ec.key 2> log >> ec-sec1.key
quietly openssl ec -in ec.key -outform DER -out ec-sec1.der

# PKCS#8, encrypted.
for name in rsa ec ed25519 ed448; do
  # shellcheck disable=SC2086
  quietly openssl pkcs8 -topk8 -in $name.key $out -out $name-pkcs8.key
done
# shellcheck disable=SC2086
{
  quietly openssl pkcs8 -topk8 -in ec.key $out -outform DER -out ec-pkcs8.der
  quietly openssl pkcs8 -topk8 -in ec.key $out -v2 aes-128-cbc -v2prf hmacWithSHA1 -out ec-sha1.key
  quietly openssl pkcs8 -topk8 -in ec.key $out -v2 des3 -out ec-des3.key
  quietly openssl pkcs8 -topk8 -in ec.key $out -v1 PBE-SHA1-3DES -out ec-pbe1.key
  quietly openssl pkcs8 -topk8 -in ec.key $out -scrypt -out ec-scrypt.key
  quietly openssl pkcs8 -topk8 -in ec.key $out -v2 aria128 -out ec-aria.key
  quietly openssl pkcs8 -topk8 -in ec.key $out -iter 65537 -outform DER -out ec-iterated.der

  # As OpenSSL did it before there was PKCS#8.
  quietly openssl rsa -in rsa.key -traditional -aes128 $out -out rsa-old.key
  quietly openssl rsa -in rsa.key -traditional -des3 $out -out rsa-old-des3.key
  quietly openssl ec -in ec.key -aes256 $out -out ec-old.key

  # PKCS#12, which has a password over all, and may be encrypted in it.
  p12="openssl pkcs12 -export -inkey ec.key -in ec.pem -certfile ca.pem -name client"
  quietly $p12 $out -out chain.p12
  quietly $p12 $out -legacy -out legacy.p12
  quietly $p12 $out -nomac -out without-mac.p12
  quietly $p12 $out -keypbe NONE -certpbe NONE -out mac-alone.p12
  quietly $p12 -passout pass: -out empty-password.p12
  quietly $p12 -passout pass: -keypbe NONE -certpbe NONE -nomac -out plain.p12
  quietly $p12 $out -keypbe aria-128-cbc -certpbe aria-128-cbc -out aria.p12
  quietly openssl pkcs12 -export -nokeys -in ca.pem $out -out certificates.p12
  quietly openssl pkcs12 -export -nokeys -in ca.pem $out -nomac -certpbe aes-256-cbc -out unchecked.p12
  quietly $p12 $out -keypbe NONE -certpbe NONE -macalg sha1 -iter 2600000 -out slow.p12
}
for name in chain slow; do
  { echo "-----BEGIN PKCS12-----"; openssl base64 -in $name.p12; echo "-----END PKCS12-----"; } > $name-p12.pem
done

# Made to be refused.
quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -subj /CN=big \
  -addext "nsComment = $(printf '%066000d' 0)" -keyout big.key -out big.pem

# Several in one file, and what does not belong there.
openssl x509 -in ec.pem -text > both.pem
cat ec-pkcs8.key ca.pem >> both.pem
cat rsa-pkcs8.key ec-old.key > two-keys.pem
{ echo "0 s:O = Tests, CN = ec"; cat ec.pem; } > shown.pem
openssl pkey -in ec.key -pubout > public.pem
