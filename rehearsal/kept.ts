/**
 * What a rehearsal keeps between runs: the state of a stack and its simulated cloud, in a folder that git does not know.
 * No secret is in it, only what stands for one.
 */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Account } from "./account";
import { stateInFile, stateInMemory, type StateStore } from "./engine/state";
import { productDir } from "./project-file";

export interface Kept {
  readonly account: Account;
  readonly state: StateStore;
}

/** One stack's folder. */
export class KeptStack {
  private readonly folder: string;

  constructor(stack: string, parent = join(productDir, ".rehearsal")) {
    this.folder = join(parent, stack);
  }

  /** Whether an update was rehearsed and kept. */
  get exists(): boolean {
    return existsSync(this.stateFile);
  }

  /** For an operation whose result is to be kept. */
  open(): Kept {
    return { account: new Account(this.cloudFile), state: stateInFile(this.stateFile) };
  }

  /** For an operation of which nothing remains. */
  copy(): Kept {
    return {
      account: new Account(this.cloudFile, { readOnly: true }),
      state: stateInMemory(stateInFile(this.stateFile).read()),
    };
  }

  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get stateFile(): string {
    return join(this.folder, "state.json");
  }

  private get cloudFile(): string {
    return join(this.folder, "cloud.json");
  }
}
