#!/bin/sh
# In the guest, as root, under systemd, on a machine on which nothing is installed yet: udev, then the tests.
cd /release || exit 1
export HOME=/run SALLYPORT_TERMINALS=simgpio NO_COLOR=1
ip link set lo up
systemctl start systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udevd.service
node /loop/node_modules/mocha/bin/mocha.js --no-config --timeout 600000 --slow 1 ${GREP:+--grep "$GREP"} \
  dist/test/hardware/drivers/gpiochip.test.js dist/test/hardware/drivers/onoff.test.js \
  dist/test/hil/inGuest/install.js dist/test/hil/inGuest/cards.js dist/test/hil/inGuest/fire.js dist/test/hil/inGuest/ends.js dist/test/hil/inGuest/pauses.js \
  dist/test/hil/inGuest/sysfs.js dist/test/hil/inGuest/update.js
rc=$?
[ $rc = 0 ] || { echo '--- log of the service'; tail -n 40 /run/sallyport.log; systemctl status sallyport --no-pager -l | head -n 40; }
echo "The loop ended with $rc."
