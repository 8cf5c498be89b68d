/** What people are told of a control, in plain English; what is code stands in backticks. */
export interface About {
  /** What it asks of a pod, in a few words. */
  readonly title: string;
  /** What the fields do, and which attack that stops. */
  readonly meaning: string;
  /** Where they stand in a pod; `containers` stands for the init and the ephemeral ones too. */
  readonly fields: readonly string[];
  /** What the Pod Security Standards allow in them; absent where they do not look. */
  readonly allowed?: string;
  /** Where Kubernetes describes them. */
  readonly spec: string;
  /** What the value that is filled does not say of itself. */
  readonly fills?: string;
  /** What may stop working once they are filled, as far as anything is known; absent where nothing ever is. */
  readonly mayBreak?: readonly Breakage[];
}

/** Something that may stop working, and how to notice. */
export interface Breakage {
  readonly what: string;
  /** Where it shows: in the pod's status, in its events, or in the log of its program. */
  readonly seenIn: 'status' | 'events' | 'log';
  /** What is said there, word for word but for names in capitals. */
  readonly messages: readonly string[];
  /** What makes it work with the field filled. */
  readonly remedy?: string;
}
