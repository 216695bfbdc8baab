/** A symbolic tensor. */
export interface Tensor {
  readonly name: string;
}
