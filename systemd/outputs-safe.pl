#!/usr/bin/perl
# Puts the outputs that a controller held at their inactive level, in a few milliseconds: Node alone would take half a second on a
# small machine, for which a door would stay unlocked. Perl is part of every Debian. What cannot be done here is left to
# dist/src/outputsSafe.js. The controller notes its outputs in $RUNTIME_DIRECTORY/outputs.lines, one a line:
#   DRIVER OFFSET LEVEL LABEL,LABEL...      LEVEL is the inactive one, 0 or 1; LABELs name the chip
use strict;
use warnings;

my $folder = $ENV{RUNTIME_DIRECTORY} or die "RUNTIME_DIRECTORY is not set\n";
open(my $plan, '<', "$folder/outputs.lines") or exit 0;

sub inside { my ($folder, $name) = @_; opendir(my $all, $folder) or return; return map { "$folder/$_" } grep { /^$name\d+$/ } readdir $all }
sub first_line { open(my $file, '<', $_[0]) or return ''; my $line = <$file> // ''; chomp $line; return $line }

# By the character device (include/uapi/linux/gpio.h): GPIO_GET_CHIPINFO, then GPIO_V2_GET_LINE with flag OUTPUT and the value
# in the same call. The line is held until this program ends.
my %chips;
sub by_gpiochip {
  my ($offset, $level, @labels) = @_;
  if (!%chips) {
    for my $path (inside('/dev', 'gpiochip')) {
      open(my $chip, '+<', $path) or next;
      my $info = "\0" x 68;
      ioctl($chip, 0x8044b401, $info) and $chips{ unpack 'x32 Z32', $info } = $chip;
    }
  }
  my ($chip) = grep { defined } map { $chips{$_} } @labels;
  return 0 unless defined $chip;
  my $request = pack('V x252 a32', $offset, 'sallyport-safe')    # offsets[64], consumer
    . pack('V V V x20', 1 << 3, 0, 1)                            # flags, one attribute
    . pack('V x4 V V V V x216', 2, $level, 0, 1, 0)              # output values: value and mask
    . pack('V V x20 V', 1, 0, 0);                                # number of lines, buffer, descriptor
  return ioctl($chip, 0xc250b407, $request) ? 1 : 0;
}

# By sysfs: the level is written together with the direction. A line that is not exported is driven by nobody.
sub by_onoff {
  my ($offset, $level, @labels) = @_;
  my %wanted = map { $_ => 1 } @labels;
  my ($chip) = grep { $wanted{ first_line("$_/label") } } inside('/sys/class/gpio', 'gpiochip');
  return 0 unless defined $chip;
  my $line = '/sys/class/gpio/gpio' . (first_line("$chip/base") + $offset);
  return 1 unless -e $line;
  open(my $direction, '>', "$line/direction") or return 0;
  print {$direction} $level ? 'high' : 'low';
  return close($direction) ? 1 : 0;
}

my %by = (gpiochip => \&by_gpiochip, onoff => \&by_onoff);
my $failed = 0;
while (my $row = <$plan>) {
  chomp $row;
  my ($driver, $offset, $level, $labels) = split / /, $row;
  my $put = $by{$driver};
  next if $put && $put->($offset, $level, split(/,/, $labels));
  warn "outputs-safe: $row: not to be had\n";
  $failed = 1;
}
exit 1 if $failed;
rename "$folder/outputs.json", "$folder/outputs.safe.json" or die "$folder: $!\n";
