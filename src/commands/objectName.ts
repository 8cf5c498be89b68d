/** What is asked about, as `KIND` or `KIND/NAME`. */
export interface ObjectName {
  /** In small letters, in the singular and in full. */
  readonly kind: string;
  readonly name?: string;
}

const shortNames: Readonly<Record<string, string>> = {
  po: 'pod',
  deploy: 'deployment',
  sts: 'statefulset',
  ds: 'daemonset',
  rs: 'replicaset',
  rc: 'replicationcontroller',
  cj: 'cronjob',
};

/** The kind and name in a text such as `pod/web`, `pods` or `deploy/web`, as kubectl reads them. */
export function parseObjectName(text: string): ObjectName {
  const [written = '', ...rest] = text.trim().split('/');
  const kind = written.toLowerCase();
  const name = rest.join('/');
  return { kind: shortNames[kind] ?? singular(kind), ...(name !== '' && { name }) };
}

const kinds = ['pod', 'podtemplate', 'job', ...Object.values(shortNames)];

function singular(kind: string): string {
  return kinds.find((one) => kind === `${one}s`) ?? kind;
}

/** Whether the text is the kind `pod` or begins with a kind of Kubernetes' own that makes pods, so that no field is meant. */
export function isObjectName(text: string): boolean {
  const { kind, name } = parseObjectName(text);
  return name === undefined ? kind === 'pod' : kinds.includes(kind);
}

/** Whether an object of that kind and name is meant. */
export function isMeant({ kind, name }: ObjectName, object: { readonly kind: string; readonly name: string }): boolean {
  const own = object.kind.toLowerCase();
  return [own, `${own}s`, `${own}es`].includes(kind) && (name === undefined || name === object.name);
}
