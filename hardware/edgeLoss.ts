/** Why pulses over sysfs need `acceptEdgeLoss`: what was measured (26 bits, 50 us pulses, Linux 6.1, Node 20). */
export const edgeLossReason =
  'sysfs holds one pending edge a line: of 40 frames 32 to 38 were right at 2 ms spacing while the program was busy ' +
  '2 ms at a time, none at 1 ms, none at all when busy 10 ms; the character device (driver: gpiochip) lost none';
