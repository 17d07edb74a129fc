/** What the shell has told Electron's stand-in, for tests to look at. */
export interface Received {
  readonly calls: readonly string[];
  readonly schemes: readonly Scheme[];
  readonly switches: readonly (readonly string[])[];
  readonly windows: readonly Readonly<Record<string, unknown>>[];
  readonly menus: readonly MenuItem[][];
  readonly boxes: readonly MessageBox[];
  readonly openDialogs: readonly Readonly<Record<string, unknown>>[];
  readonly progress: readonly (readonly [number, string])[];
  /** Addresses that pages wanted and that the shell refused. */
  readonly refused: readonly string[];
  /** Addresses that the shell would have let go out. */
  readonly leaked: readonly string[];
  /** Paths that were shown in the file manager. */
  readonly shown: readonly string[];
}

export interface Scheme {
  readonly scheme: string;
  readonly privileges: Readonly<Record<string, boolean>>;
}

export interface MenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly enabled?: boolean;
  readonly submenu?: readonly MenuItem[];
  readonly click?: () => void;
}

export interface MessageBox {
  readonly message: string;
  readonly detail?: string;
  readonly buttons: readonly string[];
  readonly cancelId?: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

export const received: Writable<Received> = {
  calls: [],
  schemes: [],
  switches: [],
  windows: [],
  menus: [],
  boxes: [],
  openDialogs: [],
  progress: [],
  refused: [],
  leaked: [],
  shown: [],
};

/** What the person will answer: each answer is used once; without one, dialogs are cancelled. */
export const answers: { readonly boxes: number[]; readonly folders: string[][] } = { boxes: [], folders: [] };
