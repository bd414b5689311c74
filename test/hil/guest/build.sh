#!/bin/bash
# Builds the guest into a folder: build.sh FOLDER. Debian's kernel and its headers are downloaded and unpacked, nothing is
# installed; the module is compiled. Says on its last line why it cannot, and ends with 3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
cannot() { echo "$*"; exit 3; }

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || cannot 'this is no Debian on amd64'
missing=
for tool in qemu-system-x86_64:qemu-system-x86 gcc:gcc make:make cpio:cpio xz:xz-utils; do
  command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool##*:}"
done
[ -x /usr/lib/systemd/systemd ] || missing="$missing systemd"
if [ -n "${missing// /}" ] && [ "$(id -u)" = 0 ]; then
  # shellcheck disable=SC2086
  timeout 120 apt-get -qq update >/dev/null 2>&1 && timeout 300 apt-get -qq install -y --no-install-recommends $missing >/dev/null 2>&1 || true
fi
for tool in qemu-system-x86_64 gcc make cpio xz; do command -v "$tool" >/dev/null || cannot "there is no $tool"; done
[ -x /usr/lib/systemd/systemd ] || cannot 'there is no systemd to run in it'

# The packages the image and the headers of this machine's Debian depend on.
depends() { apt-cache depends "$1" | sed -n 's/^ *Depends: //p'; }
image=$(depends linux-image-amd64 | grep -m1 '^linux-image-' || true)
if [ -z "$image" ] && [ "$(id -u)" = 0 ]; then
  timeout 120 apt-get -qq update >/dev/null 2>&1 || true
  image=$(depends linux-image-amd64 | grep -m1 '^linux-image-' || true)
fi
[ -n "$image" ] || cannot 'apt knows no kernel; run apt-get update'
version=${image#linux-image-}
headers=$(depends "linux-headers-$version" | grep -E '^linux-(headers|kbuild)-')
# udev for the guest, and what it needs that not every Debian has.
udev='udev libkmod2'
mkdir -p packages root module udev
(
  cd packages
  # shellcheck disable=SC2086
  timeout 300 apt-get -qq download "$image" "linux-headers-$version" $headers $udev busybox-static
) >/dev/null 2>&1 || cannot "the kernel packages of $version cannot be downloaded"
for package in packages/*.deb; do dpkg -x "$package" root; done
for package in $udev; do dpkg -x packages/"$package"_*.deb udev; done
# Without the rules and descriptions of a whole system.
find udev -depth \( -path '*/lib/udev/*' -o -path '*/share/*' -o -path '*/etc/*' \) -delete
rm -rf packages

# The headers include each other by the path they would be installed under.
source=$PWD/root/usr/src/linux-headers-$version
sed -i "s#include /usr/src#include $PWD/root/usr/src#" "$source/Makefile"
cp "$here/simgpio.c" module/
echo 'obj-m += simgpio.o' >module/Kbuild
make -s -C "$source" M="$PWD/module" modules >module/log 2>&1 ||
  { tail -5 module/log; cannot "the module does not compile for $version"; }
strip --strip-debug module/simgpio.ko

cp module/simgpio.ko "$(find root -path '*bin/busybox' -type f | head -1)" .
cp "$(find root -name "vmlinuz-$version" | head -1)" kernel
rm -rf root module
echo "built for $version"
