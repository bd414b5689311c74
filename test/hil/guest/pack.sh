#!/bin/bash
# Packs what the guest is made of into one archive: pack.sh GUEST TREE NODE, in the project's folder. GUEST is what build.sh
# made, TREE a folder with what is special to this run; the rest is taken from this machine: node, systemd and the
# libraries they need, this project as a built release in /release, mocha in /loop. No configuration and no service of
# this machine, and nothing of the project installed: that is the guest's to do.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
guest=$1 tree=$2 node=$3
project=$PWD
mkdir -p "$tree"/{usr/bin,usr/sbin,usr/lib,usr/lib64,dev,proc,sys,run,tmp,root,etc/systemd/system,opt,var/lib,loop,release/src,release/dist}
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$tree/$folder"; done

copy() { tar -C / -chf - "${@#/}" | tar -C "$tree" --keep-directory-symlink -xf -; }
# systemd without its description for other machines.
programs="/usr/lib/systemd/systemd /usr/lib/systemd/systemd-executor /usr/lib/systemd/systemd-shutdown \
  /usr/bin/systemctl /usr/bin/systemd-sysusers /usr/bin/systemd-tmpfiles /usr/bin/perl /usr/bin/install"
for program in $programs; do if [ -e "$program" ]; then copy "$program"; fi; done
cp "$node" "$tree/usr/bin/node"
copy /usr/lib/systemd/system $(perl -e 'use strict; use warnings; print join " ", values %INC')
tar -C "$guest/udev" -cf - . | tar -C "$tree" --keep-directory-symlink -xf -
# Nothing of a whole system is started: only what the unit under test needs.
rm -rf "$tree"/usr/lib/systemd/system/*.wants
for file in $programs "$node" "$tree/usr/bin/udevadm" node_modules/*/build/Release/*.node node_modules/*/*/build/Release/*.node; do
  if [ -e "$file" ]; then ldd "$file" 2>/dev/null || true; fi
done | grep -o '/[^ ]*' | sort -u | xargs -r ls -d 2>/dev/null | sed 's#^/##' |
  tar -C / -chf - -T - | tar -C "$tree" --keep-directory-symlink -xf -

cp "$guest/busybox" "$tree/usr/bin/busybox"
for name in sh cat chgrp chmod chown cp dirname grep head id ip ln ls mkdir mv rm sed sync tail true; do ln -s busybox "$tree/usr/bin/$name"; done

cp -a package.json package-lock.json README.md LICENSE systemd hardware "$tree/release/"
cp -a src/demo "$tree/release/src/"
tar -C dist -cf - --exclude=./hil . | tar -C "$tree/release/dist" -xf -
# Sources of compiled packages and maps are large and never looked at.
pack() { tar -cf - --exclude='*/better-sqlite3*/deps' --exclude='*.map' --exclude='*.d.ts' -T "$1" | tar -C "$2" -xf -; }
pack "$guest/packages.release" "$tree/release"
pack "$guest/packages.mocha" "$tree/loop"

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir -p "$top/bin"
cp "$guest/busybox" "$top/bin/busybox"
cp "$guest/simgpio.ko" "$top/"
cp "$here/init" "$top/init"
chmod 755 "$top/init"
mv "$tree" "$top/tree"
(cd "$top" && find . | cpio --quiet -o -H newc) >"$guest/initrd.cpio"
cd "$project"
du -m "$guest/initrd.cpio" | sed 's/\t.*/ MB/'
