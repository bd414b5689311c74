#!/bin/bash
# Packs what the guest is made of into one archive: pack.sh GUEST TREE NODE, in the project's folder. GUEST is what build.sh
# made, TREE a folder with what is special to this run; the rest is taken from this machine: node, systemd and the
# libraries they need, this project and its packages. No configuration and no service of this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
guest=$1 tree=$2 node=$3
project=$PWD
mkdir -p "$tree"/{usr/bin,usr/sbin,usr/lib,usr/lib64,dev,proc,sys,run,tmp,root,etc/systemd/system,opt/sallyport/dist,var/lib}
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$tree/$folder"; done

copy() { tar -C / -chf - "${@#/}" | tar -C "$tree" --keep-directory-symlink -xf -; }
# systemd without its description for other machines.
programs="/usr/lib/systemd/systemd /usr/lib/systemd/systemd-executor /usr/lib/systemd/systemd-shutdown \
  /usr/bin/systemctl /usr/bin/systemd-sysusers /usr/bin/systemd-tmpfiles /usr/bin/perl"
for program in $programs $node; do if [ -e "$program" ]; then copy "$program"; fi; done
copy /usr/lib/systemd/system $(perl -e 'use strict; use warnings; print join " ", values %INC')
# Nothing of a whole system is started: only what the unit under test needs.
rm -rf "$tree"/usr/lib/systemd/system/*.wants
for file in $programs "$node" node_modules/*/build/Release/*.node node_modules/*/*/build/Release/*.node; do
  if [ -e "$file" ]; then ldd "$file" 2>/dev/null || true; fi
done | grep -o '/[^ ]*' | sort -u | xargs -r ls -d 2>/dev/null | sed 's#^/##' |
  tar -C / -chf - -T - | tar -C "$tree" --keep-directory-symlink -xf -

cp "$guest/busybox" "$tree/usr/bin/busybox"
for name in sh cat chgrp chmod chown cp grep head ip mkdir sed sync tail true; do ln -s busybox "$tree/usr/bin/$name"; done

cp -a package.json systemd "$tree/opt/sallyport/"
tar -C dist -cf - --exclude=./hil . | tar -C "$tree/opt/sallyport/dist" -xf -
# Packages for building and checking are large and not needed.
tar -cf - --exclude='*/better-sqlite3/deps' --exclude='*/better-sqlite3*/deps' --exclude='*.md' --exclude='*.map' --exclude='*.d.ts' \
  --exclude='node_modules/@biomejs' --exclude='node_modules/@typescript' --exclude='node_modules/typescript' \
  --exclude='node_modules/playwright-core' --exclude='node_modules/@esbuild' --exclude='node_modules/esbuild' \
  --exclude='node_modules/knip' --exclude='node_modules/@oxc*' --exclude='node_modules/oxc*' --exclude='node_modules/@types' \
  --exclude='node_modules/axe-core' node_modules | tar -C "$tree/opt/sallyport" -xf -

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
