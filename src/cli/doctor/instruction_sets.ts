/** What the processor can do, of that which the CPU kernels could use. */
import { readFileSync } from 'node:fs';

/** As /proc/cpuinfo spells them: x86's, then ARM's. */
const KNOWN = [
  'avx2',
  'fma',
  'avx_vnni',
  'avx512f',
  'avx512_vnni',
  'avx512_bf16',
  'amx_int8',
  'amx_bf16',
];
const KNOWN_ARM = ['asimd', 'asimddp', 'i8mm', 'bf16', 'sve'];

/** Those of a /proc/cpuinfo's first processor. */
export function parseInstructionSets(cpuinfo: string): string[] {
  const flags = cpuinfo.match(/^(?:flags|Features)\s*:(.*)$/m)?.[1]?.split(' ') ?? [];
  return [...KNOWN, ...KNOWN_ARM].filter((name) => flags.includes(name));
}

/** Empty where the system does not say. */
export function instructionSets(): string[] {
  try {
    return parseInstructionSets(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return [];
  }
}
