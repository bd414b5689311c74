#!/bin/sh
# In the guest, as root, under systemd: what the installer and udev would do, then the tests.
cd /opt/sallyport || exit 1
export HOME=/run SALLYPORT_TERMINALS=simgpio NO_COLOR=1
ip link set lo up
systemd-sysusers /opt/sallyport/systemd/sallyport.sysusers >/dev/null
systemd-tmpfiles --create /opt/sallyport/systemd/sallyport.tmpfiles 2>/dev/null
chgrp gpio /dev/gpiochip0 && chmod 660 /dev/gpiochip0
cp -r /loop/data/. /var/lib/sallyport/
chown -R sallyport:sallyport /var/lib/sallyport
systemctl daemon-reload
"$NODE" node_modules/mocha/bin/mocha.js --no-config --timeout 600000 --slow 100000 ${GREP:+--grep "$GREP"} \
  dist/test/hardware/drivers/gpiochip.test.js dist/test/hardware/drivers/onoff.test.js \
  dist/test/hil/inGuest/cards.js dist/test/hil/inGuest/fire.js dist/test/hil/inGuest/ends.js dist/test/hil/inGuest/pauses.js \
  dist/test/hil/inGuest/sysfs.js
rc=$?
[ $rc = 0 ] || { echo '--- log of the service'; tail -n 40 /run/sallyport.log; systemctl status sallyport --no-pager -l | head -n 40; }
echo "The loop ended with $rc."
