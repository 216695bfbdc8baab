import { join } from "node:path";

/** A real Slurm on this machine: munged, slurmctld and slurmd in a folder of their own. */
export interface SlurmCluster extends AsyncDisposable {
  /** Value of SLURM_CONF. */
  conf: string;
}

/** Starts a one-node Slurm, or says why it cannot. */
export async function slurmCluster(): Promise<SlurmCluster | string> {
  for (const program of ["munged", "slurmctld", "slurmd", "sbatch"]) {
    const found = await new Deno.Command("sh", { args: ["-c", `PATH=$PATH:/usr/sbin command -v ${program}`] }).output();
    if (found.code !== 0) return `${program} is not installed (Debian packages slurm-wlm and munge)`;
  }
  if (Deno.uid() !== 0) return "slurmd must run as root";
  const folder = await Deno.makeTempDir({ prefix: "slurm-" });
  for (const name of ["state", "spool", "munge"]) await Deno.mkdir(join(folder, name));
  await Deno.chmod(folder, 0o755);
  await Deno.chmod(join(folder, "munge"), 0o711);
  const key = join(folder, "munge.key");
  await Deno.writeFile(key, crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o600 });
  const munge = (name: string) => join(folder, "munge", name);
  const conf = join(folder, "slurm.conf");
  const host = Deno.hostname().split(".")[0];
  await Deno.writeTextFile(conf, configuration(folder, host, munge("socket")));
  const children = [
    start(
      "munged",
      "--force",
      "--foreground",
      `--key-file=${key}`,
      `--socket=${munge("socket")}`,
      `--pid-file=${munge("pid")}`,
      `--log-file=${munge("log")}`,
      `--seed-file=${munge("seed")}`,
    ),
    start("slurmctld", "-D", "-f", conf),
    start("slurmd", "-D", "-f", conf),
  ];
  const cluster: SlurmCluster = {
    conf,
    async [Symbol.asyncDispose]() {
      for (const child of children) {
        try {
          child.kill("SIGTERM");
        } catch { /* it has ended */ }
        await child.status;
      }
      await Deno.remove(folder, { recursive: true });
    },
  };
  for (let i = 0; i < 100; i++) {
    const { stdout } = await new Deno.Command("sinfo", { args: ["-h", "-o", "%T"], env: { SLURM_CONF: conf } })
      .output();
    if (new TextDecoder().decode(stdout).trim() === "idle") return cluster;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await cluster[Symbol.asyncDispose]();
  return "the node did not become idle within 20 seconds";
}

function start(program: string, ...args: string[]): Deno.ChildProcess {
  const path = `${Deno.env.get("PATH")}:/usr/sbin`;
  return new Deno.Command(program, { args, env: { PATH: path }, stdin: "null", stdout: "null", stderr: "null" })
    .spawn();
}

function configuration(folder: string, host: string, socket: string): string {
  return `ClusterName=syneg
SlurmctldHost=${host}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=${socket}
SlurmUser=root
SlurmdUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=test Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}
