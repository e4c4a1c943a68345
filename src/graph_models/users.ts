/** Who uses the nodes of a graph. */
import type { Artifacts } from './artifacts';
import { nodeOfInput, type GraphDef } from './graph_def';

interface Signature {
  outputs?: Record<string, { name: string }>;
}

/**
 * For the name of a node, the names of those that take its output; and, where that is so, that it is
 * an output of the model, or that the model's initializer or a function have a node of this name:
 * they share the weights of the graph by name.
 */
export function usersIn({ graph, all }: Artifacts): (name: string) => string[] {
  const users = new Map<string, string[]>();
  const add = (name: string, user: string) => {
    const others = users.get(name) ?? [];
    if (!others.includes(user)) users.set(name, [...others, user]);
  };
  for (const { name: user, input = [] } of graph.node) {
    for (const used of input) add(nodeOfInput(used), user);
  }
  const metadata = all.userDefinedMetadata as { signature?: Signature } | undefined;
  const { outputs = {} } = metadata?.signature ?? (all.signature as Signature | undefined) ?? {};
  for (const { name } of Object.values(outputs)) add(nodeOfInput(name), 'the outputs of the model');
  const { node: initializer = [] } = (all.modelInitializer ?? {}) as Partial<GraphDef>;
  for (const { name } of initializer) add(name, "the model's initializer");
  for (const { nodeDef = [] } of graph.library?.function ?? []) {
    for (const { name } of nodeDef) add(name, 'a function of the model');
  }
  return (name) => users.get(name) ?? [];
}
