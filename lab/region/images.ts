import { compiledPath } from '../compiled-path';

/** Container images that the lab has a program for: the lab runs no containers. */
const PROGRAMS: Record<string, string> = {
  'meridian/sample-orders': 'examples/sample-app/main.js',
};

export interface Program {
  /** absolute path of the script */
  script: string;
  /** the image's tag, handed to the task as SAMPLE_VARIANT */
  variant: string;
}

/** The program behind an image. Throws, in the words of an image pull, for an image that the lab does not have. */
export function programOf(image: string): Program {
  const { repository, tag } = splitImage(image);
  const script = PROGRAMS[repository];
  if (!script) {
    const known = Object.keys(PROGRAMS).join(', ');
    throw new Error(`CannotPullContainerError: image "${image}" is not known to the lab; known images: ${known}`);
  }
  return { script: compiledPath(script), variant: tag };
}

/** A registry's port also has a colon: only what follows the last slash can be a tag. */
function splitImage(image: string): { repository: string; tag: string } {
  const colon = image.indexOf(':', image.lastIndexOf('/') + 1);
  return colon < 0
    ? { repository: image, tag: 'latest' }
    : { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}
