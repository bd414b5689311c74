#!/bin/sh
# Installs a built release as a service, or updates it, or takes it away. Run it as often as you like.
#
#   sudo systemd/install.sh                 from the folder that holds this script's folder, to /opt/sallyport
#   sudo systemd/install.sh --uninstall     keeps /etc/sallyport and /var/lib/sallyport; --purge takes these too
#   systemd/install.sh --root DIR           into DIR as into a disk image: nothing is started, nobody is added
#
# An update keeps the site file and the data. A release that does not accept the site file is not installed: nothing is
# changed, and the script says why and ends with 1.
set -eu

root= action=install purge=no
while [ $# -gt 0 ]; do
  case $1 in
    --root) root=${2:?--root: name a folder}; shift ;;
    --uninstall) action=uninstall ;;
    --purge) action=uninstall purge=yes ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done
release=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
here=$release/systemd
opt=$root/opt/sallyport
etc=$root/etc/sallyport
units=$root/etc/systemd/system
live=no
[ -n "$root" ] || live=yes

say() { printf '%s\n' "$*"; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }
running() { [ $live = yes ] && systemctl is-active --quiet sallyport; }

find_node() {
  node=$(command -v node) || fail 'there is no node; install Node 20 or 22 (sudo apt install nodejs)'
  # The service sees no home folders, where version managers keep theirs.
  case $node in
    /home/* | /root/*) fail "$node lies in a home folder, which the service cannot see; install Node for everybody" ;;
  esac
}

check_release() {
  [ -f "$release/dist/src/cli.js" ] || fail "$release is not built: npm ci && npm run build && npm prune --omit=dev"
  [ -d "$release/node_modules" ] || fail "$release has no packages: npm ci --omit=dev"
}

check_site() {
  [ -e "$etc/site.yaml" ] || return 0
  "$node" "$release/dist/src/cli.js" check-config "$etc/site.yaml" >/dev/null ||
    fail 'this release does not accept the site file above; nothing was changed'
}

# Beside the old one first, so that an interruption leaves one whole release.
copy_release() {
  [ "$release" != "$(CDPATH='' cd -- "$opt" 2>/dev/null && pwd)" ] || return 0
  rm -rf "$opt.new" "$opt.old"
  mkdir -p "$opt.new/dist" "$opt.new/src"
  for part in node_modules systemd package.json package-lock.json README.md LICENSE hardware; do
    if [ -e "$release/$part" ]; then cp -a "$release/$part" "$opt.new/"; fi
  done
  for part in "$release"/dist/*; do
    case $part in */test) ;; *) cp -a "$part" "$opt.new/dist/" ;; esac
  done
  cp -a "$release/src/demo" "$opt.new/src/"
  chmod -R go-w "$opt.new"
  if [ -e "$opt" ]; then mv "$opt" "$opt.old"; fi
  mv "$opt.new" "$opt"
  rm -rf "$opt.old"
}

install_files() {
  mkdir -p "$units" "$root/usr/lib/sysusers.d" "$root/usr/lib/tmpfiles.d" "$root/etc/udev/rules.d" \
    "$root/usr/local/bin" "$etc"
  sed "s#/usr/bin/node#$node#g" "$here/sallyport.service" >"$units/sallyport.service"
  install -m 644 "$here/sallyport.sysusers" "$root/usr/lib/sysusers.d/sallyport.conf"
  install -m 644 "$here/sallyport.tmpfiles" "$root/usr/lib/tmpfiles.d/sallyport.conf"
  install -m 644 "$here/60-sallyport.rules" "$root/etc/udev/rules.d/60-sallyport.rules"
  printf '#!/bin/sh\nexec %s /opt/sallyport/dist/src/cli.js "$@"\n' "$node" >"$root/usr/local/bin/sallyport"
  chmod 755 "$root/usr/local/bin/sallyport"
  chmod 644 "$units/sallyport.service"
  if [ ! -e "$etc/site.yaml" ]; then
    install -m 640 "$release/src/demo/site.yaml" "$etc/site.yaml"
    say "Wrote /etc/sallyport/site.yaml: the demo on a board in memory. Describe your own site there."
  fi
}

start_service() {
  systemd-sysusers /usr/lib/sysusers.d/sallyport.conf
  systemd-tmpfiles --create /usr/lib/tmpfiles.d/sallyport.conf
  chown -R root:root "$opt"
  udevadm control --reload && udevadm trigger --settle --subsystem-match=gpio --subsystem-match=tty || true
  systemctl daemon-reload
  systemctl enable --quiet sallyport
  systemctl restart sallyport
  say 'Sallyport runs. Its log, with the one-time claim code at the first start: journalctl -u sallyport'
}

# The kernel of Raspberry Pi OS keeps outputs of a dead process; this turns it off for the character device.
advise() {
  for config in /boot/firmware/config.txt /boot/config.txt; do
    [ -f "$config" ] || continue
    grep -q '^dtparam=strict_gpiod' "$config" ||
      say "Recommended: add dtparam=strict_gpiod to $config, so that relays fall when the process dies."
    return 0
  done
}

uninstall() {
  if [ $live = yes ]; then systemctl disable --now --quiet sallyport 2>/dev/null || true; fi
  rm -rf "$opt" "$opt.new" "$opt.old" "$units/sallyport.service" "$root/usr/lib/sysusers.d/sallyport.conf" \
    "$root/usr/lib/tmpfiles.d/sallyport.conf" "$root/etc/udev/rules.d/60-sallyport.rules" "$root/usr/local/bin/sallyport"
  if [ $live = yes ]; then systemctl daemon-reload; fi
  if [ $purge = yes ]; then
    rm -rf "$etc" "$root/var/lib/sallyport"
    say 'Sallyport, its site file and its data are gone. The user sallyport stays: sudo userdel sallyport'
  else
    say 'Sallyport is gone. /etc/sallyport and /var/lib/sallyport stay.'
  fi
}

if [ $live = yes ] && [ "$(id -u)" != 0 ]; then fail 'run it as root: sudo systemd/install.sh'; fi
if [ $action = uninstall ]; then
  uninstall
  exit 0
fi
check_release
find_node
check_site
if running; then say 'Updating a running controller; the doors are away for a few seconds at the end.'; fi
copy_release
install_files
if [ $live = yes ]; then
  start_service
  advise
else
  say "Installed under $root. On first boot: systemd-sysusers, systemd-tmpfiles --create, systemctl enable sallyport"
fi
