/** A graph under construction. */
export class Graph {}
