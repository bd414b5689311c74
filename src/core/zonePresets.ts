/** The usual ways to pair up to four readers of one controller (A9): who is left of the colon enters, who is right leaves. */
import type { ReaderId, ZoneMember } from './model.js';

export const zonePresets = ['(1:2);(3:4)', '(1,3):(2,4)', '1:(2,3)', '1:(2,3,4)'] as const;
export type ZonePreset = (typeof zonePresets)[number];

const sides: Readonly<Record<ZonePreset, readonly (readonly [entries: string, exits: string])[]>> = {
  '(1:2);(3:4)': [
    ['1', '2'],
    ['3', '4'],
  ],
  '(1,3):(2,4)': [['13', '24']],
  '1:(2,3)': [['1', '23']],
  '1:(2,3,4)': [['1', '234']],
};

/** The members of each zone of a preset; `readers` are 1 to 4 in their order. */
export function presetMembers(
  preset: ZonePreset,
  readers: readonly ReaderId[],
): readonly (readonly ZoneMember[])[] {
  const named = (digits: string, direction: ZoneMember['direction']): ZoneMember[] =>
    [...digits].map((digit) => ({ reader: readers[Number(digit) - 1] ?? '', direction }));
  return sides[preset].map(([entries, exits]) => [...named(entries, 'entry'), ...named(exits, 'exit')]);
}

/** How many readers a preset names. */
export function presetReaders(preset: ZonePreset): number {
  return preset === '1:(2,3)' ? 3 : 4;
}
