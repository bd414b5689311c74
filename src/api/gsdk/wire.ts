/** The messages of the dialect as the loader hands them over: every field present, enumerations as numbers. */

/** gRPC status codes this dialect answers with. */
export const code = {
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
} as const;

export type Code = (typeof code)[keyof typeof code];

/** What a client is told: a status and a text that names field and value. Caught once, where the answer is sent. */
export class RpcError extends Error {
  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message);
    this.name = 'RpcError';
  }
}

export function invalid(field: string, message: string): RpcError {
  return new RpcError(code.invalidArgument, `${field}: ${message}`);
}

export interface WireSignal {
  readonly signalID: number;
  readonly count: number;
  readonly onDuration: number;
  readonly offDuration: number;
  readonly delay: number;
}

export interface WireLed {
  readonly signals: readonly { readonly color: number; readonly duration: number; readonly delay: number }[];
  readonly count: number;
}

export interface WireBuzzer {
  readonly signals: readonly {
    readonly tone: number;
    readonly fadeout: boolean;
    readonly duration: number;
    readonly delay: number;
  }[];
  readonly count: number;
}

export interface WireAction {
  readonly deviceID: number;
  readonly type: number;
  readonly stopFlag: number;
  readonly delay: number;
  /** Which of the next ones is set; absent = none. */
  readonly entity?: string;
  readonly relay?: { readonly relayIndex: number; readonly signal: WireSignal | null } | null;
  readonly LED?: WireLed | null;
  readonly buzzer?: WireBuzzer | null;
}

export interface WireZone {
  readonly zoneID: number;
  readonly name: string;
  readonly type: number;
  readonly disabled: boolean;
  readonly alarmed: boolean;
  readonly resetDuration: number;
  readonly members: readonly { readonly deviceID: number; readonly readerType: number }[];
  readonly actions: readonly WireAction[];
  readonly bypassGroupIDs: readonly number[];
}

interface WirePort {
  readonly deviceID: number;
  readonly port: number;
}

export interface WireDoor {
  readonly doorID: number;
  readonly name: string;
  readonly entryDeviceID: number;
  readonly exitDeviceID: number;
  readonly relay: WirePort | null;
  readonly sensor: (WirePort & { readonly type: number; readonly apbUseDoorSensor: boolean }) | null;
  readonly button: (WirePort & { readonly type: number }) | null;
  readonly autoLockTimeout: number;
  readonly heldOpenTimeout: number;
  readonly instantLock: boolean;
  readonly unlockFlags: number;
  readonly lockFlags: number;
  readonly unconditionalLock: boolean;
  readonly forcedOpenActions: readonly WireAction[];
  readonly heldOpenActions: readonly WireAction[];
  readonly dualAuthScheduleID: number;
  readonly dualAuthDevice: number;
  readonly dualAuthType: number;
  readonly dualAuthTimeout: number;
  readonly dualAuthGroupIDs: readonly number[];
  readonly apbZone: WireZone | null;
  readonly extendedDoorOpenTime: number;
}

export interface WireEvent {
  readonly ID: number;
  readonly timestamp: number;
  readonly deviceID: number;
  readonly userID: string;
  readonly entityID: number;
  readonly eventCode: number;
  readonly subCode: number;
  readonly inputInfo?: { readonly ioDeviceID: number; readonly port: number; readonly value: number };
  readonly interlockZoneInfo?: { readonly zoneID: number; readonly doorIDs: readonly number[] };
}
