/** Anti-passback zones as the API has them. */
type Limit = 'soft' | 'hard';
export type Severity = 'none' | Limit;

export interface ZoneMember {
  readonly reader: string;
  readonly direction: 'entry' | 'exit';
  /** A reader for vehicles: the whole car pool passes with one card. */
  readonly vehicle?: boolean;
}

export interface ZoneCount {
  readonly when: 'occupied' | 'empty' | 'full';
  readonly at?: number;
  readonly output?: string;
}

export interface Vehicle {
  readonly name: string;
  readonly users: readonly string[];
}

export interface Zone {
  readonly id: number;
  readonly name: string;
  readonly type: 'hard' | 'soft' | 'hard-everywhere' | 'trap';
  readonly disabled: boolean;
  readonly resetSeconds: number;
  readonly members: readonly ZoneMember[];
  readonly actions?: readonly ZoneAction[];
  readonly bypassGroups: readonly string[];
  readonly bypassUsers?: readonly string[] | undefined;
  readonly rule?: 'alternate' | 'timed' | 'route';
  readonly timedAt?: 'same-reader' | 'any-reader';
  readonly startAtFirst?: boolean;
  readonly check?: 'both' | 'entries' | 'exits';
  readonly passback?: Severity;
  readonly tailgate?: Severity;
  readonly requireEntry?: boolean;
  readonly trackWhileDisabled?: boolean;
  readonly inside?: number;
  readonly dailyReset?: {
    readonly minute: number;
    readonly to: 'unknown' | 'outside';
    readonly groups?: readonly string[];
  };
  readonly resetEveryMinutes?: number | undefined;
  readonly occupancy?: {
    readonly max?: { readonly count: number; readonly severity: Limit };
    readonly min?: { readonly count: number; readonly withinSeconds: number; readonly severity: Limit };
    readonly supervisorFirst?: Limit;
  };
  readonly counts?: readonly ZoneCount[] | undefined;
  readonly musterReaders?: readonly string[] | undefined;
  readonly vehicles?: readonly Vehicle[] | undefined;
  /** Another controller that keeps the records of this zone. */
  readonly owner?: string | undefined;
  readonly ownerLost?: 'deny' | 'allow' | 'last-known';
  readonly revision: number;
}

/** How a zone stands. */
export interface ZoneNow {
  readonly id: number;
  readonly alarmed: boolean;
  readonly records: number;
  readonly inside: number;
  readonly lockdown: boolean;
}

interface Step {
  readonly durationMs: number;
  readonly delayMs: number;
}

interface Pattern<S> {
  readonly count: number;
  readonly steps: readonly (S & Step)[];
}

export type ZoneAction = {
  readonly delayMs: number;
  readonly stop: 'never' | 'door-closed' | 'next-action';
} & (
  | { readonly kind: 'led'; readonly reader: string; readonly pattern: Pattern<{ readonly color: string }> }
  | {
      readonly kind: 'buzzer';
      readonly reader: string;
      readonly pattern: Pattern<{ readonly tone: string; readonly fadeout: boolean }>;
    }
  | { readonly kind: 'lock-door' | 'unlock-door'; readonly door: string }
  | { readonly kind: 'url'; readonly url: string; readonly basic?: boolean }
  | {
      readonly kind: 'output';
      readonly output: string;
      readonly signal: {
        readonly count: number;
        readonly onMs: number;
        readonly offMs: number;
        readonly delayMs: number;
      };
    }
  | { readonly kind: 'release-alarm' }
);
