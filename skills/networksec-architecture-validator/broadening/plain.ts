/** `${Role.Arn}` and `AWS:${Role}` to `Role`; an intrinsic that the differ could only serialise to its text. */
export function plain(text: string): string {
  const substituted = /^\{"Fn::Sub":"(.*)"\}$/.exec(text)?.[1] ?? text;
  return substituted
    .replace(/^(AWS|Service):/, '')
    .replaceAll(/\$\{(\w+)\.(?:Arn|GroupId)\}/g, '$1')
    .replaceAll(/\$\{(\w+)\}/g, '$1');
}
